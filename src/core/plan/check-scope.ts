import type { Problem } from '../errors/problem.ts'
import { StackError } from '../errors/stack-error.ts'
import { sharesOf } from '../project/graph.ts'
import { type ServiceName, withPlaces } from '../project/project.ts'
import { parseDuration } from '../project/units.ts'
import { checkBuildPlatforms } from './build-platforms.ts'
import { replicaCount } from './replica-count.ts'
import { unsupportedBy } from './unsupported.ts'
import { serviceOf, type UpContext } from './up-context.ts'

const toError = (path: string, { code, message, hint }: { code: string; message: string; hint?: string }): Problem => ({
  severity: 'error',
  code,
  message,
  path,
  ...(hint === undefined ? {} : { hint }),
})

/** Containers of one plan: no engine runs as many, and each costs a few steps. */
const maxContainers = 100_000

const checkCount = (context: UpContext): readonly Problem[] => {
  const counts = context.scope.map((name) => ({ name, count: replicaCount(context, name) }))
  const all = counts.reduce((sum, { count }) => sum + count, 0)
  const [most] = counts.toSorted((a, b) => b.count - a.count)
  if (all <= maxContainers || most === undefined) return []
  const { scale } = serviceOf(context, most.name)
  return [
    toError(`services.${most.name}.${scale === undefined ? 'deploy.replicas' : 'scale'}`, {
      code: 'plan/too-many-containers',
      message: `There are to be ${all} containers, ${most.count} of them of service "${most.name}", and no engine runs more than ${maxContainers}.`,
      hint: 'Ask for fewer.',
    }),
  ]
}

const checkNames = (context: UpContext): readonly Problem[] => {
  const owners = new Map<string, ServiceName>()
  return context.scope.flatMap((name): readonly Problem[] => {
    const container = serviceOf(context, name).container_name
    const count = replicaCount(context, name)
    if (container === undefined || count === 0) return []
    const path = `services.${name}.container_name`
    const owner = owners.get(container)
    owners.set(container, name)
    if (owner !== undefined)
      return [
        toError(path, {
          code: 'plan/name-used-twice',
          message: `Services "${owner}" and "${name}" both name their container "${container}".`,
        }),
      ]
    if (count > 1) {
      return [
        toError(path, {
          code: 'plan/name-used-twice',
          message: `Service "${name}" has ${count} containers, and "container_name" gives all of them the name "${container}".`,
          hint: 'Take "container_name" away, or run one container.',
        }),
      ]
    }
    return []
  })
}

/** Docker Compose refuses these when it creates, for a stand-alone engine has no store of configs and secrets. */
const checkObjects = (context: UpContext, name: ServiceName): readonly Problem[] =>
  (['configs', 'secrets'] as const).flatMap((kind) =>
    (serviceOf(context, name)[kind] ?? []).flatMap(({ source }): readonly Problem[] => {
      const object = context.project[kind][source]
      const path = `${kind}.${source}`
      if (object?.external === true) {
        return [
          toError(path, {
            code: 'plan/unsupported',
            message: `External ${kind.slice(0, -1)} "${source}" of service "${name}" needs a swarm; a single engine keeps none.`,
            hint: 'Give it a "file" or an "environment" variable.',
          }),
        ]
      }
      const driver =
        object?.driver === undefined
          ? object?.template_driver === undefined
            ? undefined
            : 'template_driver'
          : 'driver'
      return driver === undefined
        ? []
        : [
            toError(`${path}.${driver}`, {
              code: 'plan/unsupported',
              message: `"${driver}" of ${kind.slice(0, -1)} "${source}" needs a swarm; a single engine has none.`,
            }),
          ]
    }),
  )

/** Whose namespace or volumes are shared has to have a container, and a plan that leaves it out makes none. */
const checkSharing = (context: UpContext, name: ServiceName): readonly Problem[] =>
  replicaCount(context, name) === 0
    ? []
    : sharesOf(serviceOf(context, name)).flatMap(({ kind, service: lender }): readonly Problem[] => {
        if (lender === undefined || context.project.services[lender] === undefined) return []
        const isPlanned = context.scope.includes(lender)
        const has = isPlanned ? replicaCount(context, lender) : context.containersOf(lender).length
        if (has > 0) return []
        return [
          toError(`services.${name}.${shareKeys[kind]}`, {
            code: 'plan/nothing-to-share',
            message: `Service "${name}" shares the ${kind} of service "${lender}", which ${isPlanned ? 'is to have' : 'has'} no container.`,
            hint: isPlanned ? `Give "${lender}" a container.` : 'Run it without --no-deps.',
          }),
        ]
      })

const shareKeys = {
  network: 'network_mode',
  ipc: 'ipc',
  pid: 'pid',
  uts: 'uts',
  cgroup: 'cgroup',
  volumes: 'volumes_from',
} as const

/** The engine would ignore the one without the other. */
const checkHealth = (context: UpContext, name: ServiceName): readonly Problem[] => {
  const { start_interval: interval, start_period: period } = serviceOf(context, name).healthcheck ?? {}
  if (interval === undefined || (period !== undefined && (parseDuration(period) ?? 0) > 0)) return []
  return [
    toError(`services.${name}.healthcheck.start_interval`, {
      code: 'plan/unsupported',
      message: `Service "${name}" has a healthcheck with "start_interval" and without "start_period", in which it would count.`,
    }),
  ]
}

/** Docker Compose knows the key and refuses it, too. */
const checkHooks = (context: UpContext, name: ServiceName): readonly Problem[] =>
  (serviceOf(context, name).pre_start ?? []).flatMap(({ per_replica }, index) =>
    per_replica === true
      ? [
          toError(`services.${name}.pre_start[${index}].per_replica`, {
            code: 'plan/unsupported',
            message: `A "pre_start" hook of service "${name}" is to run for each replica, and hooks run once for a service.`,
            hint: 'Take "per_replica" away, or let the command of the service do what each replica needs.',
          }),
        ]
      : [],
  )

/** Takes in what cannot be carried out, all of it: it is said before anything is changed. */
export const checkScope = (context: UpContext): void => {
  const { engine } = context.observed
  const tooMany = checkCount(context)
  const unsupported = context.scope.flatMap((name) =>
    unsupportedBy({ serviceName: name, service: serviceOf(context, name) }, engine),
  )
  context.problems.push(
    ...tooMany,
    ...checkNames(context),
    ...context.scope.flatMap((name) => [
      ...checkObjects(context, name),
      ...checkSharing(context, name),
      ...checkHealth(context, name),
      ...checkHooks(context, name),
    ]),
    ...context.scope.flatMap((name) =>
      checkBuildPlatforms(name, {
        service: serviceOf(context, name),
        environment: context.project.context.environment,
      }),
    ),
    ...unsupported.filter(({ severity }) => severity === 'error'),
  )
  context.warnings.push(...unsupported.filter(({ severity }) => severity === 'warning'))
  // Steps for all of them would fill the memory.
  if (tooMany.length > 0) assertPossible(context)
}

/** Says all that makes the plan impossible. Throws `plan/impossible`. */
export const assertPossible = (context: UpContext): void => {
  const problems = withPlaces(context.project, context.problems)
  if (problems.length > 0)
    throw new StackError('plan/impossible', { problems: problems.map(({ message }) => message) }, { problems })
}
