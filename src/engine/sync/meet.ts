import type { SourceEntry } from '../ports/source-files.ts'
import { type ComparingDeps, compareThere, findOthers } from './compare-there.ts'
import type { Seen } from './container-files.ts'
import type { ContainerSync } from './container-sync.ts'
import { createListing, entriesOf, findEntry, type Listing, setEntry, settleVersions } from './listing.ts'
import { parentOf, pathBelow } from './paths.ts'
import { unknownEntry } from './same-entry.ts'
import type { SourceTree } from './source-tree.ts'
import type { TargetOf } from './targets.ts'
import type { Wanted } from './wanted.ts'

export type MeetingDeps = ComparingDeps & {
  readonly tree: SourceTree
  readonly targetOf: TargetOf
}

export type Meeting = {
  readonly container: ContainerSync
  /** When its image was made, in milliseconds since the epoch. */
  readonly imageMadeAt: number
  /** What an earlier start of the same container had been given. */
  readonly given: ReadonlyMap<Wanted, ReadonlyMap<string, SourceEntry>> | undefined
  /** Paths that went while others held them: when, in milliseconds since the epoch. */
  readonly vanished: ReadonlyMap<string, number>
}

/**
 * What a container has of what a rule wants, at the first look at it. What is there as wanted is held. What is not as wanted is
 * brought where the source is newer than the image, where an earlier start had been given it, and where the rule says
 * `initial_sync`; otherwise the image is newer, or its build has made the file another, and that stays as it is.
 */
export const meet = async (deps: MeetingDeps, wanted: Wanted, meeting: Meeting): Promise<void> => {
  const { container, vanished } = meeting
  const target = deps.targetOf(wanted)
  const entries = entriesOf(wanted.listing)
  const gone = [...vanished].filter(([, at]) => at > meeting.imageMadeAt).map(([path]) => path)
  const paths = [...entries.map(([path]) => path), ...gone]
  const seen = paths.length === 0 ? new Map<string, Seen>() : await container.files.look(target, paths)
  const held = createListing()
  const left = new Map<string, SourceEntry>()
  const leave = (path: string, entry: SourceEntry): void => {
    left.set(path, entry)
    hold(held, path, entry)
  }
  const unsure: (readonly [path: string, entry: SourceEntry])[] = []
  for (const [path, entry] of entries) {
    const there = seen?.get(path)
    const verdict = there === undefined ? 'other' : compareThere(there, entry)
    // What has changed since the watch began is brought, or goes, when it is known what it is.
    if (verdict === 'same' || entry === unknownEntry) hold(held, path, entry)
    else if (verdict === 'unsure') unsure.push([path, entry])
    else if (!isBrought(deps, { wanted, meeting, path, entry })) leave(path, entry)
  }
  const others = await findOthers(deps, { root: wanted.rule.root, container: container.files, target, unsure })
  for (const [path, entry] of unsure) {
    const isOther = others.get(path)
    if (isOther !== undefined && isBrought(deps, { wanted, meeting, path, entry })) continue
    if (isOther === true) leave(path, entry)
    else hold(held, path, entry)
  }
  // What went is held as something that nobody wants.
  for (const path of gone)
    if (seen?.has(path) === true && findEntry(wanted.listing, path) === undefined) hold(held, path, unknownEntry)
  settleVersions(wanted.listing, held)
  container.held.set(wanted, held)
  container.left.set(wanted, seen === undefined ? new Map() : left)
}

const hold = (held: Listing, path: string, entry: SourceEntry): void => {
  if (findEntry(held, path) === undefined) setEntry(held, path, entry)
}

type Judging = {
  readonly wanted: Wanted
  readonly meeting: Meeting
  readonly path: string
  readonly entry: SourceEntry
}

const isBrought = (deps: MeetingDeps, { wanted, meeting, path, entry }: Judging): boolean => {
  const { given, imageMadeAt } = meeting
  if (wanted.rule.initialSync) return true
  if (given?.get(wanted)?.has(path) === true) return true
  return Math.max(entry.mtimeMs, entry.ctimeMs) > imageMadeAt || hasMoved(deps, wanted, path, imageMadeAt)
}

/** A folder that was renamed has a younger change than what is in it. */
const hasMoved = ({ tree }: MeetingDeps, { rule }: Wanted, path: string, imageMadeAt: number): boolean => {
  for (let at = pathBelow(rule.root, path); at !== rule.root && at.length > rule.root.length;) {
    at = parentOf(at)
    const self = tree.folders.get(at)?.self
    if (self !== undefined && self.ctimeMs > imageMadeAt && self.ctimeMs > self.mtimeMs) return true
  }
  return false
}
