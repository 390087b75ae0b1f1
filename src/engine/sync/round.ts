import { StackError } from '../../core/errors/stack-error.ts'
import type { ContainerSummary, ReloadParts } from '../../core/events/event.ts'
import type { ContainerDetails } from '../ports/container-runtime.ts'
import { type ContainerSync, createContainerSync, isGone } from './container-sync.ts'
import { deliver, type Delivery } from './deliver.ts'
import { compareListings, createListing, findEntry } from './listing.ts'
import { meet } from './meet.ts'
import { pathBelow } from './paths.ts'
import { runHook } from './run-hook.ts'
import { findStrongest } from './rules.ts'
import { type Pending, type ServiceState, vanishedOf } from './service-state.ts'
import type { Wanted } from './wanted.ts'

/**
 * One comparison of what a service's rules want with what its containers have, and what follows from it. Tells what was done.
 * When to try again what was set aside; rejects with what kept a container that runs from being made equal.
 */
export const round = async (state: ServiceState): Promise<number | undefined> => {
  const { deps, options, stale, builder } = state
  const began = deps.clock.now()
  const { pending } = state
  const present = options.containers().filter(({ state: is }) => is !== 'removing' && is !== 'dead')
  forgetGone(state, present)
  const reachable = present.filter(({ state: is }) => is !== 'paused')
  const results = await Promise.all(reachable.map((summary) => attempt(state, summary)))
  const sentAt = deps.clock.now()
  const deliveries = results.flatMap(({ delivery }) => delivery ?? [])
  tellLimits(state)
  const error = results.find((result) => result.error !== undefined)?.error
  const refused = deliveries.flatMap((delivery) => delivery.refused)
  stale.refused(refused)
  if (error !== undefined) throw error
  stale.reached()
  // What is built is started anew in a moment.
  if (!builder.isBusy()) await react(state, reachable)
  const files = pending?.paths.size ?? Math.max(0, ...deliveries.map((delivery) => delivery.files))
  const waiting = countWaiting(state, present)
  if (files > 0) {
    const problem = refused.length === 0 ? undefined : stale.problem()
    deps.emit({
      type: 'reload/ended',
      service: options.service,
      action: findStrongest(pending?.actions ?? []) ?? 'sync',
      files,
      ms: deps.clock.now() - (pending?.since ?? began),
      ...(waiting === 0 ? {} : { waiting }),
      ...(pending === undefined ? {} : { parts: toParts(pending, { sentAt, endedAt: deps.clock.now() }) }),
      ...(problem === undefined ? {} : { problem }),
    })
  }
  if (state.pending === pending) state.pending = undefined
  const again = deliveries.flatMap((delivery) => delivery.again ?? [])
  return again.length === 0 ? undefined : Math.min(...again)
}

const toParts = (
  { since, writtenAt, foundAt }: Pending,
  { sentAt, endedAt }: { readonly sentAt: number; readonly endedAt: number },
): ReloadParts => ({
  // Times of a file system may be those of another machine, and what was moved was written long before.
  ...(writtenAt > since - longestDetectMs && writtenAt <= since ? { detect: since - writtenAt } : {}),
  hold: Math.max(0, foundAt - since),
  send: Math.max(0, sentAt - foundAt),
  react: endedAt - sentAt,
})

const longestDetectMs = 60_000

const forgetGone = ({ containers, unsure }: ServiceState, present: readonly ContainerSummary[]): void => {
  const ids = new Set(present.map(({ id }) => id))
  for (const [id, { files }] of containers) {
    if (ids.has(id)) continue
    files.close()
    containers.delete(id)
    unsure.delete(id)
  }
}

/** While none runs, one is being made anew, or is away for a moment: what was told of the last one stands. */
const tellLimits = (state: ServiceState): void => {
  const { containers, limits } = state
  const known = [...containers.values()].flatMap((container) => container.limits ?? [])
  if (known.length > 0) limits.show(known, findLeft(state))
}

/** What containers are without, though the Dockerfile says that their image has it: another source was built. */
const findLeft = ({ containers, mappings, deps }: ServiceState): readonly string[] => {
  const paths = mappings
    .filter(({ rule }) => rule.isDerived)
    .flatMap((wanted) => {
      const target = deps.targetOf(wanted)
      return (
        [...containers.values()]
          // What is in memory has nothing of an image.
          .filter(({ limits }) => limits?.places.has(target) !== true)
          .flatMap(({ left }) => [...(left.get(wanted) ?? [])])
          .filter(([path, entry]) => findEntry(wanted.listing, path) === entry)
          .map(([path]) => pathBelow(target, path))
      )
    })
  return [...new Set(paths)].toSorted()
}

type Attempt = { readonly delivery?: Delivery; readonly error?: unknown }

/** What goes wrong in a container that does not run is no failure: it is compared when it runs again. */
const attempt = async (state: ServiceState, summary: ContainerSummary): Promise<Attempt> => {
  const { deps, mappings } = state
  if (mappings.length === 0) return {}
  try {
    const container = await know(state, summary)
    if (container === undefined) return {}
    return { delivery: await deliver(deps, container, mappings) }
  } catch (error) {
    deps.signal.throwIfAborted()
    if (isGone(error)) return {}
    state.unsure.add(summary.id)
    // It may be about to start or to go; if not, it is another one in a moment.
    return summary.state === 'running' ? { error } : {}
  }
}

/** The container as it is known, after it was looked at if it may have begun anew. */
const know = async (state: ServiceState, { id, state: is }: ContainerSummary): Promise<ContainerSync | undefined> => {
  const { deps, containers, unsure } = state
  const known = containers.get(id)
  if (known !== undefined && !unsure.has(id) && known.isRunning === (is === 'running')) return known
  unsure.delete(id)
  const details = await deps.runtime.inspectContainer(id, { signal: deps.signal })
  if (details === undefined) return undefined
  const isRunning = details.state === 'running'
  if (details.state === 'paused' || details.state === 'removing' || details.state === 'dead') return undefined
  if (known?.startedAt === details.startedAt && known?.isRunning === isRunning) return known
  known?.files.close()
  const files = deps.openFiles(id, isRunning)
  if (isRunning) files.warmUp()
  try {
    const limits = await files.limits(state.mappings.map(deps.targetOf))
    const container = createContainerSync({ id, startedAt: details.startedAt, isRunning, files, limits })
    for (const hook of known?.needs.hooks ?? []) container.needs.hooks.add(hook)
    await meetAll(state, { container, details, known })
    containers.set(id, container)
    return container
  } catch (error) {
    files.close()
    throw error
  }
}

type Meeting = {
  readonly container: ContainerSync
  readonly details: ContainerDetails
  readonly known: ContainerSync | undefined
}

const meetAll = async (state: ServiceState, { container, details, known }: Meeting): Promise<void> => {
  const { deps, options, mappings } = state
  const image = options.isBuilt ? await deps.runtime.inspectImage(details.imageId, { signal: deps.signal }) : undefined
  // An image that is not built from the source says nothing of its age: what the container began with is what it is meant to have.
  const imageMadeAt =
    image === undefined ? Math.min(details.createdAt * 1000, options.memory.beganAt) : image.createdAt * 1000
  for (const wanted of mappings) {
    await meet(deps, wanted, {
      container,
      imageMadeAt,
      given: known?.given,
      vanished: vanishedOf(options, wanted),
    })
    const given = known?.given.get(wanted)
    if (given !== undefined) container.given.set(wanted, new Map(given))
  }
}

const react = async (state: ServiceState, reachable: readonly ContainerSummary[]): Promise<void> => {
  const { deps, options, containers } = state
  const { service } = options
  const known = reachable.flatMap(({ id }) => containers.get(id) ?? [])
  const hooks = reachable
    .filter((summary) => summary.state === 'running')
    .flatMap(({ id }) => [...(containers.get(id)?.needs.hooks ?? [])].map((hook) => ({ id, hook })))
  // One that has ended is started anew with what mends it.
  const isAsked = state.wantsRestart || known.some(({ needs }) => needs.restart)
  try {
    for (const { id, hook } of hooks) {
      containers.get(id)?.needs.hooks.delete(hook)
      await runHook(deps, { id, service, hook })
    }
    if (isAsked) {
      state.wantsRestart = false
      for (const { needs } of known) needs.restart = false
      if (!(await options.restart()))
        throw new StackError('sync/failed', { service, what: 'restarted', why: 'see the steps above' })
    }
    if (isAsked || hooks.length > 0) state.stale.reacted()
  } catch (error) {
    deps.signal.throwIfAborted()
    if (!isGone(error)) state.stale.reacted(error)
  }
}

/** Files that wait until the containers that they are for run. */
const countWaiting = ({ containers, mappings }: ServiceState, present: readonly ContainerSummary[]): number =>
  Math.max(
    0,
    ...present
      .filter((summary) => summary.state !== 'running')
      .map(({ id }) => {
        const container = containers.get(id)
        return container === undefined ? 0 : countMissing(container, mappings)
      }),
  )

/** How many paths the container has not got, as far as that is known. */
const countMissing = (container: ContainerSync, all: readonly Wanted[]): number => {
  let count = 0
  for (const wanted of all) {
    const { put, remove } = compareListings(wanted.listing, container.held.get(wanted) ?? createListing())
    count += put.filter(({ entry }) => entry.kind !== 'directory').length + remove.length
  }
  return count
}
