import { folderOf, nameOf } from './quote.ts'

/** A folder below a root through which a frame goes. */
export type FolderNode = {
  /** Below the root; empty for the root itself. */
  readonly path: string
  /** By which the shell speaks of it. */
  readonly index: number
  readonly folders: FolderNode[]
  /** What is in it and named by the frame. */
  readonly names: string[]
}

export type FolderTree = { readonly root: FolderNode; readonly nodes: readonly FolderNode[] }

/** Paths below a root, by their folders: so each folder is looked at once, and none below one that is none. */
export const toFolderTree = (paths: Iterable<string>, folders: Iterable<string> = []): FolderTree => {
  const root: FolderNode = { path: '', index: 0, folders: [], names: [] }
  const nodes = [root]
  const byPath = new Map([['', root]])
  const find = (path: string): FolderNode => {
    const known = byPath.get(path)
    if (known !== undefined) return known
    const node: FolderNode = { path, index: nodes.length, folders: [], names: [] }
    nodes.push(node)
    byPath.set(path, node)
    find(folderOf(path)).folders.push(node)
    return node
  }
  for (const path of folders) find(path)
  for (const path of paths) find(folderOf(path)).names.push(nameOf(path))
  return { root, nodes }
}

/** The paths of a list that are at or below one of these folders. */
export const isAtOrBelow = (path: string, folders: ReadonlySet<string>): boolean => {
  for (let at = path; ; at = folderOf(at)) {
    if (folders.has(at)) return true
    if (at === '') return false
  }
}
