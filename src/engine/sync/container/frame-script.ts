import type { Put } from '../container-files.ts'
import { joinBelow, joinPath, quote, quoteBelow } from './quote.ts'
import { toFolderTree, type FolderNode, type FolderTree } from './folder-tree.ts'

/** Bytes of paths that one process is started with: systems take two megabytes, some less. */
const longestArguments = 60_000

/** Groups of words, none of which is too long for one command. */
export const toGroups = (words: readonly string[]): readonly (readonly string[])[] => {
  const groups: string[][] = []
  let size = Infinity
  for (const word of words) {
    if (size + word.length > longestArguments) {
      groups.push([])
      size = 0
    }
    groups.at(-1)?.push(word)
    size += word.length + 1
  }
  return groups
}

const inFolder = (node: FolderNode, names: readonly string[]): readonly string[] =>
  names.map((name) => quoteBelow(joinBelow(node.path, name)))

/** Commands for a folder and those below it: the latter only where `enter` finds that the folder is one. */
const walk = (
  node: FolderNode,
  { enter, act }: { enter: (node: FolderNode) => string | undefined; act: (node: FolderNode) => readonly string[] },
): string => {
  const inner = [...act(node), ...node.folders.map((folder) => walk(folder, { enter, act }))].filter(
    (text) => text !== '',
  )
  const open = node.path === '' ? undefined : enter(node)
  const body = inner.join(';')
  if (open === undefined) return body
  return body === '' ? open : `${open}&&{ ${body};}`
}

/** Removes paths below the root, unless they are below a link: then they are not there. */
export const removeScript = (paths: readonly string[]): string =>
  walk(toFolderTree(paths).root, {
    enter: (node) => `e ${quoteBelow(node.path)}`,
    act: (node) => toGroups(inFolder(node, node.names)).map((group) => `x ${group.join(' ')}`),
  })

/** Looks at folders only: says which are none. */
export const checkScript = (tree: FolderTree): string =>
  walk(tree.root, { enter: (node) => `q ${node.index} ${quoteBelow(node.path)}`, act: () => [] })

export type PutPlan = { readonly tree: FolderTree; readonly puts: readonly Put[] }

/** By folder: what is put there. Folders that are put are folders of the tree as well. */
export const planPuts = (puts: readonly Put[]): PutPlan => ({
  puts,
  tree: toFolderTree(
    puts.filter(({ entry }) => entry.kind !== 'directory').map(({ path }) => path),
    puts.filter(({ entry }) => entry.kind === 'directory').map(({ path }) => path),
  ),
})

const folderCheck = ({ puts }: PutPlan): ((node: FolderNode) => string) => {
  const own = new Set(puts.filter(({ entry }) => entry.kind === 'directory').map(({ path }) => path))
  return (node) => `${own.has(node.path) ? 'd' : 'p'} ${node.index} ${quoteBelow(node.path)}`
}

/** Makes the folders that files go to, and removes what is none where one shall be; or says where there is none. */
export const enterScript = (plan: PutPlan): string => walk(plan.tree.root, { enter: folderCheck(plan), act: () => [] })

/** Moves files from the stage of their folder into place, folder by folder. */
export const moveScript = (plan: PutPlan, stageOf: (folder: string) => string): string =>
  walk(plan.tree.root, {
    enter: folderCheck(plan),
    act: (node) =>
      toGroups(node.names.map(quote)).map(
        (group) => `v ${quote(stagePlace(stageOf(node.path), node))} ${quoteBelow(node.path)} ${group.join(' ')}`,
      ),
  })

/** Gives links to their owner, where they were unpacked. */
export const ownScript = (links: readonly string[]): string =>
  toGroups(links.map(quote))
    .map((group) => `lo ${group.join(' ')}`)
    .join(';')

/** Moves the one file from where it was written into place. */
export const placeScript = (plan: PutPlan, written: string): string =>
  walk(plan.tree.root, {
    enter: folderCheck(plan),
    act: (node) => node.names.map((name) => `j ${quote(written)} ${quoteBelow(node.path)} ${quote(name)}`),
  })

const stagePlace = (stage: string, node: FolderNode): string => joinPath(stage, String(node.index))

/** Where each file is unpacked, to be moved into place after. */
export const stagedPaths = (plan: PutPlan, stageOf: (folder: string) => string): ReadonlyMap<string, string> => {
  const places = new Map<string, string>()
  for (const node of plan.tree.nodes)
    for (const name of node.names)
      places.set(joinBelow(node.path, name), joinPath(stagePlace(stageOf(node.path), node), name))
  return places
}
