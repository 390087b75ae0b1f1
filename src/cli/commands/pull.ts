import type { Plan } from '../../core/plan/action.ts'
import { isForPlatform } from '../../core/plan/image-content.ts'
import { withMountableServices } from '../../core/plan/image-mounts.ts'
import type { Observed } from '../../core/plan/observed.ts'
import { pullNeed } from '../../core/plan/image-need.ts'
import { withDependencies } from '../../core/project/graph.ts'
import { toHookImages, toImageReference, toMountedImages } from '../../core/project/identity.ts'
import { platformOf } from '../../core/project/platform.ts'
import type { Project } from '../../core/project/project.ts'
import type { Service } from '../../core/project/service.ts'
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
        planPulls(project, observed, {
          names,
          withBuildable: !flags['ignore-buildable'],
          optional: flags['ignore-pull-failures'],
          ...(flags.policy === undefined ? {} : { policy: flags.policy }),
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
  /** In place of what the file says. */
  readonly policy?: string
}

/** What is pulled by policy is pulled as `up` would; without one it is asked for by this very command. */
export const planPulls = (
  written: Project,
  observed: Observed,
  { names, withBuildable, optional, policy }: PullOptions,
): Plan => {
  const project = withMountableServices(written, observed.images)
  const { environment } = project.context
  const built = new Set(
    Object.entries(project.services).flatMap(([name, { build }]) =>
      build === undefined ? [] : [toImageReference(project, name)],
    ),
  )
  const isWanted = ({ image, service, isOwn }: Use): boolean => {
    const wanted = policy ?? service.pull_policy ?? 'always'
    if (wanted === 'build' && isOwn) return false
    const found = observed.images.get(image)
    const present = found !== undefined && isForPlatform(found, platformOf(service, environment)) ? found : undefined
    return pullNeed(wanted === 'build' ? 'always' : wanted, present, observed).kind === 'pull'
  }
  const uses = names.flatMap((name): readonly Use[] => {
    const service = project.services[name]
    if (service === undefined) return []
    const own = service.image === undefined || (service.build !== undefined && !withBuildable) ? [] : [service.image]
    // One that a service builds is not there to be pulled, unless it is that service's own.
    const others = [...toHookImages(service), ...toMountedImages(service)].filter((image) => !built.has(image))
    return [
      ...own.map((image) => ({ image, name, service, isOwn: true })),
      ...others.map((image) => ({ image, name, service, isOwn: false })),
    ]
  })
  const steps = [...Map.groupBy(uses.filter(isWanted), ({ image }) => image)].map(([image, users]) => {
    const platform = users.map(({ service }) => platformOf(service, environment)).find((each) => each !== undefined)
    const canBuild = users.every(({ service, isOwn }) => service.build !== undefined && isOwn)
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

type Use = {
  readonly image: string
  readonly name: string
  readonly service: Service
  /** The service runs it: no hook's and no mount's. */
  readonly isOwn: boolean
}
