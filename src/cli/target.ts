import { nearestName } from '../core/errors/nearest-name.ts'
import { StackError } from '../core/errors/stack-error.ts'
import { withDependencies } from '../core/project/graph.ts'
import type { Project } from '../core/project/project.ts'
import type { ObservedContainer } from '../core/plan/observed.ts'
import { listOr } from './arguments/parse-arguments.ts'

/** What a command is about: a project with its stack file, or its name alone where there is no file. */
export type Target = { readonly name: string; readonly project?: Project }

/** Fails for a name that is no service: neither of the file, switched off ones included, nor of a container. */
export const assertServices = (
  names: readonly string[],
  { target, containers = [] }: { readonly target: Target; readonly containers?: readonly ObservedContainer[] },
): void => {
  const { project } = target
  const known = new Set([
    ...Object.keys(project?.services ?? {}),
    ...Object.keys(project?.context.disabled ?? {}),
    ...(project === undefined ? containers.map(({ service }) => service) : []),
  ])
  const missing = names.find((name) => !known.has(name))
  if (missing === undefined) return
  const near = nearestName(missing, known)
  throw new StackError('plan/unknown-service', { service: missing, ...(near === undefined ? {} : { near }) })
}

/** The containers of a service that a command can act on: the Nth replica, or the first; one-offs last. */
export const selectContainer = (
  containers: readonly ObservedContainer[],
  {
    service,
    index,
    running,
  }: { readonly service: string; readonly index?: number | undefined; readonly running?: boolean },
): ObservedContainer => {
  const own = containers
    .filter(
      (container) =>
        container.service === service &&
        (running !== true || container.state === 'running' || container.state === 'paused'),
    )
    .filter((container) => index === undefined || index === 0 || (container.number === index && !container.oneOff))
    .toSorted((a, b) => Number(a.oneOff) - Number(b.oneOff) || a.number - b.number)
  const [first] = own
  if (first !== undefined) return first
  const which = index === undefined || index === 0 ? `service "${service}"` : `replica ${index} of service "${service}"`
  throw new StackError('cli/no-container', {
    which,
    wants: running === true ? 'running' : 'there',
    others: listOr([...new Set(containers.map((container) => container.service))]),
  })
}

/** The words of the command line as an option of the planner: none stands for all. */
export const toServices = (words: readonly string[]): { readonly services?: readonly string[] } =>
  words.length === 0 ? {} : { services: words }

/** Naming a service switches it on, whatever its profiles say. */
export const withNamedServices = (project: Project, names: readonly string[]): Project => {
  const { disabled } = project.context
  const named = names.filter((name) => project.services[name] === undefined && disabled[name] !== undefined)
  if (named.length === 0) return project
  const isNamed = ([name]: readonly [string, unknown]): boolean => named.includes(name)
  return {
    ...project,
    services: { ...project.services, ...Object.fromEntries(Object.entries(disabled).filter(isNamed)) },
    context: {
      ...project.context,
      disabled: Object.fromEntries(Object.entries(disabled).filter((entry) => !isNamed(entry))),
    },
  }
}

/** Switches on what a service needs and a profile switches off, where its container is there all the same. */
export const withPresentNeeds = (project: Project, containers: readonly ObservedContainer[]): Project => {
  const { disabled } = project.context
  const present = new Set(containers.map(({ service }) => service))
  const names = withDependencies({ ...disabled, ...project.services }, Object.keys(project.services))
  return withNamedServices(
    project,
    [...names].filter((name) => present.has(name)),
  )
}
