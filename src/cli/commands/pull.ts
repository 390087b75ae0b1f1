import type { Plan } from '../../core/plan/action.ts'
import { withDependencies } from '../../core/project/graph.ts'
import type { Project } from '../../core/project/project.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { pullCommand } from '../table/other-commands.ts'
import { assertServices } from '../target.ts'

/** `stack pull`: images that the file names. One that can be built and cannot be pulled is a warning. */
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
          names: names.filter((name) => !(flags['ignore-buildable'] && project.services[name]?.build !== undefined)),
          optional: flags['ignore-pull-failures'],
          isWanted: (image) => flags.policy !== 'missing' || !observed.images.has(image),
        }),
    },
  )
  return exit
}

type PullOptions = {
  readonly names: readonly string[]
  readonly optional: boolean
  readonly isWanted: (image: string) => boolean
}

const planPulls = (project: Project, { names, optional, isWanted }: PullOptions): Plan => {
  const byImage = Map.groupBy(
    names.filter(
      (name) =>
        project.services[name]?.image !== undefined &&
        project.services[name]?.pull_policy !== 'never' &&
        project.services[name]?.pull_policy !== 'build',
    ),
    (name) => project.services[name]?.image ?? '',
  )
  const steps = [...byImage]
    .filter(([image]) => isWanted(image))
    .map(([image, services]) => {
      const platform = services.map((name) => project.services[name]?.platform).find((each) => each !== undefined)
      const canBuild = services.every((name) => project.services[name]?.build !== undefined)
      return {
        id: `image.${image}/pull`,
        needs: [],
        action: {
          kind: 'image/pull' as const,
          image,
          services,
          ...(platform === undefined ? {} : { platform }),
          ...(optional || canBuild ? { optional: true } : {}),
        },
        cause: 'asked for',
        destructive: false,
      }
    })
  return { steps, warnings: [], unchanged: [] }
}
