import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LoadResult } from '../../core/compose/sources/load-request.ts'
import { nearestName } from '../../core/errors/nearest-name.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { DocumentList } from '../../core/compose/print/select-document.ts'
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
  const { flags, words } = call
  warnIgnored(call)
  if (flags.schema) {
    const { default: schema } = await import('../../../templates/stack.schema.json', { with: { type: 'json' } })
    return write(call, `${JSON.stringify(schema, null, 2)}\n`)
  }
  const list = namesOf.find(([flag]) => flags[flag])
  if (list !== undefined && flags['no-interpolate']) return write(call, lines(await documentNames(call, list[0])))
  if (list !== undefined)
    return write(call, lines(list[1]((await load(call, { services: words, resolveEnvironment: false })).project)))
  if (flags.hash !== undefined) return write(call, await hashText(call, flags.hash))
  if (flags.variables) return write(call, await variablesText(call))
  if (flags.environment) {
    const { project } = await load(call, { resolveEnvironment: false })
    const pairs = Object.entries(project.context.environment).map(([name, value]) => `${name}=${value}`)
    return write(call, lines(pairs.sort()))
  }
  return flags['no-interpolate'] && flags.explain === undefined ? runDocument(call) : runProject(call)
}

const runProject = async (call: ConfigCall): Promise<number> => {
  const { flags, words, context } = call
  const loaded = await load(call, {
    services: words,
    resolveEnvironment: !flags['no-env-resolution'],
    clashes: 'warn',
  })
  if (flags.explain !== undefined) return explain(loaded, flags.explain, call)
  const project =
    flags['resolve-image-digests'] || flags['lock-image-digests']
      ? await withDigests(loaded.project, context)
      : loaded.project
  // What is not printed need not be made.
  return flags.quiet ? 0 : write(call, await projectText(project, call))
}

/** Services that are named where all of the file is asked about, or others are named. */
const warnIgnored = ({ flags, words, context }: ConfigCall): void => {
  const whole = (['schema', 'variables', 'environment'] as const).find((name) => flags[name])
  const isOther = flags.hash !== undefined && flags.hash !== '*' && !namesOf.some(([name]) => flags[name])
  if ((whole === undefined && !isOther) || words.length === 0 || context.terminal.progress === 'quiet') return
  const named = words.map((word) => `"${word}"`).join(', ')
  const why = isOther ? '--hash names its services itself' : `--${whole} is about the whole file`
  const message = `${why}: ${named} ${words.length === 1 ? 'is' : 'are'} ignored.`
  printProblems([{ severity: 'warning', code: 'cli/ignored-name', message }], context)
}

const lines = (items: readonly string[]): string => items.map((item) => `${item}\n`).join('')

/** The flags that print names, in the order in which one goes before another. */
const namesOf: readonly (readonly [DocumentList, (project: Project) => readonly string[]])[] = [
  ['services', (project) => Object.keys(project.services).sort()],
  ['volumes', (project) => Object.keys(project.volumes).sort()],
  ['networks', (project) => Object.keys(project.networks).sort()],
  ['models', (project) => usedModels(project).map((name) => project.models[name]?.model ?? name)],
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

const usedModels = ({ services }: Project): readonly string[] =>
  [...new Set(Object.values(services).flatMap(({ models }) => Object.keys(models ?? {})))].sort()

const load = async ({ flags, context }: ConfigCall, options: LoadOptions): Promise<Loaded> => {
  const [{ loadProject }, sources] = await Promise.all([import('../../core/compose/load.ts'), context.sources()])
  const request = toLoadRequest(context, {
    ...options,
    normalize: !flags['no-normalize'],
    resolvePaths: !flags['no-path-resolution'],
    consistency: !flags['no-consistency'],
  })
  const result = context.signals.atOnce(() => loadProject(request, sources))
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
  if (flags.quiet) return 0
  const { stdout, terminal } = context
  if (flags.output !== undefined && flags.output !== '')
    await writeFile(resolve(context.workingDirectory, flags.output), text)
  else if (terminal.stdout) stdout.write(text)
  // A program gets the document to the byte.
  else stdout.writeRaw(text)
  return 0
}

/** Dollar signs are doubled, so that what is printed means the same when it is loaded. */
const projectText = async (project: Project, { flags, context }: ConfigCall): Promise<string> => {
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
  return context.signals.atOnce(() => {
    const printed = printProject(project, format, { keepFiles: flags['no-env-resolution'] })
    return (format === 'json' ? writeJson(printed) : writeYaml(printed)).replaceAll('$', '$$$$')
  })
}

const loadRaw = async ({ flags, context }: ConfigCall) => {
  const [{ loadDocument }, sources] = await Promise.all([import('../../core/compose/load.ts'), context.sources()])
  const request = toLoadRequest(context, {
    normalize: !flags['no-normalize'],
    resolvePaths: !flags['no-path-resolution'],
  })
  return accept(
    context.signals.atOnce(() => loadDocument(request, sources)),
    context,
  )
}

/** `--no-interpolate`: the merged document with its variables in place. */
const runDocument = async (call: ConfigCall): Promise<number> => {
  const { flags, words } = call
  const raw = await loadRaw(call)
  if (flags.quiet) return 0
  const [{ selectDocument }, { toPlain }, { sortKeys, writeJson }, { sortKeysNaturally }, { writeYaml }] =
    await Promise.all([
      import('../../core/compose/print/select-document.ts'),
      import('../../core/compose/tree/to-plain.ts'),
      import('../../core/compose/print/write-json.ts'),
      import('../../core/compose/texts/natural-order.ts'),
      import('../../core/compose/print/write-yaml.ts'),
    ])
  const model = selectDocument({ ...raw, services: words })
  const document = {
    ...(toPlain(model) as Record<string, unknown>),
    ...(flags['no-normalize'] ? {} : { name: raw.name }),
  }
  return write(call, flags.format === 'json' ? writeJson(sortKeys(document)) : writeYaml(sortKeysNaturally(document)))
}

const documentNames = async (call: ConfigCall, kind: DocumentList): Promise<readonly string[]> => {
  const [raw, { listDocument }] = await Promise.all([
    loadRaw(call),
    import('../../core/compose/print/select-document.ts'),
  ])
  return listDocument({ ...raw, services: call.words }, kind)
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

/** The hashes that containers of these services get as labels: with what their env files hold. */
const hashText = async (call: ConfigCall, wanted: string): Promise<string> => {
  const asked = wanted === '*' ? undefined : wanted.split(',')
  const [{ project }, { sha256 }, { toServiceHash }] = await Promise.all([
    load(call, {
      services: asked === undefined ? call.words : [],
      interpolate: !call.flags['no-interpolate'],
      resolveEnvironment: asked ?? true,
    }),
    import('../up/hash-options.ts'),
    import('../../core/project/compose-hash.ts'),
  ])
  const names = (asked ?? Object.keys(project.services)).toSorted()
  return lines(names.map((name) => `${name} ${toServiceHash(serviceNamed(project, name), sha256)}`))
}

const serviceNamed = ({ services, context: { disabled } }: Project, name: string): Service => {
  const service = services[name]
  if (service !== undefined) return service
  const profiles = disabled[name]?.profiles
  if (profiles !== undefined) throw new StackError('plan/unknown-service', { service: name, profiles })
  const near = nearestName(name, [...Object.keys(services), ...Object.keys(disabled)])
  throw new StackError('plan/unknown-service', { service: name, ...(near === undefined ? {} : { near }) })
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
