import type { BackRule } from '../../../core/project/back-rules.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HostWriter, HostWritten } from '../../ports/host-writer.ts'
import type { ContainerRuntime } from '../../ports/container-runtime.ts'
import type { SourceEntry, SourceFiles } from '../../ports/source-files.ts'
import type { Frame, Refused } from '../container-files.ts'
import { parentOf, pathBelow } from '../paths.ts'
import type { Conflict } from './reconcile.ts'
import type { BackShell } from './back-shell.ts'
import type { ContainerLook, ContainerSide } from './container-side.ts'
import { findHalt } from './find-halt.ts'
import type { HostLook, HostSide } from './host-side.ts'
import { type Change, reconcile } from './reconcile.ts'
import { agree, type Agreed } from './side.ts'
import { bringToContainer } from './to-container.ts'
import { bringToHost } from './to-host.ts'

export type RoundDeps = {
  readonly runtime: Pick<ContainerRuntime, 'exec'>
  readonly clock: Pick<Clock, 'now'>
  readonly source: SourceFiles
  readonly writer: HostWriter
  readonly signal: AbortSignal
  readonly apply: (container: string, frame: Frame) => Promise<readonly Refused[]>
}

export type RoundInput = {
  readonly rule: BackRule
  readonly container: string
  readonly shell: BackShell
  readonly hostSide: HostSide
  readonly containerSide: ContainerSide
  /** Changed by the round as far as both sides have become the same. */
  readonly base: Map<string, Agreed>
}

export type RoundResult = {
  readonly halted?: 'host' | 'container' | undefined
  readonly conflicts: readonly Conflict[]
  /** Paths that were brought, or taken away. */
  readonly broughtToHost: readonly string[]
  readonly broughtToContainer: readonly string[]
  readonly refusedOnHost: ReadonlyMap<string, string>
  readonly refusedInContainer: ReadonlyMap<string, string>
  readonly entries: ReadonlyMap<string, SourceEntry>
  /** Links of the container that lead out of its folder. */
  readonly outside: readonly string[]
  /** Something was just being written, or was not as it had been seen: another round is to follow soon. */
  readonly isUnsettled: boolean
  readonly isBaseChanged: boolean
}

/** Looks at both sides once and does what makes them the same. Undefined when it cannot be told what the container has. */
export const runBackRound = async (deps: RoundDeps, input: RoundInput): Promise<RoundResult | undefined> => {
  const { rule, base, hostSide, containerSide } = input
  const host = await hostSide.look()
  const container = await containerSide.look(base.keys())
  if (container === undefined) return undefined
  const sides = { base, host: host.side, container: container.side }
  const isMoving = host.isMoving || container.isMoving
  const halted = findHalt(sides, rule.direction)
  if (halted !== undefined)
    return { ...nothing, halted, entries: host.entries, outside: container.outside, isUnsettled: isMoving }
  const found = reconcile(sides, rule.direction)
  let isBaseChanged = keepAgreed(base, found.agreed)
  const place = toPlace(container, host)
  const { shell } = input
  const shared = { ...place, shell, root: rule.path, entries: host.entries, signatures: container.signatures }
  const onHost =
    found.toHost.length === 0
      ? none
      : await bringToHost(deps, { ...shared, container: input.container, changes: found.toHost })
  const inContainer =
    found.toContainer.length === 0
      ? none
      : await bringToContainer(
          { source: deps.source, shell, apply: (frame) => deps.apply(input.container, frame) },
          { ...shared, changes: found.toContainer },
        )
  const done = [...toDone(found.toHost, onHost), ...toDone(found.toContainer, inContainer)]
  isBaseChanged = keepAgreed(base, new Map(done.map(({ path, to }) => [path, to]))) || isBaseChanged
  return {
    entries: host.entries,
    conflicts: found.conflicts,
    broughtToHost: toDone(found.toHost, onHost).map(({ path }) => path),
    broughtToContainer: toDone(found.toContainer, inContainer).map(({ path }) => path),
    refusedOnHost: new Map([...host.unreadable, ...toRefused(onHost)]),
    refusedInContainer: toRefused(inContainer),
    outside: container.outside,
    isUnsettled: isMoving || [...onHost.values(), ...inContainer.values()].includes('changed'),
    isBaseChanged,
  }
}

const none: ReadonlyMap<string, HostWritten> = new Map()
const nothing: Omit<RoundResult, 'entries'> = {
  conflicts: [],
  broughtToHost: [],
  broughtToContainer: [],
  refusedOnHost: new Map(),
  refusedInContainer: new Map(),
  outside: [],
  isUnsettled: false,
  isBaseChanged: false,
}

const toDone = (changes: readonly Change[], outcomes: ReadonlyMap<string, HostWritten>): readonly Change[] =>
  changes.filter(({ path }) => outcomes.get(path) === 'done')

const toRefused = (outcomes: ReadonlyMap<string, HostWritten>): ReadonlyMap<string, string> =>
  new Map([...outcomes].flatMap(([path, outcome]) => (typeof outcome === 'string' ? [] : [[path, outcome.refused]])))

/** Tells whether anything is another than before. */
const keepAgreed = (base: Map<string, Agreed>, agreed: ReadonlyMap<string, Change['to']>): boolean => {
  let isChanged = false
  for (const [path, entry] of agreed) {
    const before = base.get(path)
    if (entry === undefined) isChanged = base.delete(path) || isChanged
    else {
      const after = agree(before, entry)
      isChanged ||= JSON.stringify(before) !== JSON.stringify(after)
      base.set(path, after)
    }
  }
  return isChanged
}

/** The folder of the container that names are below: the target itself, or, of a single file, the one that it is in. */
const toPlace = (
  { kind, place }: ContainerLook,
  { entries }: HostLook,
): { readonly place: string; readonly toName: (path: string) => string } => {
  const isFile = kind === 'file' || (kind === 'gone' && entries.get('')?.kind === 'file')
  if (!isFile) return { place, toName: (path) => `./${path}` }
  const folder = parentOf(place)
  return { place: folder, toName: () => `.${place.slice(folder === '/' ? 0 : folder.length)}` }
}

/** A path of a rule on this machine, and in the container. */
export const toPlaces = (rule: BackRule, path: string): { readonly host: string; readonly container: string } => ({
  host: pathBelow(rule.path, path),
  container: pathBelow(rule.target.length > 1 ? rule.target.replace(/\/+$/, '') : rule.target, path),
})
