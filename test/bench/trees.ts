import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Many small files of one kind. */
export interface Tree {
  readonly folders: number
  readonly perFolder: number
  readonly size: number
  /** The first line of each file. */
  readonly line: string
  /** Folders that begin with another name than those of a tree with another one. */
  readonly prefix?: string
}

const folderName = ({ prefix = 'd' }: Tree, index: number) => `${prefix}${Math.floor(index / 10)}/${index % 10}`

/** Names below the tree's folder: ten folders in each of the first level. */
export const namesOf = (tree: Tree): readonly string[] =>
  Array.from({ length: tree.folders }, (_, folder) =>
    Array.from({ length: tree.perFolder }, (_each, file) => `${folderName(tree, folder)}/file${file}.txt`),
  ).flat()

/** One name in each folder. */
export const lastOfEachFolder = (tree: Tree): readonly string[] =>
  Array.from({ length: tree.folders }, (_, folder) => `${folderName(tree, folder)}/file${tree.perFolder - 1}.txt`)

const contentOf = ({ line, size }: Tree, name: string) => `${line}\n${name}\n`.padEnd(size - 1, 'x') + '\n'

/** Writes one file after the other and waits for nothing, as a generator or an unpacking program does. */
export const writeTree = (folder: string, tree: Tree): void => {
  for (let index = 0; index < tree.folders; index += 1)
    mkdirSync(join(folder, folderName(tree, index)), { recursive: true })
  for (const name of namesOf(tree)) writeFileSync(join(folder, name), contentOf(tree, name))
}
