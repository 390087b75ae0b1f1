import { StackError } from '../errors/stack-error.ts'
import { dependenciesOf, withDependencies, withRestarted } from '../project/graph.ts'
import type { Project, ServiceName } from '../project/project.ts'
import type { Action, Plan } from './action.ts'
import { type CutOff, findCutOff, toBondContext } from './bonds.ts'
import { addHookSteps, addHooks, addStop, isUp, refOf, subjectOf } from './container-steps.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { addOrderedStops, providedServices } from './ordered-stops.ts'
import type { ContainerPlan } from './plan-containers.ts'
import { planStarts } from './plan-start.ts'
import { createStepList, type StepList } from './step-list.ts'

/** The commands that act on containers that are there: they make none and compare nothing. */
export type LifecycleOptions = {
  /** Absent: all of the project. */
  readonly services?: readonly ServiceName[]
  readonly graceSeconds?: number
}

/** Works from the file, or from labels alone where there is none. */
export type LifecycleTarget = { readonly name: string; readonly project?: Project }

const select = (observed: Observed, { services }: LifecycleOptions): readonly ObservedContainer[] =>
  observed.containers
    .filter(({ service, oneOff, state }) => !oneOff && state !== 'removing' && services?.includes(service) !== false)
    .toSorted((a, b) => a.number - b.number)

const toPlan = (steps: StepList): Plan => ({ steps: steps.sorted(), warnings: [], unchanged: [] })

/** `stop`: what runs and what is provided, in reverse dependency order. */
export const planStop = ({ project }: LifecycleTarget, observed: Observed, options: LifecycleOptions): Plan => {
  const steps = createStepList()
  addOrderedStops({ steps, options, ...(project === undefined ? {} : { project }) }, select(observed, options), {
    cause: 'asked for',
    provided: providedServices(project, options.services === undefined ? undefined : new Set(options.services)),
  })
  return toPlan(steps)
}

/** Containers that are up without what they share, for its process has ended since they began. */
const selectCutOff = (
  project: Project,
  observed: Observed,
): readonly { readonly container: ObservedContainer; readonly lost: CutOff }[] => {
  const all = select(observed, {})
  const byService = Map.groupBy(all, ({ service }) => service)
  const bonds = toBondContext(project, observed, (service) => byService.get(service) ?? [])
  return all.flatMap((container) => {
    const service = project.services[container.service]
    const lost = service === undefined ? undefined : findCutOff(bonds, { service, container })
    return lost === undefined ? [] : [{ container, lost }]
  })
}

/**
 * `start`: what does not run, each service as soon as its own needs are ready, with what it depends on. Throws
 * `plan/nothing-to-start` when a named service, or one that it needs, has no container.
 */
export const planStart = (
  project: Project,
  observed: Observed,
  options: LifecycleOptions & { readonly wait?: boolean },
): Plan => {
  const steps = createStepList()
  const wanted = withDependencies(project.services, options.services ?? Object.keys(project.services))
  const containers = select(observed, { services: [...wanted] })
  const present = new Set(containers.map(({ service }) => service))
  const missing =
    options.services === undefined
      ? undefined
      : [...wanted].find((name) => !present.has(name) && project.services[name]?.provider === undefined)
  if (missing !== undefined) throw new StackError('plan/nothing-to-start', { service: missing })
  // Who shares a namespace with one that begins anew begins anew after it.
  const halted = new Map(
    selectCutOff(project, observed)
      .filter(
        ({ container, lost: { share } }) => isUp(container) && share.service !== undefined && wanted.has(share.service),
      )
      .map(({ container, lost }) => [container, lost.cause]),
  )
  for (const [container, cause] of halted) addStop({ project, steps, options }, container, { cause })
  const replicas = Map.groupBy(new Set([...containers, ...halted.keys()]), ({ service }) => service)
  const plan: ContainerPlan = {
    renewed: new Set(),
    replicas: new Map(
      [...replicas].map(([name, list]) => [
        name,
        list.map((kept) => ({ number: kept.number, ref: refOf(kept), made: [], kept, halted: halted.has(kept) })),
      ]),
    ),
  }
  const scope = Object.keys(project.services).filter((name) => replicas.has(name))
  // Whoever asks for a start by name wants it to run, a one-shot that has ended too.
  planStarts(
    {
      project,
      observed,
      scope,
      followers: new Set(),
      deferred: new Set(),
      steps,
      options: { ...options, rerunCompleted: true },
    },
    plan,
  )
  return toPlan(steps)
}

type RestartOptions = LifecycleOptions & {
  readonly noDeps?: boolean
  readonly causes?: ReadonlyMap<ServiceName, string>
}

const addRestart = (
  project: Project,
  steps: StepList,
  {
    container,
    needs,
    options: { graceSeconds, causes },
  }: { container: ObservedContainer; needs: readonly string[]; options: RestartOptions },
): readonly string[] => {
  const subject = subjectOf(container)
  const hooks = addHooks({ project, steps, options: {} }, container, { phase: 'pre_stop', needs })
  const id = steps.add({
    id: `${subject}/restart`,
    needs: [...needs, ...hooks],
    action: {
      kind: 'container/restart',
      container: refOf(container),
      service: container.service,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    },
    cause: causes?.get(container.service) ?? 'asked for',
  })
  const last = addHookSteps(
    { project, steps, options: {} },
    { subject, service: container.service, ref: refOf(container) },
    { phase: 'post_start', needs: [id] },
  )
  return last.length > 0 ? last : [id]
}

type Restarts = {
  readonly project: Project
  readonly steps: StepList
  readonly byService: ReadonlyMap<ServiceName, readonly ObservedContainer[]>
  readonly done: Map<ServiceName, readonly string[]>
  readonly options: RestartOptions
}

/** A dependency that is restarted too has to be back, in the condition that `depends_on` names, before its dependents. */
const restartService = (context: Restarts, name: ServiceName): readonly string[] => {
  const { project, steps, byService, done, options } = context
  const known = done.get(name)
  if (known !== undefined) return known
  done.set(name, [])
  const needs = dependenciesOf(project.services, name).flatMap(([dependency, { condition }]) => {
    const ids = restartService(context, dependency)
    const definition = project.services[dependency]
    if (ids.length === 0 || condition !== 'service_healthy' || definition === undefined) return ids
    const id = `${dependency}/healthy`
    if (steps.has(id)) return [id]
    const containers = (byService.get(dependency) ?? []).map(refOf)
    return [
      steps.add({
        id,
        needs: ids,
        action: { kind: 'service/await', service: dependency, containers, condition: 'healthy', definition },
        cause: `${name} waits for it`,
      }),
    ]
  })
  const ids = (byService.get(name) ?? []).flatMap((container) =>
    addRestart(project, steps, { container, needs, options }),
  )
  done.set(name, ids)
  return ids.length > 0 ? ids : needs
}

/**
 * `restart`: the services and, unless `noDeps`, those that say `restart: true` of one of them or share its namespaces, by way
 * of others too; dependencies first.
 */
export const planRestart = (project: Project, observed: Observed, options: RestartOptions): Plan => {
  const steps = createStepList()
  const asked = options.services ?? Object.keys(project.services)
  const names = options.noDeps === true ? asked : withRestarted(project.services, asked)
  const byService = Map.groupBy(select(observed, { services: [...names] }), ({ service }) => service)
  const context: Restarts = { project, steps, byService, done: new Map(), options }
  for (const name of byService.keys()) restartService(context, name)
  return toPlan(steps)
}

/** Restarts those that share a namespace with a container that has been restarted, by the engine or by others, and all that goes with them. */
export const planRejoin = (project: Project, observed: Observed, options: LifecycleOptions): Plan => {
  const cutOff = selectCutOff(project, observed).filter(({ lost }) => !lost.hasEnded)
  return planRestart(project, observed, {
    ...options,
    services: cutOff.map(({ container }) => container.service),
    causes: new Map(cutOff.map(({ container, lost }) => [container.service, lost.cause])),
  })
}

const planEach = (
  containers: readonly ObservedContainer[],
  { verb, toAction }: { verb: string; toAction: (container: ObservedContainer) => Action },
): Plan => {
  const steps = createStepList()
  for (const container of containers)
    steps.add({ id: `${subjectOf(container)}/${verb}`, action: toAction(container), cause: 'asked for' })
  return toPlan(steps)
}

/** `kill`: everything that runs at once, in no order. */
export const planKill = (observed: Observed, options: LifecycleOptions & { readonly signal: string }): Plan =>
  planEach(select(observed, options).filter(isUp), {
    verb: 'kill',
    toAction: (container) => ({
      kind: 'container/kill',
      container: refOf(container),
      service: container.service,
      signal: options.signal,
    }),
  })

/** `pause` and `unpause`. */
export const planPause = (
  observed: Observed,
  options: LifecycleOptions & { readonly verb: 'pause' | 'unpause' },
): Plan =>
  planEach(
    select(observed, options).filter(({ state }) => state === (options.verb === 'pause' ? 'running' : 'paused')),
    {
      verb: options.verb,
      toAction: (container) => ({
        kind: `container/${options.verb}`,
        container: refOf(container),
        service: container.service,
      }),
    },
  )

/** `rm`: containers that have ended, or with `stop` all; one-offs of the services too. */
export const planRemove = (
  target: LifecycleTarget,
  observed: Observed,
  options: LifecycleOptions & { readonly stop?: boolean; readonly anonymousVolumes?: boolean },
): Plan => {
  const steps = createStepList()
  const chosen = observed.containers.filter(
    (container) => container.state !== 'removing' && options.services?.includes(container.service) !== false,
  )
  if (options.stop === true) {
    addOrderedStops({ steps, options, ...(target.project === undefined ? {} : { project: target.project }) }, chosen, {
      cause: 'asked for with --stop',
    })
  }
  for (const container of chosen) {
    if (isUp(container) && options.stop !== true) continue
    steps.add({
      id: `${subjectOf(container)}/remove`,
      needs: isUp(container) ? [`${subjectOf(container)}/stop`] : [],
      action: {
        kind: 'container/remove',
        container: refOf(container),
        service: container.service,
        force: false,
        anonymousVolumes: options.anonymousVolumes === true,
      },
      cause: 'asked for',
    })
  }
  return toPlan(steps)
}
