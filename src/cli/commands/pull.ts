import type { Plan } from '../../core/plan/action.ts'
import { withDependencies } from '../../core/project/graph.ts'
import { toHookImages, toImageReference, toMountedImages } from '../../core/project/identity.ts'
import type { Project } from '../../core/project/project.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { pullCommand } from '../table/other-commands.ts'
import { assertServices } from '../target.ts'

/** `stack pull`: images that the file names, those of hooks and mounts too. One that can be built and cannot be pulled is a warning. */
export const runPull = async ({ context, flags, words }: CallOf<typeof pullCommand>): Promise<number> => {
  const project = await loadValidProject(context, { services: words, resolveEnvironment: false })
  const target = { name: project.name, project }
  assertServices(words, { target })
  const names =
    words.length === 0
      ? Object.keys(project.services)
      : flags['include-deps']
        ? [...withDependencies(project.services, words)]
        : words
  const { exit } = await applyWithProgress(
    flags.quiet ? { ...context, terminal: { ...context.terminal, progress: 'quiet' } } : context,
    {
      target,
      title: 'pull',
      plan: (observed) =>
        planPulls(project, {
          names,
          withBuildable: !flags['ignore-buildable'],
          optional: flags['ignore-pull-failures'],
          isWanted: (image) => flags.policy !== 'missing' || !observed.images.has(image),
        }),
    },
  )
  return exit
}

type PullOptions = {
  readonly names: readonly string[]
  /** Images that can be built are pulled, too. */
  readonly withBuildable: boolean
  readonly optional: boolean
  readonly isWanted: (image: string) => boolean
}

const planPulls = (project: Project, { names, withBuildable, optional, isWanted }: PullOptions): Plan => {
  const built = new Set(
    Object.entries(project.services).flatMap(([name, { build }]) =>
      build === undefined ? [] : [toImageReference(project, name)],
    ),
  )
  const uses = names.flatMap((name) => {
    const service = project.services[name]
    if (service === undefined || service.pull_policy === 'never') return []
    const own = service.image !== undefined && service.pull_policy !== 'build' ? [service.image] : []
    return [
      ...(withBuildable || service.build === undefined ? own : []),
      // One that a service builds is not there to be pulled, unless it is that service's own.
      ...[...toHookImages(service), ...toMountedImages(service)].filter((image) => !built.has(image)),
    ].map((image) => ({ image, name, service }))
  })
  const steps = [...Map.groupBy(uses, ({ image }) => image)]
    .filter(([image]) => isWanted(image))
    .map(([image, users]) => {
      const platform = users.map(({ service }) => service.platform).find((each) => each !== undefined)
      const canBuild = users.every(({ service }) => service.build !== undefined && service.image === image)
      return {
        id: `image.${image}/pull`,
        needs: [],
        action: {
          kind: 'image/pull' as const,
          image,
          services: [...new Set(users.map(({ name }) => name))],
          ...(platform === undefined ? {} : { platform }),
          ...(optional || canBuild ? { optional: true } : {}),
        },
        cause: 'asked for',
        destructive: false,
      }
    })
  return { steps, warnings: [], unchanged: [] }
}
