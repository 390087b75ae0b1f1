import { toImageReference } from '../../core/project/identity.ts'
import type { ObservedMount } from '../../core/plan/observed.ts'
import type { Service } from '../../core/project/service.ts'
import type { ActionOf, StepContext } from './context.ts'
import { requireProject } from './world.ts'

type CreateAction = ActionOf<'container/create'>

/**
 * The anonymous volumes that a replacement takes over from the container that it replaces, target path → volume name:
 * those that its image or its definition still wants there and gives no other source.
 */
export const inheritVolumes = async (
  action: CreateAction,
  context: StepContext,
): Promise<Readonly<Record<string, string>> | undefined> => {
  const { replaces } = action
  if (replaces === undefined || action.renewVolumes === true) return undefined
  const image = action.definition.image ?? toImageReference(requireProject(context.project), action.service)
  const declared = selectAnonymousTargets(action.definition, context.world.image(image)?.volumes ?? [])
  if (declared.size === 0) return undefined
  const mounts =
    context.world.observedContainer(replaces)?.mounts ??
    (await context.retry(() => context.runtime.inspectContainer(replaces, { signal: context.signal })))?.mounts ??
    []
  const kept = mounts.filter((mount: ObservedMount) => mount.anonymous && declared.has(mount.target))
  return kept.length === 0 ? undefined : Object.fromEntries(kept.map((mount) => [mount.target, mount.source]))
}

const selectAnonymousTargets = (service: Service, imageVolumes: readonly string[]): ReadonlySet<string> => {
  const mounts = service.volumes ?? []
  const named = new Set(
    mounts.filter((mount) => mount.type !== 'volume' || mount.source !== undefined).map((mount) => mount.target),
  )
  const targets = [
    ...imageVolumes,
    ...mounts.filter((mount) => mount.type === 'volume' && mount.source === undefined).map((mount) => mount.target),
  ]
  return new Set(targets.filter((target) => !named.has(target)))
}
