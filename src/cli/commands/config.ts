import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LoadResult } from '../../core/compose/sources/load-request.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Project } from '../../core/project/project.ts'
import type { Hook, Mount, Service } from '../../core/project/service.ts'
import type { CliContext } from '../context.ts'
import { toLoadError, toLoadRequest, type LoadOptions } from '../load.ts'
import { printProblems } from '../screen/print-failure.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { configCommand } from '../table/look-commands.ts'

type ConfigCall = CallOf<typeof configCommand>
type Loaded = Extract<LoadResult, { ok: true }>

/** `stack config`: what the stack file means, whole. Asks no engine but for digests of images. */
export const runConfig = async (call: ConfigCall): Promise<number> => {
  const { flags, context } = call
  if (flags.schema) {
    const { default: schema } = await import('../../../templates/stack.schema.json', { with: { type: 'json' } })
    return write(call, `${JSON.stringify(schema, null, 2)}\n`)
  }
  if (flags.variables) return write(call, await variablesText(call))
  if (flags['no-interpolate']) return runDocument(call)
  const isNames = namesOf.some(([flag]) => flags[flag]) || flags.hash !== undefined
  const loaded = await load(call, {
    services: flags.profiles || flags.images || !isNames ? call.words : [],
    resolveEnvironment: !isNames && !flags['no-env-resolution'],
  })
  if (flags.explain !== undefined) return explain(loaded, flags.explain, call)
  if (flags.environment)
    return write(
      call,
      lines(
        Object.entries(loaded.project.context.environment)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      ),
    )
  if (flags.hash !== undefined) return write(call, await hashText(loaded.project, flags.hash))
  const names = namesOf.find(([flag]) => flags[flag])
  if (names !== undefined) return write(call, lines(names[1](loaded.project)))
  const project =
    flags['resolve-image-digests'] || flags['lock-image-digests']
      ? await withDigests(loaded.project, context)
      : loaded.project
  if (flags.quiet) return 0
  return write(call, await projectText(project, call))
}

const lines = (items: readonly string[]): string => items.map((item) => `${item}\n`).join('')

const namesOf: readonly (readonly [
  'services' | 'volumes' | 'networks' | 'models' | 'profiles' | 'images',
  (project: Project) => readonly string[],
])[] = [
  ['services', (project) => Object.keys(project.services).sort()],
  ['volumes', (project) => Object.keys(project.volumes).sort()],
  ['networks', (project) => Object.keys(project.networks).sort()],
  ['models', (project) => Object.keys(project.models).sort()],
  [
    'profiles',
    (project) =>
      [
        ...new Set(
          [...Object.values(project.services), ...Object.values(project.context.disabled)].flatMap(
            ({ profiles }) => profiles ?? [],
          ),
        ),
      ].sort(),
  ],
  [
    'images',
    (project) => Object.entries(project.services).map(([name, { image }]) => image ?? `${project.name}-${name}`),
  ],
]

const load = async ({ flags, context }: ConfigCall, options: LoadOptions): Promise<Loaded> => {
  const [{ loadProject }, sources] = await Promise.all([import('../../core/compose/load.ts'), context.sources()])
  const result = loadProject(
    toLoadRequest(context, {
      ...options,
      normalize: !flags['no-normalize'],
      resolvePaths: !flags['no-path-resolution'],
      consistency: !flags['no-consistency'],
    }),
    sources,
  )
  return accept(result, context)
}

/** Hands out what was loaded; warnings are printed, and problems are the command's failure. */
const accept = <R extends Pick<LoadResult, 'ok' | 'warnings'>>(
  result: R,
  context: CliContext,
): Extract<R, { ok: true }> => {
  if (context.terminal.progress !== 'quiet') printProblems(result.warnings, context)
  if (result.ok) return result as Extract<R, { ok: true }>
  throw toLoadError(result as unknown as Extract<LoadResult, { ok: false }>)
}

const write = async ({ flags, context }: ConfigCall, text: string): Promise<number> => {
  if (flags.output === undefined || flags.output === '') context.stdout.write(text)
  else await writeFile(resolve(context.workingDirectory, flags.output), text)
  return 0
}

/** Dollar signs are doubled, so that what is printed means the same when it is loaded. */
const projectText = async (project: Project, { flags }: ConfigCall): Promise<string> => {
  const [{ printProject }, { writeJson }, { writeYaml }] = await Promise.all([
    import('../../core/compose/print/print-project.ts'),
    import('../../core/compose/print/write-json.ts'),
    import('../../core/compose/print/write-yaml.ts'),
  ])
  if (flags['lock-image-digests']) {
    const isJson = flags.format === 'json'
    const services = Object.fromEntries(
      Object.entries(project.services).map(([name, { image }]) => [
        name,
        { ...(isJson ? { command: null, entrypoint: null } : {}), ...(image === undefined ? {} : { image }) },
      ]),
    )
    return (isJson ? writeJson({ name: '', services }) : writeYaml({ services })).replaceAll('$', '$$$$')
  }
  const format = flags.format === 'json' ? 'json' : 'yaml'
  const printed = printProject(project, format, { keepFiles: flags['no-env-resolution'] })
  return (format === 'json' ? writeJson(printed) : writeYaml(printed)).replaceAll('$', '$$$$')
}

const loadRaw = async ({ flags, context }: ConfigCall) => {
  const [{ loadDocument }, sources] = await Promise.all([import('../../core/compose/load.ts'), context.sources()])
  const request = toLoadRequest(context, {
    interpolate: false,
    normalize: !flags['no-normalize'],
    resolvePaths: !flags['no-path-resolution'],
  })
  return accept(loadDocument(request, sources), context)
}

/** `--no-interpolate`: the merged document with its variables in place. */
const runDocument = async (call: ConfigCall): Promise<number> => {
  const { flags } = call
  const { model, name } = await loadRaw(call)
  const [{ toPlain }, { sortKeys, writeJson }, { sortKeysNaturally }, { writeYaml }] = await Promise.all([
    import('../../core/compose/tree/to-plain.ts'),
    import('../../core/compose/print/write-json.ts'),
    import('../../core/compose/texts/natural-order.ts'),
    import('../../core/compose/print/write-yaml.ts'),
  ])
  const document = { ...(toPlain(model) as Record<string, unknown>), ...(flags['no-normalize'] ? {} : { name }) }
  if (flags.quiet) return 0
  if (flags.services) return write(call, lines(Object.keys((document as { services?: object }).services ?? {}).sort()))
  return write(call, flags.format === 'json' ? writeJson(sortKeys(document)) : writeYaml(sortKeysNaturally(document)))
}

const variablesText = async (call: ConfigCall): Promise<string> => {
  const [{ model }, { documentVariables }, { toColumns }] = await Promise.all([
    loadRaw(call),
    import('../../core/compose/print/document-variables.ts'),
    import('../../report/columns.ts'),
  ])
  const variables = documentVariables(model)
  if (call.flags.format === 'json') {
    const record = Object.fromEntries(
      variables.map((one) => [
        one.name,
        { Name: one.name, DefaultValue: one.default, PresenceValue: one.alternate, Required: one.required },
      ]),
    )
    return `${JSON.stringify(record)}\n`
  }
  const rows = variables.map((one) => [one.name, String(one.required), one.default, one.alternate])
  return lines(toColumns([['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'], ...rows], { gap: 3, minimum: 20 }))
}

const hashText = async (project: Project, wanted: string): Promise<string> => {
  const [{ sha256 }, { toServiceHash }] = await Promise.all([
    import('../up/hash-options.ts'),
    import('../../core/project/compose-hash.ts'),
  ])
  const names = (wanted === '*' ? Object.keys(project.services) : wanted.split(',')).sort()
  return lines(names.map((name) => `${name} ${toServiceHash(serviceNamed(project, name), sha256)}`))
}

const serviceNamed = ({ services }: Project, name: string): Service => {
  const service = services[name]
  if (service === undefined) throw new StackError('plan/unknown-service', { service: name })
  return service
}

const explain = async (loaded: Loaded, path: string, call: ConfigCall): Promise<number> => {
  const { explanationLines } = await import('../explain-lines.ts')
  const explanation = loaded.explain(path)
  await write(
    call,
    lines(
      explanationLines(explanation, { workingDirectory: call.context.workingDirectory, format: call.flags.format }),
    ),
  )
  return explanation.found ? 0 : 1
}

/** Pins the images of services, of their hooks, and those that they mount. */
const withDigests = async (project: Project, context: CliContext): Promise<Project> => {
  const [runtime, { pinImage }, { toHookImages, toMountedImages }] = await Promise.all([
    context.runtime(),
    import('../up/pin-image.ts'),
    import('../../core/project/identity.ts'),
  ])
  const images = new Set(
    Object.values(project.services).flatMap((service) => [
      ...(service.image === undefined ? [] : [service.image]),
      ...toHookImages(service),
      ...toMountedImages(service),
    ]),
  )
  const pinned = new Map(
    await Promise.all(
      [...images].map(async (image) => [image, await pinImage(image, { runtime, signal: context.signal })] as const),
    ),
  )
  const toPinned = (image: string): string => pinned.get(image) ?? image
  const pin = (service: Service): Service => {
    const { image, pre_start: hooks, volumes } = service
    return {
      ...service,
      ...(image === undefined ? {} : { image: toPinned(image) }),
      ...(hooks === undefined ? {} : { pre_start: hooks.map((hook) => withImage(hook, toPinned)) }),
      ...(volumes === undefined ? {} : { volumes: volumes.map((mount) => withSource(mount, toPinned)) }),
    }
  }
  return {
    ...project,
    services: Object.fromEntries(Object.entries(project.services).map(([name, service]) => [name, pin(service)])),
  }
}

const withImage = (hook: Hook, toPinned: (image: string) => string): Hook =>
  hook.image === undefined ? hook : { ...hook, image: toPinned(hook.image) }

const withSource = (mount: Mount, toPinned: (image: string) => string): Mount =>
  mount.type === 'image' && mount.source !== undefined ? { ...mount, source: toPinned(mount.source) } : mount
