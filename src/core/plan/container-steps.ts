import type { ContainerRef } from './action.ts'
import type { Project, ServiceName } from '../project/project.ts'
import type { ObservedContainer } from './observed.ts'
import type { StepList } from './step-list.ts'

/** What adding a container's steps takes: the same for `up`, `down` and the commands between. */
export type ContainerStepsContext = {
  readonly project?: Pick<Project, 'services'>
  readonly steps: StepList
  readonly options: { readonly graceSeconds?: number }
}

export const isUp = ({ state }: Pick<ObservedContainer, 'state'>): boolean =>
  state === 'running' || state === 'paused' || state === 'restarting'

/** `web.1`, or `web.run-0123456789ab` for a one-off: the stem of step ids. */
export const subjectOf = (container: Pick<ObservedContainer, 'service' | 'number' | 'oneOff' | 'id'>): string =>
  `${container.service}.${container.oneOff ? `run-${container.id.slice(0, 12)}` : container.number}`

export const refOf = ({ id, name }: ObservedContainer): ContainerRef => ({ id, name })

/**
 * Adds, once for each container, what stopping it takes: its `pre_stop` hooks and the stop itself. Returns the id of the
 * stop; needs of a second call are added to the first step.
 */
export const addStop = (
  context: ContainerStepsContext,
  container: ObservedContainer,
  {
    needs = [],
    cause,
    group,
    verb = 'stop',
  }: { readonly needs?: readonly string[]; readonly cause: string; readonly group?: string; readonly verb?: string },
): string => {
  const subject = subjectOf(container)
  const id = `${subject}/${verb}`
  if (context.steps.has(id)) {
    context.steps.require(id, needs)
    return id
  }
  const hooks = addHooks(context, container, { phase: 'pre_stop', needs, ...(group === undefined ? {} : { group }) })
  const { graceSeconds } = context.options
  return context.steps.add({
    id,
    needs: [...needs, ...hooks],
    action: {
      kind: 'container/stop',
      container: refOf(container),
      service: container.service,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    },
    cause,
    ...(group === undefined ? {} : { group }),
  })
}

type HookPlace = {
  readonly phase: 'post_start' | 'pre_stop'
  readonly needs: readonly string[]
  readonly group?: string
}

/** Hooks of a running container, one after another; the ids of the last, or none. */
export const addHooks = (
  context: ContainerStepsContext,
  container: ObservedContainer,
  { phase, needs, group }: HookPlace,
): readonly string[] => {
  if (phase === 'pre_stop' && container.state !== 'running') return []
  return addHookSteps(
    context,
    { subject: subjectOf(container), service: container.service, ref: refOf(container) },
    { phase, needs, ...(group === undefined ? {} : { group }) },
  )
}

export const addHookSteps = (
  { project, steps }: ContainerStepsContext,
  { subject, service, ref }: { readonly subject: string; readonly service: ServiceName; readonly ref: ContainerRef },
  { phase, needs, group }: HookPlace,
): readonly string[] => {
  let last: readonly string[] = []
  for (const [index, hook] of (project?.services[service]?.[phase] ?? []).entries()) {
    last = [
      steps.add({
        id: `${subject}/${phase}.${index}`,
        needs: index === 0 ? needs : last,
        action: { kind: 'hook/exec', service, container: ref, phase, index, hook },
        cause: `${phase} hook`,
        ...(group === undefined ? {} : { group }),
      }),
    ]
  }
  return last
}
