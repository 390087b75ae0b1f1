import type { Clock } from '../ports/clock.ts'
import type { SourceEntry } from '../ports/source-files.ts'
import { type Contents, maxHeldBytes } from './contents.ts'
import { createListing, findEntry, forgetEntry, joinPath, type Listing, openFolder, setEntry } from './listing.ts'
import { parentOf, pathBelow, relativeTo } from './paths.ts'
import { copies, type SyncRule } from './rules.ts'
import type { SourceFolder, SourceTree } from './source-tree.ts'
import type { Candidate, Unfinished } from './unfinished.ts'

/** A file that is another than it was, by its path on this machine. */
export type Change = { readonly path: string; /** Absent: it is gone. */ readonly entry?: SourceEntry }

/** Why a rule's deletions are not carried out. */
export type Stop =
  | { readonly kind: 'source-gone' }
  | { readonly kind: 'mass-deletion'; readonly gone: number; readonly total: number }

/** What one rule wants of its source: what is there, whole, not left out by the rule, and not suspect. */
export type Wanted = {
  readonly rule: SyncRule
  readonly listing: Listing
  stop: Stop | undefined
  /** Somebody said that so many files shall be gone. */
  isConfirmed: boolean
  /** The version of the sources that was taken over whole; 0: none was. */
  settledAt: number
  /** Paths that were not there at the last look, and since when. */
  readonly missing: Map<string, number>
}

export type WantedDeps = {
  readonly tree: SourceTree
  readonly contents: Contents
  readonly unfinished: Unfinished
  /** Whether git is at work, or was since the last time: it may delete what it likes. */
  readonly isGit: () => boolean
  readonly clock: Pick<Clock, 'now'>
}

// Fewer files are deleted by hand, and are soon there again.
const massFiles = 20
const massShare = 2 / 3
const missingMs = 30
const unreadableMs = 1000
// So many at once are no save.
const heldPaths = 20

export const createWanted = (rule: SyncRule): Wanted => ({
  rule,
  listing: createListing(),
  stop: undefined,
  isConfirmed: false,
  settledAt: 0,
  missing: new Map(),
})

/** What an update found. */
export type Update = {
  readonly changes: readonly Change[]
  /** When to ask again for what could not be told. */
  readonly again: number | undefined
  /** The source is what it was. */
  readonly isSame: boolean
}

/** Brings a rule's wishes up to date with its source; early with those alone that are known to be whole. */
export const updateWanted = (deps: WantedDeps, wanted: Wanted, look: { readonly isEarly: boolean }): Update => {
  const { rule, listing } = wanted
  if (wanted.settledAt === deps.tree.version()) return { changes: [], again: undefined, isSame: true }
  wanted.settledAt = 0
  const root = deps.tree.root(rule.root)
  if (root.kind === 'gone' && listing.single === undefined) {
    // A folder that vanished is being moved, or a disk was unplugged: no wish to empty the container.
    wanted.stop = listing.folders.size > 0 ? { kind: 'source-gone' } : undefined
    return { changes: [], again: undefined, isSame: false }
  }
  const version = deps.tree.version()
  const found = findDifferences(deps, wanted)
  const isStopped = found.gone.length > 0 && isSuspect(deps, wanted, found.gone)
  if (!isStopped) wanted.stop = undefined
  const { ripe, due } = holdBack(deps, wanted, found.gone)
  const removed = isStopped ? [] : removeAll(wanted, ripe)
  const { changed, again: unfinished } = takeAll(deps, wanted, { ...look, candidates: found.candidates })
  const again = due === undefined ? unfinished : Math.min(due, unfinished ?? due)
  if (!isStopped && again === undefined) {
    for (const [folder, seen] of found.versions) openFolder(listing, folder).version = seen
    wanted.settledAt = version
  }
  return { changes: [...removed, ...changed], again, isSame: false }
}

type Found = {
  /** By path below the root; folders before what is in them. */
  readonly candidates: readonly Candidate[]
  readonly gone: readonly string[]
  readonly versions: ReadonlyMap<string, number>
}

const findDifferences = ({ tree }: WantedDeps, { rule, listing }: Wanted): Found => {
  const found = { candidates: [] as Candidate[], gone: [] as string[], versions: new Map<string, number>() }
  const root = tree.root(rule.root)
  const single = root.kind === 'single' && rule.matches(rule.root) ? root.entry : undefined
  if (single !== undefined && single !== listing.single)
    found.candidates.push({ path: '', entry: single, before: listing.single })
  if (single === undefined && listing.single !== undefined) found.gone.push('')
  const present = new Set<string>()
  for (const folder of root.kind === 'folder' ? tree.folders.values() : []) {
    const path = relativeTo(rule.root, folder.path)
    if (path === undefined) continue
    present.add(path)
    const listed = listing.folders.get(path)
    if (listed?.version === folder.version) continue
    found.versions.set(path, folder.version)
    compareFolder(rule, found, { path, folder, listed: listed?.entries ?? nothing })
  }
  for (const [folder, { entries }] of listing.folders)
    if (!present.has(folder)) for (const name of entries.keys()) found.gone.push(joinPath(folder, name))
  return { ...found, candidates: found.candidates.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}

const nothing: ReadonlyMap<string, SourceEntry> = new Map()

type Comparing = {
  /** Below the root. */
  readonly path: string
  readonly folder: SourceFolder
  readonly listed: ReadonlyMap<string, SourceEntry>
}

const compareFolder = (
  rule: SyncRule,
  { candidates, gone }: { readonly candidates: Candidate[]; readonly gone: string[] },
  { path, folder, listed }: Comparing,
): void => {
  for (const [name, entry] of folder.entries) {
    const before = listed.get(name)
    if (before !== entry && rule.matches(pathBelow(folder.path, name)))
      candidates.push({ path: joinPath(path, name), entry, before })
  }
  for (const name of listed.keys()) if (!folder.entries.has(name)) gone.push(joinPath(path, name))
}

/** A save may put another file in the place of one that it has moved away: what is gone now may be there in a moment. */
const holdBack = (
  { clock }: WantedDeps,
  { missing }: Wanted,
  gone: readonly string[],
): { readonly ripe: readonly string[]; readonly due: number | undefined } => {
  const still = new Set(gone)
  for (const path of missing.keys()) if (!still.has(path)) missing.delete(path)
  if (gone.length > heldPaths) return { ripe: gone, due: undefined }
  for (const path of gone) if (!missing.has(path)) missing.set(path, clock.now())
  const isRipe = (path: string): boolean => clock.now() - (missing.get(path) ?? 0) >= missingMs
  const waiting = gone.filter((path) => !isRipe(path)).map((path) => missing.get(path) ?? 0)
  return { ripe: gone.filter(isRipe), due: waiting.length === 0 ? undefined : Math.min(...waiting) + missingMs }
}

/** Most of the files at once: a mistake more often than a wish. */
const isSuspect = ({ isGit }: WantedDeps, wanted: Wanted, gone: readonly string[]): boolean => {
  const { rule, listing } = wanted
  if (!copies(rule) || gone.length < massFiles) return false
  const files = gone.filter((path) => findEntry(listing, path)?.kind !== 'directory').length
  if (files < massFiles) return false
  let total = 0
  for (const { entries } of listing.folders.values())
    for (const { kind } of entries.values()) if (kind !== 'directory') total += 1
  if (files < total * massShare) return false
  if (isGit() || wanted.isConfirmed) {
    wanted.isConfirmed = false
    return false
  }
  wanted.stop = { kind: 'mass-deletion', gone: files, total }
  return true
}

const removeAll = ({ rule, listing }: Wanted, gone: readonly string[]): readonly Change[] => {
  const changes = gone
    .filter((path) => copies(rule) || findEntry(listing, path)?.kind !== 'directory')
    .map((path) => ({ path: pathBelow(rule.root, path) }))
  for (const path of gone) forgetEntry(listing, path)
  return changes
}

const takeAll = (
  { tree, contents, unfinished, clock }: WantedDeps,
  { rule, listing }: Wanted,
  { candidates, isEarly }: { readonly candidates: readonly Candidate[]; readonly isEarly: boolean },
): { readonly changed: readonly Change[]; readonly again: number | undefined } => {
  const changed: Change[] = []
  const at = (path: string): string => pathBelow(rule.root, path)
  const waiting = unfinished.check(
    candidates.map((candidate) => ({ ...candidate, path: at(candidate.path) })),
    { isEarly },
  )
  let again = waiting.size === 0 ? undefined : Math.min(...waiting.values())
  for (const { path, entry, before } of candidates) {
    if (waiting.has(at(path))) continue
    if (before !== undefined && mayBeSame(contents, before, entry)) {
      const found = contents.read(at(path), entry)
      if ('kind' in found || found.entry !== entry) {
        // It has changed since it was looked at: another look tells.
        tree.hint(path === '' ? rule.root : parentOf(at(path)))
        const due = clock.now() + ('kind' in found && found.kind === 'unreadable' ? unreadableMs : missingMs)
        again = Math.min(again ?? due, due)
        continue
      }
    }
    // Nobody else reads what is only built or started anew, and another look at it may follow.
    if (!copies(rule) && entry.kind === 'file' && entry.size <= maxHeldBytes) contents.learn(at(path), entry)
    setEntry(listing, path, entry)
    if (before !== undefined && contents.isSame(before, entry)) continue
    if (copies(rule) || entry.kind !== 'directory') changed.push({ path: at(path), entry })
  }
  return { changed, again }
}

const mayBeSame = (contents: Contents, before: SourceEntry, entry: SourceEntry): boolean =>
  entry.kind === 'file' &&
  before.kind === 'file' &&
  before.size === entry.size &&
  entry.size <= maxHeldBytes &&
  contents.digestOf(before) !== undefined
