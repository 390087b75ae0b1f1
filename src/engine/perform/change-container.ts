import { makeBindSources } from './bind-sources.ts'
import type { ActionOf, StepContext } from './context.ts'
import { withFreeName } from './free-name.ts'
import { seeThrough } from './see-through.ts'

type Change = ActionOf<
  | 'container/start'
  | 'container/stop'
  | 'container/kill'
  | 'container/restart'
  | 'container/remove'
  | 'container/rename'
  | 'container/pause'
  | 'container/unpause'
>

/** What happens to a container that exists. The runtime makes these safe to repeat, so they are repeated. */
export const changeContainer = async (action: Change, context: StepContext): Promise<void> => {
  const { runtime, signal, world } = context
  const id = world.resolveContainer(action.container)
  // Whoever waits for it must not miss what happens next.
  if (action.kind === 'container/start' || action.kind === 'container/restart' || action.kind === 'container/unpause')
    context.events.open()
  const definition = 'services' in context.project ? context.project.services[action.service] : undefined
  if (definition !== undefined && (action.kind === 'container/start' || action.kind === 'container/restart'))
    await makeBindSources(context, { name: action.service, service: definition })
  if (action.kind === 'container/start') await context.beforeStart?.({ id, service: action.service, signal })
  await context.retry(() => {
    switch (action.kind) {
      case 'container/start':
        return seeThrough(context, (until) => runtime.startContainer(id, { signal: until }))
      case 'container/stop':
        return context.stops.run(() =>
          runtime.stopContainer(id, {
            signal,
            ...toGrace(action),
            ...(context.onExit === undefined ? {} : { onExit: context.onExit }),
          }),
        )
      case 'container/kill':
        return runtime.killContainer(id, { signal, killSignal: action.signal })
      case 'container/restart':
        return seeThrough(context, (until) => runtime.restartContainer(id, { signal: until, ...toGrace(action) }))
      case 'container/remove':
        return runtime.removeContainer(id, { signal, force: action.force, anonymousVolumes: action.anonymousVolumes })
      case 'container/rename':
        return rename(id, action.to, context)
      case 'container/pause':
        return runtime.pauseContainer(id, { signal })
      case 'container/unpause':
        return seeThrough(context, (until) => runtime.unpauseContainer(id, { signal: until }))
      default:
        return action satisfies never
    }
  })
  if (action.kind === 'container/remove') world.forgetContainer(id)
}

/** One that has the name by now was renamed for a run before us that was cut off. */
const rename = async (id: string, to: string, context: StepContext): Promise<void> => {
  const { runtime, signal } = context
  try {
    await withFreeName(() => runtime.renameContainer(id, to, { signal }), context, to)
  } catch (error) {
    signal.throwIfAborted()
    if ((await runtime.inspectContainer(id, { signal }))?.name !== to) throw error
  }
}

const toGrace = ({ graceSeconds }: { readonly graceSeconds?: number }): { readonly graceSeconds?: number } =>
  graceSeconds === undefined ? {} : { graceSeconds }
