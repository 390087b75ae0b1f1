import type { Clock } from '../ports/clock.ts'
import type { SourceEntry, SourceFiles } from '../ports/source-files.ts'
import type { Contents } from './contents.ts'
import { isSameEntry } from './same-entry.ts'

/** A file that may not be sent as it is, for somebody may be writing it. */
export type Candidate = {
  readonly path: string
  readonly entry: SourceEntry
  /** What it was when it was last taken for whole. */
  readonly before: SourceEntry | undefined
}

export type Unfinished = {
  /** Of these entries, those that are not to be taken as they are, and when to look at each again. `isEarly`: a look follows anyway. */
  check(candidates: readonly Candidate[], look: { readonly isEarly: boolean }): ReadonlyMap<string, number>
}

// A save empties a file and fills it at once; some do it in two steps.
const emptyMs = 50
// Who adds to a file piece by piece pauses no longer between two pieces.
const growingMs = 150
const openCheckMs = 30
// What was written longer ago than this is not being written, as far as its times tell.
const freshMs = 2000
// A log or a database is written for ever: its content goes now and then as it is.
const maxWaitMs = 5000
// So many in a row come from a tool that writes each in one go, and looking for who has them open would take longer.
const manyFiles = 200
const rowMs = 200

type Known = {
  readonly entry: SourceEntry
  readonly changedAt: number
  readonly since: number
  /** It has become longer since the last look, and that a moment ago. */
  readonly isLonger: boolean
  /** It begins with what it was. */
  readonly isGrowing: boolean
  acceptedAt?: number
}

type UnfinishedDeps = {
  readonly files: Pick<SourceFiles, 'findOpen'>
  readonly contents: Pick<Contents, 'mayContinue'>
  readonly clock: Pick<Clock, 'now'>
}

type Memory = UnfinishedDeps & {
  /** By path. */
  readonly known: Map<string, Known>
  readonly looked: Map<SourceEntry, { readonly at: number; readonly isOpen: boolean }>
  /** Doubtful files that came without a pause between them, and the last time that one did. */
  row: { readonly count: number; readonly at: number }
}

/**
 * Files that are half written are told by what happens to them: they have just been emptied, they grow at their end from one
 * look to the next, or a process has them open for writing. None waits for ever.
 */
export const createUnfinished = (deps: UnfinishedDeps): Unfinished => {
  const memory: Memory = { ...deps, known: new Map(), looked: new Map(), row: { count: 0, at: 0 } }
  return {
    check: (candidates, { isEarly }) => (isEarly ? checkEarly(memory, candidates) : check(memory, candidates)),
  }
}

const check = (memory: Memory, candidates: readonly Candidate[]): ReadonlyMap<string, number> => {
  const { known, clock } = memory
  const now = clock.now()
  for (const [path, { acceptedAt, since }] of known)
    if (now - (acceptedAt ?? since + maxWaitMs) > freshMs) known.delete(path)
  const waiting = new Map<string, number>()
  const fresh = candidates
    .filter(({ entry }) => entry.kind === 'file' && entry.mtimeMs > now - freshMs && entry.mtimeMs < now + freshMs)
    .map((candidate) => ({ candidate, state: learn(memory, candidate, now) }))
  const doubtful = fresh.filter(({ candidate, state }) => isDoubtful(candidate, state))
  const added = doubtful.filter(({ state }) => state.changedAt === now).length
  const last = memory.row.at > now - rowMs ? memory.row.count : 0
  if (added > 0) memory.row = { count: last + added, at: now }
  const open = findOpen(
    memory,
    doubtful.map(({ candidate }) => candidate),
    now,
  )
  for (const { candidate, state } of fresh) {
    const due = Math.max(
      candidate.entry.size === 0 ? state.changedAt + emptyMs : 0,
      state.isGrowing ? state.changedAt + growingMs : 0,
      open.has(candidate.path) ? now + openCheckMs : 0,
    )
    if (due > now && now - state.since < maxWaitMs) waiting.set(candidate.path, due)
    else state.acceptedAt ??= now
  }
  return waiting
}

/**
 * At once goes what is known to be whole: another content of a file that was there, and that nobody has open. What is new may
 * be an editor's, and gone in a moment.
 */
const checkEarly = (memory: Memory, candidates: readonly Candidate[]): ReadonlyMap<string, number> => {
  const now = memory.clock.now()
  const isReady = (candidate: Candidate): boolean => {
    const { entry, before } = candidate
    if (entry.kind !== 'file' || before?.kind !== 'file' || entry.size === 0) return false
    return !learn(memory, candidate, now).isGrowing
  }
  const ready = candidates.length > manyFiles ? [] : candidates.filter(isReady)
  const open = ready.length === 0 ? undefined : memory.files.findOpen(ready.map(({ path }) => path))
  const waiting = new Map(candidates.map(({ path }) => [path, now]))
  for (const { path, entry } of open === undefined ? [] : ready) {
    if (open?.has(path) === true) continue
    memory.looked.set(entry, { at: now, isOpen: false })
    const state = memory.known.get(path)
    if (state !== undefined) state.acceptedAt ??= now
    waiting.delete(path)
  }
  return waiting
}

const findOpen = (
  { files, looked, row }: Memory,
  candidates: readonly Candidate[],
  now: number,
): ReadonlySet<string> => {
  const asked = candidates.filter(({ entry }) => (looked.get(entry)?.at ?? 0) <= now - openCheckMs)
  const isRow = row.count > manyFiles && row.at > now - rowMs
  if (asked.length > 0 && asked.length <= manyFiles && !isRow) {
    for (const [entry, { at }] of looked) if (at <= now - freshMs) looked.delete(entry)
    const open = files.findOpen(asked.map(({ path }) => path))
    for (const { path, entry } of asked) looked.set(entry, { at: now, isOpen: open?.has(path) === true })
  }
  return new Set(candidates.filter(({ entry }) => looked.get(entry)?.isOpen === true).map(({ path }) => path))
}

/** A file as it is now, beside what it was at the look before. */
const learn = ({ known, contents }: Memory, { path, entry, before }: Candidate, now: number): Known => {
  const last = known.get(path)
  // Another look at the same is no change.
  if (last !== undefined && isSameEntry(last.entry, entry)) return last
  const wasAccepted = last?.acceptedAt !== undefined
  const isNew = last === undefined || (wasAccepted && now - (last.acceptedAt ?? 0) > growingMs)
  const earlier = isNew ? undefined : last.entry
  // From nothing it becomes what it shall be at once.
  const isLonger =
    earlier !== undefined &&
    earlier.size > 0 &&
    earlier.inode === entry.inode &&
    entry.size > earlier.size &&
    entry.size !== before?.size
  const next: Known = {
    entry,
    changedAt: now,
    since: isNew || wasAccepted ? now : last.since,
    isLonger,
    isGrowing: isLonger && contents.mayContinue(path, { before: earlier, entry }),
  }
  known.set(path, next)
  return next
}

/** Who writes a file from its begin makes it shorter at first: only then it is worth the time to look who does. */
const isDoubtful = ({ entry, before }: Candidate, state: Known): boolean =>
  before?.kind !== 'file' || entry.size < before.size || state.isLonger
