import { dependenciesOf, restartsWith, toDependents } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import type { DependencyCondition, Service } from '../project/service.ts'
import { addHookSteps, isUp } from './container-steps.ts'
import type { ObservedContainer } from './observed.ts'
import { type ContainerPlan, inDependencyOrder } from './plan-containers.ts'
import type { Replica } from './replica-steps.ts'
import type { ImageSteps } from './plan-images.ts'
import { hasSucceeded, mustStart, type StartContext, toOneShots } from './must-start.ts'

type Wait = 'started' | 'healthy' | 'completed' | 'running-or-healthy'
const waitOf: Readonly<Record<DependencyCondition, Wait>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
}

type Draft = {
  readonly containers: ContainerPlan
  /** Steps that bring images. */
  readonly images: ImageSteps
  /** The last step of each service's start, for those that have one. */
  readonly started: Map<ServiceName, readonly string[]>
}

const serviceIn = (context: StartContext, name: ServiceName): Service | undefined => context.project.services[name]

const isSettled = (draft: Draft, name: ServiceName, holds: (container: ObservedContainer) => boolean): boolean => {
  const replicas = draft.containers.replicas.get(name) ?? []
  return !draft.started.has(name) && replicas.every(({ kept }) => kept !== undefined && holds(kept))
}

const satisfied: Readonly<Record<Exclude<Wait, 'started'>, (container: ObservedContainer) => boolean>> = {
  healthy: ({ state, health }) => state === 'running' && health === 'healthy',
  completed: hasSucceeded,
  'running-or-healthy': ({ state, health }) => state === 'running' && (health === undefined || health === 'healthy'),
}

const addAwait = (
  context: StartContext,
  draft: Draft,
  {
    name,
    condition,
    cause,
    optional,
  }: { name: ServiceName; condition: Exclude<Wait, 'started'>; cause: string; optional: boolean },
): readonly string[] => {
  const replicas = draft.containers.replicas.get(name) ?? []
  const definition = serviceIn(context, name)
  if (replicas.length === 0 || definition === undefined || isSettled(draft, name, satisfied[condition])) return []
  // An optional wait fails softly, so it cannot stand in for one that must hold.
  const id = `${name}/${condition === 'running-or-healthy' ? 'ready' : condition}${optional ? '?' : ''}`
  if (!context.steps.has(id)) {
    context.steps.add({
      id,
      needs: draft.started.get(name) ?? [],
      action: {
        kind: 'service/await',
        service: name,
        containers: replicas.map(({ ref }) => ref),
        condition,
        definition,
        ...(optional ? { optional: true } : {}),
      },
      cause,
    })
  }
  return [id]
}

type Gate = { readonly needs: readonly string[]; readonly after: readonly string[] }

/** What a service waits for before it starts: each dependency in its condition. */
const gateOf = (context: StartContext, draft: Draft, name: ServiceName): Gate => {
  const needs: string[] = []
  const after: string[] = []
  for (const [dependency, { condition, required }] of dependenciesOf(context.project.services, name)) {
    if (!context.scope.includes(dependency)) continue
    const wait = waitOf[condition]
    const ids =
      wait === 'started' || serviceIn(context, dependency)?.provider !== undefined
        ? (draft.started.get(dependency) ?? [])
        : addAwait(context, draft, {
            name: dependency,
            condition: wait,
            cause: `${name} waits for it`,
            optional: !required,
          })
    const waits = required ? needs : after
    for (const id of ids) waits.push(id)
  }
  return { needs, after }
}

const toList = (id: string | undefined): readonly string[] => (id === undefined ? [] : [id])

const addPreStart = (
  context: StartContext,
  { images }: Draft,
  { name, gate, made }: { name: ServiceName; gate: Gate; made: readonly string[] },
): readonly string[] => {
  const definition = serviceIn(context, name)
  let last: readonly string[] = []
  for (const [index, hook] of (definition?.pre_start ?? []).entries()) {
    if (definition === undefined) continue
    last = [
      context.steps.add({
        id: `${name}/pre_start.${index}`,
        needs: [...(index === 0 ? [...gate.needs, ...made] : last), ...toList(images.get(hook.image ?? ''))],
        ...(index === 0 && gate.after.length > 0 ? { after: gate.after } : {}),
        action: { kind: 'hook/run', service: name, index, hook, definition },
        cause: 'pre_start hook',
      }),
    ]
  }
  return last
}

const causeOf = ({ kept, halted }: Replica): string => {
  if (kept === undefined) return 'is new'
  if (halted) return 'was stopped for this change'
  if (kept.state === 'created') return 'has not run yet'
  return kept.state === 'exited' ? `had exited with ${kept.exitCode ?? 0}` : `is ${kept.state}`
}

const addStart = (
  context: StartContext,
  { name, replica, gate, hooks }: { name: ServiceName; replica: Replica; gate: Gate; hooks: readonly string[] },
): readonly string[] => {
  const subject = `${name}.${replica.number}`
  const halt = replica.halted ? [`${subject}/stop`] : []
  const paused = replica.kept?.state === 'paused' && !replica.halted
  const start = context.steps.add({
    id: `${subject}/${paused ? 'unpause' : 'start'}`,
    needs: [...replica.made, ...halt, ...gate.needs, ...hooks],
    ...(gate.after.length > 0 ? { after: gate.after } : {}),
    action: { kind: paused ? 'container/unpause' : 'container/start', container: replica.ref, service: name },
    cause: causeOf(replica),
  })
  if (paused) return [start]
  const last = addHookSteps(
    context,
    { subject, service: name, ref: replica.ref },
    { phase: 'post_start', needs: [start] },
  )
  return last.length > 0 ? last : [start]
}

/** The old container keeps serving until everything that its replacement waits for is ready. */
const holdOldOnes = (
  context: StartContext,
  { name, replicas, gate }: { name: ServiceName; replicas: readonly Replica[]; gate: Gate },
): void => {
  // Who is restarted with another one stops before that one does.
  if (restartsWith(context.project.services, name).length > 0) return
  for (const { stopsOld } of replicas) {
    if (stopsOld !== undefined) context.steps.require(stopsOld, gate.needs)
  }
}

const addProvider = (context: StartContext, draft: Draft, name: ServiceName): void => {
  const definition = serviceIn(context, name)
  if (definition === undefined) return
  const gate = gateOf(context, draft, name)
  const id = context.steps.add({
    id: `${name}/provide`,
    ...gate,
    action: { kind: 'provider/up', service: name, definition },
    cause: `provided by ${definition.provider?.type ?? 'a provider'}`,
  })
  draft.started.set(name, [id])
  // What the provider says becomes variables of its dependents, and a container has them from its creation.
  for (const dependent of toDependents(context.project.services).get(name) ?? []) {
    for (const { number } of draft.containers.replicas.get(dependent) ?? []) {
      const creation = `${dependent}.${number}/create`
      if (context.steps.has(creation)) context.steps.require(creation, [id])
    }
  }
}

const startService = (
  context: StartContext,
  draft: Draft,
  { name, oneShot }: { name: ServiceName; oneShot: boolean },
): void => {
  const replicas = draft.containers.replicas.get(name) ?? []
  const starting = replicas.filter((replica) => mustStart(context, draft.containers, { name, replica, oneShot }))
  if (starting.length === 0) return
  const gate = gateOf(context, draft, name)
  holdOldOnes(context, { name, replicas, gate })
  const running = replicas.some(({ kept, halted }) => kept !== undefined && isUp(kept) && !halted)
  const hooks = running ? [] : addPreStart(context, draft, { name, gate, made: starting.flatMap(({ made }) => made) })
  draft.started.set(
    name,
    starting.flatMap((replica) => addStart(context, { name, replica, gate, hooks })),
  )
}

/** `--wait`: the plan ends when each service is as its dependents, or its healthcheck, want it. */
const addFinalWaits = (context: StartContext, draft: Draft, oneShots: ReadonlySet<ServiceName>): void => {
  for (const name of context.scope) {
    if (context.deferred.has(name) || serviceIn(context, name)?.provider !== undefined) continue
    addAwait(context, draft, {
      name,
      condition: oneShots.has(name) ? 'completed' : 'running-or-healthy',
      cause: 'asked for with --wait',
      optional: false,
    })
  }
}

/**
 * Published ranges are picked by the engine, and engines before 28.3 may pick one port twice when containers start at the
 * same time (moby/moby#50054): there, and only for them, starts go one after another.
 */
const chainRangeStarts = (context: StartContext, draft: Draft): void => {
  const { major, minor } = context.observed.engine.api
  if (major > 1 || minor >= 51) return
  let previous: string | undefined
  for (const [name, replicas] of draft.containers.replicas) {
    const ranged = serviceIn(context, name)?.ports?.some(({ published }) => published?.includes('-') === true) === true
    for (const { number } of ranged ? replicas : []) {
      const id = `${name}.${number}/start`
      if (!context.steps.has(id)) continue
      if (previous !== undefined) context.steps.require(id, [previous])
      previous = id
    }
  }
}

/**
 * Starts what does not run, each service as soon as its own needs are ready: no service waits for one that it does not
 * depend on, and the replicas of a service start together.
 */
export const planStarts = (
  context: StartContext,
  containers: ContainerPlan,
  images: ImageSteps = new Map<string, string>(),
): void => {
  const draft: Draft = { containers, images, started: new Map() }
  const oneShots = toOneShots(context)
  for (const name of inDependencyOrder(context)) {
    if (context.deferred.has(name)) continue
    if (serviceIn(context, name)?.provider === undefined)
      startService(context, draft, { name, oneShot: oneShots.has(name) })
    else addProvider(context, draft, name)
  }
  chainRangeStarts(context, draft)
  if (context.options.wait === true) addFinalWaits(context, draft, oneShots)
}
