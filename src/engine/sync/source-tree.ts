import type { Clock } from '../ports/clock.ts'
import type { SourceEntry, SourceFiles } from '../ports/source-files.ts'
import type { FolderWatches } from '../ports/watcher.ts'
import { lookAtNames, survey } from './first-look.ts'
import { isSameEntry, isSameFolder, isYoung, tickMs } from './same-entry.ts'
import { createSlices } from './slices.ts'
import { nameOf, parentOf, pathBelow, relativeTo } from './paths.ts'

/** What was last seen of a folder. An entry is exchanged when another look finds it to be another, and never changed. */
export type SourceFolder = {
  readonly path: string
  self: SourceEntry
  readonly entries: Map<string, SourceEntry>
  /** Another number whenever an entry is another. No two folders have the same. */
  version: number
  /** When it was looked into, in milliseconds since the epoch. */
  lookedAt: number
}

/** A root is a folder, a thing of its own, or not to be seen: then nothing is known of what is below it, and the last look counts. */
export type SourceRoot =
  | { readonly kind: 'folder' }
  | { readonly kind: 'single'; readonly entry: SourceEntry; readonly lookedAt: number }
  | { readonly kind: 'gone' }

/** SOURCE: what is in the watched folders. Notices only say where to look again; what is there decides. */
export type SourceTree = {
  readonly folders: ReadonlyMap<string, SourceFolder>
  /** Another number whenever anything is another. */
  version(): number
  root(path: string): SourceRoot
  /** This folder, or something in it, may be another. */
  hint(folder: string): void
  /** Anything may be another. */
  hintAll(): void
  readonly isDirty: () => boolean
  /**
   * Looks at everything for the first time. Tells when everything is watched, which is long before the end: what changes from then on
   * is another at the next look.
   */
  load(onWatched: () => void): Promise<void>
  /** Looks at everything that may be another, until nothing is left, or for as long as it may take. */
  refresh(budgetMs?: number): Promise<void>
  /** When to look again, though nobody hints: a file may change twice within a tick of the file system's clock. */
  nextDue(): number | undefined
  /** Some files, in turn, that have other names elsewhere, through which they may be changed unnoticed. */
  hintShared(limit: number): void
}

export type SourceTreeDeps = {
  readonly files: SourceFiles
  readonly clock: Clock
  readonly watches: FolderWatches
  readonly roots: readonly string[]
  readonly leaveOut: (path: string, isFolder: boolean) => boolean
  /** Told again and again while it is so. */
  readonly onUnreadable: (path: string, why: string) => void
}

const unreadableMs = 2000

type Tree = SourceTreeDeps & {
  readonly folders: Map<string, SourceFolder>
  readonly found: Map<string, SourceRoot>
  /** Folder → whether all below it is looked at, too. */
  readonly dirty: Map<string, boolean>
  readonly young: Map<string, number>
  /** Files with more than one name, by inode. */
  readonly shared: Map<number, Set<string>>
  version: number
  sharedTurn: Iterator<ReadonlySet<string>>
}

export const createSourceTree = (deps: SourceTreeDeps): SourceTree => {
  const tree: Tree = {
    ...deps,
    folders: new Map(),
    found: new Map(),
    dirty: new Map(),
    young: new Map(),
    shared: new Map(),
    version: 0,
    sharedTurn: [].values(),
  }
  return {
    folders: tree.folders,
    version: () => tree.version,
    root: (path) => tree.found.get(path) ?? { kind: 'gone' },
    hint: (folder) => markDirty(tree, folder, false),
    hintAll: () => deps.roots.forEach((root) => markDirty(tree, root, true)),
    isDirty: () => tree.dirty.size > 0,
    load: (onWatched) => load(tree, onWatched),
    refresh: (budgetMs) => refresh(tree, budgetMs),
    nextDue: () => (tree.young.size === 0 ? undefined : Math.min(...tree.young.values())),
    hintShared: (limit) => {
      for (let count = 0; count < Math.min(limit, tree.shared.size); count += 1) {
        const next = tree.sharedTurn.next()
        if (next.done === true) tree.sharedTurn = tree.shared.values()
        else for (const path of next.value) markDirty(tree, parentOf(path), false)
      }
    },
  }
}

const markDirty = (tree: Tree, folder: string, isDeep: boolean): void =>
  void tree.dirty.set(folder, isDeep || tree.dirty.get(folder) === true)

const load = async (tree: Tree, onWatched: () => void): Promise<void> => {
  const since = tree.clock.now()
  for (const root of tree.roots) lookAtRoot(tree, root)
  const roots = tree.roots.filter((root) => tree.dirty.delete(root))
  const found = await survey({ ...tree, onUnreadable: (path, why) => lookLater(tree, path, why) }, roots)
  onWatched()
  const slices = createSlices(tree.clock)
  for (const [path, { self, names, lookedAt: surveyedAt }] of found) {
    if (names === undefined) continue
    await slices.next()
    const lookedAt = tree.clock.now()
    const { entries, unreadable, isOutdated } = lookAtNames(tree.files, { found, path, since })
    tree.folders.set(path, { path, self, entries, version: (tree.version += 1), lookedAt })
    for (const [name, entry] of entries) share(tree, pathBelow(path, name), undefined, entry)
    if (isOutdated) markDirty(tree, path, false)
    if (isYoung(self, surveyedAt)) lookAgain(tree, path)
    else for (const name of unreadable) lookLater(tree, path, 'it cannot be looked at', name)
  }
}

const refresh = async (tree: Tree, budgetMs = Number.POSITIVE_INFINITY): Promise<void> => {
  const now = tree.clock.now()
  for (const [folder, due] of tree.young) {
    if (due > now) continue
    tree.young.delete(folder)
    markDirty(tree, folder, false)
  }
  const slices = createSlices(tree.clock)
  while (tree.dirty.size > 0) {
    // The root's own kind decides whether there is a folder to look into.
    for (const root of tree.roots) if (tree.dirty.has(root) || tree.dirty.has(parentOf(root))) lookAtRoot(tree, root)
    const batch = [...tree.dirty]
    tree.dirty.clear()
    const queue = batch.filter(([folder]) => isInside(tree, folder))
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      visit(tree, next[0], next[1], queue)
      if (tree.clock.now() - now >= budgetMs) {
        return queue.forEach(([folder, isDeep]) => markDirty(tree, folder, isDeep))
      }
      await slices.next()
    }
  }
}

/** In a root that is there. */
const isInside = ({ roots, found }: Tree, folder: string): boolean =>
  roots.some((root) => found.get(root)?.kind === 'folder' && relativeTo(root, folder) !== undefined)

const lookAtRoot = (tree: Tree, path: string): void => {
  const { files, found, folders, watches } = tree
  const entry = files.lookAt(path)
  const before = found.get(path)
  if (before === undefined) watches.watch(parentOf(path))
  if (entry.kind === 'unreadable') {
    lookLater(tree, path, entry.why)
    if (before === undefined) setRoot(tree, path, { kind: 'gone' })
  } else if (entry.kind === 'gone') setRoot(tree, path, { kind: 'gone' })
  else if (entry.kind === 'directory') {
    const known = folders.get(path)?.self
    const isSame = before?.kind === 'folder' && known !== undefined && isSameFolder(known, entry)
    setRoot(tree, path, { kind: 'folder' })
    if (isSame) return
    markDirty(tree, path, true)
    // The folder that it is in may be another one, too.
    watches.watch(parentOf(path))
  } else {
    if (before?.kind === 'folder') drop(tree, path)
    const now = tree.clock.now()
    const isSame =
      before?.kind === 'single' && isSameEntry(before.entry, entry) && !isYoung(before.entry, before.lookedAt)
    setRoot(tree, path, { kind: 'single', entry: isSame ? before.entry : entry, lookedAt: now })
    if (isYoung(entry, now)) lookAgain(tree, path)
  }
}

const setRoot = (tree: Tree, path: string, root: SourceRoot): void => {
  const before = tree.found.get(path)
  const isSame =
    before?.kind === root.kind && (before.kind !== 'single' || root.kind !== 'single' || before.entry === root.entry)
  if (!isSame) tree.version += 1
  tree.found.set(path, root)
}

const visit = (tree: Tree, path: string, isDeep: boolean, queue: [string, boolean][]): void => {
  const { files, folders, watches, clock } = tree
  const known = folders.get(path)
  if (known === undefined || isDeep) watches.watch(path)
  const now = clock.now()
  const look = files.lookInto(path, (name, isFolder) => tree.leaveOut(pathBelow(path, name), isFolder))
  if (look.kind === 'unreadable') return lookLater(tree, path, look.why)
  if (look.kind === 'gone') {
    if (tree.roots.includes(path)) lookAtRoot(tree, path)
    else if (known !== undefined) {
      drop(tree, path)
      markDirty(tree, parentOf(path), false)
    }
    return
  }
  // Another folder of the same name: it is not watched yet, and nothing in it is known.
  if (known !== undefined && !isDeep && !isSameFolder(known.self, look.self)) return void queue.push([path, true])
  const folder = known ?? { path, self: look.self, entries: new Map(), version: (tree.version += 1), lookedAt: 0 }
  folders.set(path, folder)
  if (tree.found.has(path)) setRoot(tree, path, { kind: 'folder' })
  compare(tree, folder, { look: look.entries, hidden: new Set(look.unreadable), isDeep, queue })
  folder.self = look.self
  folder.lookedAt = now
  const listed = folders.get(parentOf(path))?.entries.get(nameOf(path))
  if (listed !== undefined && (listed.mode !== look.self.mode || !isSameFolder(listed, look.self)))
    markDirty(tree, parentOf(path), false)
  const hasYoung = isYoung(look.self, now) || [...look.entries.values()].some((entry) => isYoung(entry, now))
  if (hasYoung) lookAgain(tree, path)
  else for (const name of look.unreadable) lookLater(tree, path, 'it cannot be looked at', name)
}

const lookAgain = ({ young, clock }: Tree, path: string): void => void young.set(path, clock.now() + tickMs + 5)

/** What cannot be read now may be readable in a moment. */
const lookLater = (tree: Tree, folder: string, why: string, name = ''): void => {
  tree.onUnreadable(pathBelow(folder, name), why)
  tree.young.set(folder, tree.clock.now() + unreadableMs)
}

type Comparing = {
  readonly look: ReadonlyMap<string, SourceEntry>
  readonly hidden: ReadonlySet<string>
  readonly isDeep: boolean
  readonly queue: [string, boolean][]
}

const compare = (tree: Tree, folder: SourceFolder, { look, hidden, isDeep, queue }: Comparing): void => {
  let isChanged = false
  for (const [name, entry] of look) {
    const path = pathBelow(folder.path, name)
    const before = folder.entries.get(name)
    // As git does with its index: what was young when it was looked at is not known to be what it was.
    const isSame = before !== undefined && isSameEntry(before, entry) && !isYoung(before, folder.lookedAt)
    if (!isSame) {
      isChanged = true
      folder.entries.set(name, entry)
      if (before === undefined || !isSameEntry(before, entry)) share(tree, path, before, entry)
    }
    if (entry.kind !== 'directory') {
      if (before?.kind === 'directory') drop(tree, path)
      if (!isSame && tree.found.has(path)) lookAtRoot(tree, path)
      continue
    }
    const isKnown = before?.kind === 'directory' && isSameFolder(before, entry) && tree.folders.has(path)
    if (isDeep || !isKnown) queue.push([path, true])
    else if (!isSame) queue.push([path, false])
  }
  for (const [name, entry] of folder.entries) {
    if (look.has(name) || hidden.has(name)) continue
    isChanged = true
    folder.entries.delete(name)
    share(tree, pathBelow(folder.path, name), entry, undefined)
    if (entry.kind === 'directory') drop(tree, pathBelow(folder.path, name))
  }
  if (isChanged) folder.version = tree.version += 1
}

/** The other names of a file that changed have changed with it. */
const share = (tree: Tree, path: string, before: SourceEntry | undefined, entry: SourceEntry | undefined): void => {
  for (const one of [before, entry]) {
    if (one?.kind !== 'file' || one.links < 2) continue
    const names = tree.shared.get(one.inode) ?? new Set()
    for (const name of names) if (name !== path) markDirty(tree, parentOf(name), false)
    if (one === entry) names.add(path)
    else names.delete(path)
    if (names.size === 0) tree.shared.delete(one.inode)
    else tree.shared.set(one.inode, names)
  }
}

const drop = (tree: Tree, path: string): void => {
  const left = [path]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const folder = tree.folders.get(at)
    if (folder === undefined) continue
    tree.folders.delete(at)
    tree.version += 1
    if (tree.found.has(at)) setRoot(tree, at, { kind: 'gone' })
    tree.young.delete(at)
    tree.watches.unwatch(at)
    for (const [name, entry] of folder.entries) {
      const below = pathBelow(at, name)
      share(tree, below, entry, undefined)
      if (entry.kind === 'directory') left.push(below)
    }
  }
}
