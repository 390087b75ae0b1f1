import type { Clock } from '../ports/clock.ts'
import type { SourceEntry } from '../ports/source-files.ts'
import {
  type Aside,
  dueTimes,
  firstRetryMs,
  forgetSettled,
  isAside,
  isBelowAny,
  isOutOfRoom,
  setAside,
} from './aside.ts'
import { type ComparingDeps, findLacking } from './compare-there.ts'
import type { Frame, Put, Refused } from './container-files.ts'
import { asideOf, type ContainerSync } from './container-sync.ts'
import { maxHeldBytes } from './contents.ts'
import {
  compareListings,
  type Difference,
  filesBelow,
  forgetEntry,
  isEven,
  type Listing,
  setEntry,
  settleVersions,
} from './listing.ts'
import { parentOf, pathBelow } from './paths.ts'
import { isSameEntry } from './same-entry.ts'
import { createSlices } from './slices.ts'
import type { SourceTree } from './source-tree.ts'
import { isWantedBelow, type TargetOf } from './targets.ts'
import type { Wanted } from './wanted.ts'

export type DeliveryDeps = ComparingDeps & {
  readonly tree: SourceTree
  readonly clock: Clock
  readonly targetOf: TargetOf
  readonly onUnreadable: (path: string, why: string) => void
}

/** A path of the container that did not become what it shall be; no entry: gone. */
export type RefusedTarget = Pick<Aside, 'entry' | 'why' | 'isFinal'> & { readonly target: string }

/** What became of one delivery. */
export type Delivery = {
  /** Paths that were brought. */
  readonly files: number
  readonly refused: readonly RefusedTarget[]
  /** When to try again what was set aside. */
  readonly again: number | undefined
}

// A frame is made in memory, while the one before it is on its way: the first is small, so that the container begins at once.
const firstFrame = { bytes: 256 * 1024, entries: 128 }
const lastFrame = { bytes: 4 * 1024 * 1024, entries: 2048 }
// What is on its way goes on between two slices, for a socket takes little at a time.
const packingMs = 2
// Whoever writes a file without a pause gets it sent as it is.
const maxMoved = 3

/** Makes one container what the rules of its service want; entry by entry, so that one that is impossible stops no other. */
export const deliver = async (
  deps: DeliveryDeps,
  container: ContainerSync,
  all: readonly Wanted[],
): Promise<Delivery> => {
  let files = 0
  let isBehind = false
  for (const wanted of all) {
    const held = container.held.get(wanted)
    if (held === undefined) continue
    files += await deliverRule(deps, { container, wanted, held, all })
    settleVersions(wanted.listing, held)
    if (!isEven(wanted.listing, held)) isBehind = true
  }
  const aside = [...container.aside].flatMap(([wanted, paths]) =>
    [...paths].map(([path, state]) => ({ ...state, target: pathBelow(deps.targetOf(wanted), path) })),
  )
  const waits = [...container.aside.values()].flatMap(dueTimes)
  // What was left out for another reason, such as a folder that was set aside a moment ago, has its turn then.
  if (isBehind && aside.length === 0) waits.push(deps.clock.now() + firstRetryMs)
  return { files, refused: aside, again: waits.length === 0 ? undefined : Math.min(...waits) }
}

type Delivering = {
  readonly container: ContainerSync
  readonly wanted: Wanted
  readonly held: Listing
  readonly all: readonly Wanted[]
}

const deliverRule = async (deps: DeliveryDeps, delivering: Delivering): Promise<number> => {
  const { container, wanted, held, all } = delivering
  const root = deps.targetOf(wanted)
  const now = deps.clock.now()
  const aside = asideOf(container, wanted)
  const { put, remove: gone } = compareListings(wanted.listing, held)
  const remove = root === '/' ? spareFolders(held, gone) : gone
  forgetSettled(aside, { put, remove })
  const removals: string[] = []
  for (const path of remove) {
    const isElsewhere = isWantedBelow({ targetOf: deps.targetOf, all }, wanted, pathBelow(root, path))
    if (isElsewhere) forgetEntry(held, path)
    else if (!isAside(aside, { path, entry: undefined, now })) removals.push(path)
  }
  const puts = put.filter(({ path, entry }) => !isAside(aside, { path, entry, now }) && !isBelowAny(aside, path))
  for (const { path, entry, before } of puts)
    if (before?.kind === 'file' && isOutOfRoom(aside.get(path), entry)) removals.push(path)
  const saved: Difference['put'][number][] = []
  const count = await bring(deps, delivering, { root, removals, puts, saved })
  if (saved.length === 0) return count
  const entries = saved.map(({ path, entry }) => [path, entry] as const)
  const place = { root: wanted.rule.root, target: root, container: container.files }
  const lacking = await findLacking(deps, { ...place, entries })
  for (const [path, entry] of entries) if (!lacking.has(path)) take(delivering, path, entry)
  const again = entries.flatMap(([path, entry]) => (lacking.has(path) ? [{ path, entry }] : []))
  return count + (await bring(deps, delivering, { root, removals: [], puts: again, saved: [] }))
}

const bring = async (deps: DeliveryDeps, delivering: Delivering, packing: Packing): Promise<number> => {
  let count = 0
  let sent: Promise<number> = Promise.resolve(0)
  for await (const frame of packFrames(deps, delivering, packing)) {
    // The next frame is packed while this one is on its way.
    count += await sent
    sent = send(deps, delivering, frame)
    sent.catch(() => {})
  }
  return count + (await sent)
}

/** It is there as it is. */
const take = ({ container, wanted, held }: Delivering, path: string, entry: SourceEntry): void => {
  setEntry(held, path, entry)
  asideOf(container, wanted).delete(path)
}

/** At the root of a container most folders are the system's, or have something of it: only files that were brought go. */
const spareFolders = (held: Listing, remove: readonly string[]): readonly string[] =>
  remove.flatMap((path) => {
    const files = filesBelow(held, path)
    if (files.length === 0) forgetEntry(held, path)
    return files
  })

type Packing = {
  readonly root: string
  readonly removals: readonly string[]
  readonly puts: Difference['put']
  /** Takes what was saved with what it held before: the container is asked whether it has that. */
  readonly saved: Difference['put'][number][]
}

/** Frames of a few megabytes. Each file is looked at again when it is packed; what is the same in the container is not sent. */
const packFrames = async function* (
  deps: DeliveryDeps,
  delivering: Delivering,
  { root, removals, puts, saved }: Packing,
): AsyncGenerator<Frame> {
  const { container, wanted } = delivering
  const slices = createSlices(deps.clock, packingMs)
  let remove = removals
  let entries: Put[] = []
  let size = 0
  let most = firstFrame
  for (const { path, entry, before } of puts) {
    await slices.next()
    const isKept = (): boolean => {
      if (before === undefined || !deps.contents.isSame(before, entry)) return false
      // A folder changes with what is in it, and another look at the same is no save.
      if (entry.kind === 'directory' || isSameEntry(before, entry)) take(delivering, path, entry)
      else saved.push({ path, entry })
      return true
    }
    if (isKept()) continue
    const packed = pack(deps, container, { path, entry, source: pathBelow(wanted.rule.root, path) })
    if (packed === undefined) continue
    if ('why' in packed) {
      setAside(asideOf(container, wanted), { refusal: packed, entry, now: deps.clock.now() })
      continue
    }
    if (isKept()) continue
    const replacesFolder = before?.kind === 'directory' && entry.kind !== 'directory'
    entries.push(replacesFolder ? { ...packed, replacesFolder } : packed)
    size += packed.content?.length ?? packed.stream?.size ?? 0
    if (size < most.bytes && entries.length < most.entries) continue
    yield { root, remove, put: entries }
    most = {
      bytes: Math.min(most.bytes * 2, lastFrame.bytes),
      entries: Math.min(most.entries * 2, lastFrame.entries),
    }
    remove = []
    entries = []
    size = 0
  }
  if (entries.length > 0 || remove.length > 0) yield { root, remove, put: entries }
}

type Packable = { readonly path: string; readonly entry: SourceEntry; readonly source: string }

/** Undefined: another look will tell what is there. */
const pack = (
  deps: DeliveryDeps,
  { moved }: ContainerSync,
  { path, entry, source }: Packable,
): Put | Refused | undefined => {
  const { contents, tree } = deps
  if (entry.kind !== 'file') return { path, entry }
  if (entry.size > maxHeldBytes)
    return { path, entry, stream: { size: entry.size, open: () => contents.stream(source, entry.size) } }
  const found = contents.read(source, entry)
  if ('kind' in found) {
    if (found.kind === 'unreadable') {
      deps.onUnreadable(source, found.why)
      return { path, why: `${source} cannot be read: ${found.why}`, isFinal: false }
    }
    tree.hint(parentOf(source))
    return undefined
  }
  if (found.entry === entry) {
    moved.delete(source)
    return { path, entry, content: found.content }
  }
  tree.hint(parentOf(source))
  const times = (moved.get(source) ?? 0) + 1
  moved.set(source, times)
  if (times < maxMoved) return undefined
  moved.delete(source)
  return { path, entry: found.entry, content: found.content }
}

/** Only what was acknowledged is held. */
const send = async (deps: DeliveryDeps, delivering: Delivering, frame: Frame): Promise<number> => {
  const { container, wanted, held } = delivering
  const refused = new Map((await container.files.apply(frame)).map((one) => [one.path, one]))
  const given = container.given.get(wanted) ?? new Map<string, SourceEntry>()
  container.given.set(wanted, given)
  const aside = asideOf(container, wanted)
  let count = 0
  let isNew = false
  for (const path of frame.remove) {
    const refusal = refused.get(path)
    if (refusal !== undefined) setAside(aside, { refusal, entry: undefined, now: deps.clock.now() })
    else {
      forgetEntry(held, path)
      given.delete(path)
      aside.delete(path)
      isNew = true
      count += 1
    }
  }
  for (const { path, entry } of frame.put) {
    const refusal = refused.get(path)
    if (refusal !== undefined) setAside(aside, { refusal, entry, now: deps.clock.now() })
    else {
      setEntry(held, path, entry)
      const last = given.get(path)
      isNew ||= last === undefined || !deps.contents.isSame(last, entry)
      given.set(path, entry)
      aside.delete(path)
      count += 1
    }
  }
  if (count > 0) react(container, wanted, isNew)
  return count
}

/** What an earlier start had been given, and this one has begun without, the next one would begin without as well: it is in memory, or its process makes it anew. */
const react = ({ needs }: ContainerSync, { rule }: Wanted, isNew: boolean): void => {
  if (rule.action === 'sync+restart' && isNew) needs.restart = true
  if (rule.exec !== undefined) needs.hooks.add(rule.exec)
}
