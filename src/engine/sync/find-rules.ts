import { isStackError } from '../../core/errors/stack-error.ts'
import { toImageReference } from '../../core/project/identity.ts'
import type { ImageParents } from '../../core/project/image-parents.ts'
import type { Project } from '../../core/project/project.ts'
import type { Build, Service, WatchRule } from '../../core/project/service.ts'
import type { EngineDeps } from '../deps.ts'
import { toParents } from '../dockerfile/base-images.ts'
import { type DerivedRule, deriveRules, type Derivation, type DeriveInput } from '../dockerfile/derive-rules.ts'
import { toAbsolute } from '../dockerfile/run-reads.ts'
import type { ImageRuntime } from '../ports/image-runtime.ts'
import { createLook } from './look.ts'
import { pathBelow } from './paths.ts'

export type RuleDeps = Pick<EngineDeps, 'files'> & {
  /** Asked about the image where the Dockerfile leaves something to its base; absent: that is not known. */
  readonly runtime?: Pick<ImageRuntime, 'inspectImage'>
  /** Which images are built from which; absent: it is read. Many services are asked about with one reading. */
  readonly parents?: ImageParents
}

/** The watch rules of a service and where they come from; or why it has none. */
export type ServiceRules =
  | { readonly kind: 'written'; readonly rules: readonly WatchRule[] }
  | ({
      readonly kind: 'derived'
      /** Absent: it is written in the stack file. */ readonly dockerfile?: string
    } & Derivation)
  | { readonly kind: 'none'; readonly why: string; readonly hint?: string }

/**
 * A service that has a `develop` section is watched as that says. One that has none, and is built from a folder of this
 * machine, is watched as its Dockerfile says.
 */
export const findServiceRules = async (deps: RuleDeps, project: Project, name: string): Promise<ServiceRules> => {
  const service = project.services[name]
  const none = (why: string, hint?: string): ServiceRules => ({
    kind: 'none',
    why,
    ...(hint === undefined ? {} : { hint }),
  })
  if (isOff(project.extensions['x-stack'])) return none('"x-stack.watch: false" of the stack file turns it off')
  if (service === undefined || isOff(service['x-stack'])) return none('"x-stack.watch: false" turns it off')
  if (service.develop !== undefined) return { kind: 'written', rules: service.develop.watch ?? [] }
  const { build } = service
  const isJob = Object.values(project.services).some(
    (one) => one.depends_on?.[name]?.condition === 'service_completed_successfully',
  )
  if (build === undefined) return none('it is not built from a folder')
  const { parents = await readImageParents(deps, project) } = deps
  const child = [...parents].find(([, found]) => found.all.includes(name))?.[0]
  if (isJob && child === undefined) return none('it runs once to its end, before others start')
  if (build.context?.startsWith('/') !== true) return none('what it is built from is no folder of this machine')
  const dockerfile = build.dockerfile_inline === undefined ? toDockerfile(build, build.context) : undefined
  const text = build.dockerfile_inline ?? (await readText(deps, dockerfile ?? ''))
  if (text === undefined) return none(`there is no ${dockerfile ?? 'Dockerfile'}`)
  try {
    const derived = await derive(deps, {
      project,
      name,
      service,
      build,
      context: build.context,
      text,
      ...(dockerfile === undefined ? {} : { dockerfile }),
    })
    const rules = child === undefined ? derived.rules : derived.rules.map((one) => forChild(one, child))
    return { kind: 'derived', ...derived, rules, ...(dockerfile === undefined ? {} : { dockerfile }) }
  } catch (error) {
    if (isStackError(error))
      return none(`${dockerfile ?? 'its Dockerfile'} cannot be understood: ${lower(error.message)}`, error.hint)
    throw error
  }
}

/** A copy into this service's containers would leave those of the other one behind. */
const forChild = (derived: DerivedRule, child: string): DerivedRule => {
  if (derived.rule.action === 'rebuild') return derived
  const { target: _target, ...rule } = derived.rule
  return { ...derived, rule: { ...rule, action: 'rebuild' }, why: `the image of "${child}" is built from this one` }
}

/** Which services' images are built from those of others, by their Dockerfiles. */
export const readImageParents = async (deps: RuleDeps, project: Project): Promise<ImageParents> => {
  const texts = await Promise.all(
    Object.entries(project.services).map(async ([name, { build }]) => {
      if (build?.context?.startsWith('/') !== true) return []
      const text = build.dockerfile_inline ?? (await readText(deps, toDockerfile(build, build.context)))
      return text === undefined ? [] : [[name, text] as const]
    }),
  )
  return toParents(project, new Map(texts.flat()))
}

const lower = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** `x-stack: { watch: false }`, also where the value was put in from a variable. */
const isOff = (settings: unknown): boolean =>
  typeof settings === 'object' &&
  settings !== null &&
  'watch' in settings &&
  (settings.watch === false || settings.watch === 'false')

const toDockerfile = ({ dockerfile = 'Dockerfile' }: Build, context: string): string =>
  dockerfile.startsWith('/') ? dockerfile : toAbsolute(context, dockerfile)

/** The ignore file that a build from this folder obeys: the Dockerfile's own, or that of the folder. */
export const findIgnoreFile = async (
  { files }: RuleDeps,
  { build = {} }: Service,
  folder: string,
): Promise<string | undefined> => {
  const own =
    build.dockerfile_inline === undefined && folder === build.context
      ? [`${toDockerfile(build, folder)}.dockerignore`]
      : []
  for (const path of [...own, pathBelow(folder, '.dockerignore')])
    if ((await files.stat(path)) !== undefined) return path
  return undefined
}

/** The text of a file, where there is one that can be read. */
export const readText = async ({ files }: RuleDeps, path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await files.read(path, { followLinks: true }))
  } catch {
    return undefined
  }
}

type Deriving = {
  readonly project: Project
  readonly name: string
  readonly service: Service
  readonly build: Build
  readonly context: string
  readonly text: string
  readonly dockerfile?: string
}

const derive = async (
  deps: RuleDeps,
  { project, name, service, build, context, text, dockerfile }: Deriving,
): Promise<Derivation> => {
  const { look, learn } = createLook(deps.files)
  const image = await deps.runtime?.inspectImage(toImageReference(project, name)).catch(() => undefined)
  const ignoreFile = await findIgnoreFile(deps, service, context)
  const { environment } = project.context
  const input: DeriveInput = {
    text,
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(ignoreFile === undefined ? {} : { ignoreFile }),
    files: {
      context,
      contexts: new Map(
        Object.entries(build.additional_contexts ?? {}).map(([key, value]) => [
          key,
          value.startsWith('/') ? value : undefined,
        ]),
      ),
      args: withValues(build.args, environment),
      look,
      ...(build.target === undefined ? {} : { target: build.target }),
    },
    service: {
      command: service.command,
      entrypoint: service.entrypoint,
      environment: withValues(service.environment, environment),
      mounts: (service.volumes ?? []).flatMap(({ type, source = '', target }) =>
        type === 'bind' && target !== undefined ? [{ source, target: toAbsolute('/', target) }] : [],
      ),
      ...(service.working_dir === undefined ? {} : { workingDirectory: service.working_dir }),
    },
    ...(image === undefined ? {} : { image }),
    except: project.context.files,
  }
  for (;;) {
    const derived = deriveRules(input)
    if (!(await learn())) return derived
  }
}

const withValues = (
  given: Build['args'],
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([name, value]) => {
      const known = value ?? environment[name]
      return known === undefined ? [] : [[name, known]]
    }),
  )
