import { resolve } from 'node:path'
import type { Plan, Step } from '../../core/plan/action.ts'
import { checkBuildPlatforms, selectBuildPlatforms } from '../../core/plan/build-platforms.ts'
import { toImageReference } from '../../core/project/identity.ts'
import { withDependencies } from '../../core/project/graph.ts'
import { type Project, withPlaces } from '../../core/project/project.ts'
import type { ImageParents } from '../../core/project/image-parents.ts'
import type { Service } from '../../core/project/service.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { confirmRemote } from '../confirm-remote.ts'
import { loadValidProject } from '../load-target.ts'
import { parseKeyValues } from '../run-definition.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { buildCommand } from '../table/other-commands.ts'
import { assertServices } from '../target.ts'
import { readImageParents } from '../up/hash-options.ts'
import { pushImages } from '../push-images.ts'

type BuildCall = CallOf<typeof buildCommand>

const notBuilt = ['builder', 'check', 'memory', 'print'] as const

/** `stack build`: the images of services that say how they are built. */
export const runBuild = async ({ context, flags, given, words }: BuildCall): Promise<number> => {
  const missing = notBuilt.find((name) => given.has(name))
  if (missing !== undefined) throw new StackError('cli/not-built', { what: `"stack build --${missing}"` })
  const project = await loadValidProject(context, { services: words, resolveEnvironment: false })
  assertServices(words, { target: { name: project.name, project } })
  await confirmRemote(context, project, { yes: flags.yes })
  const changed = withBuildFlags(project, { flags, context })
  const chosen =
    words.length === 0
      ? Object.keys(project.services)
      : flags['with-dependencies']
        ? [...withDependencies(project.services, words)]
        : words
  const names = chosen.filter((name) => project.services[name]?.build !== undefined)
  if (names.length === 0) {
    context.stderr.write('No services to build\n')
    return 0
  }
  const { exit } = await applyWithProgress(
    flags.quiet ? { ...context, terminal: { ...context.terminal, progress: 'quiet' } } : context,
    {
      target: { name: project.name, project: changed },
      title: 'build',
      plan: () => planBuilds(changed, names, readImageParents(changed)),
    },
  )
  if (exit !== 0 || !flags.push) return exit
  return pushImages(context, { project, names, ignoreFailures: false, quiet: flags.quiet })
}

/** The flags of the command line as if they stood in the file. */
const withBuildFlags = (project: Project, { flags, context }: Pick<BuildCall, 'flags' | 'context'>): Project => {
  const change = (service: Service): Service =>
    service.build === undefined
      ? service
      : {
          ...service,
          build: {
            ...service.build,
            args: { ...service.build.args, ...parseKeyValues(flags['build-arg'], context.env) },
            ...(flags['no-cache'] ? { no_cache: true } : {}),
            ...(flags.pull ? { pull: true } : {}),
            ...(flags.provenance === undefined ? {} : { provenance: flags.provenance }),
            ...(flags.sbom === undefined ? {} : { sbom: flags.sbom }),
            ...(flags.ssh === undefined ? {} : { ssh: [toAbsolutePaths(flags.ssh, context.workingDirectory)] }),
          },
        }
  return {
    ...project,
    services: Object.fromEntries(Object.entries(project.services).map(([name, service]) => [name, change(service)])),
  }
}

/** `id=key,key`: what is typed is relative to where it is typed, and not to the stack file. */
const toAbsolutePaths = (entry: string, directory: string): string => {
  const [id = '', paths] = entry.split(/=(.*)/s)
  return paths === undefined
    ? entry
    : `${id}=${paths
        .split(',')
        .map((path) => resolve(directory, path))
        .join(',')}`
}

/** One step for each image; one that another's build is made from comes first. */
export const planBuilds = (project: Project, names: readonly string[], parents: ImageParents = new Map()): Plan => {
  const { environment } = project.context
  const problems = withPlaces(
    project,
    names.flatMap((name) =>
      checkBuildPlatforms(name, {
        service: project.services[name] ?? { command: null, entrypoint: null },
        environment,
      }),
    ),
  )
  if (problems.length > 0)
    throw new StackError('plan/impossible', { problems: problems.map(({ message }) => message) }, { problems })
  const steps = new Map<string, Step>()
  const open = new Set<string>()
  const visit = (name: string): void => {
    const definition = project.services[name]
    if (definition?.build === undefined || steps.has(name)) return
    // A context of another service is built with it; an image of another service is, where that one is built anyway.
    const contexts = Object.values(definition.build.additional_contexts ?? {}).flatMap((value) =>
      value.startsWith('service:') ? [value.slice('service:'.length)] : [],
    )
    const bases = new Set([...contexts, ...(parents.get(name)?.all ?? []).filter((base) => names.includes(base))])
    if (open.has(name)) return
    open.add(name)
    for (const base of bases) visit(base)
    const needs = [...bases].filter((base) => steps.has(base)).map((base) => `${base}/build`)
    steps.set(name, {
      id: `${name}/build`,
      needs,
      action: {
        kind: 'image/build',
        service: name,
        image: toImageReference(project, name),
        definition,
        platforms: selectBuildPlatforms(definition, { all: true, environment }),
      },
      cause: 'asked for',
      destructive: false,
    })
  }
  for (const name of names) visit(name)
  return { steps: [...steps.values()], warnings: [], unchanged: [] }
}
