import { createIgnoreRules } from '../../wire/ignore-patterns.ts'
import { nameOf, pathBelow, relativeTo } from '../sync/paths.ts'
import { readScripts } from './command-reloads.ts'
import { addFolder, settle, type Stage, valueOf } from './stage.ts'
import { type Ingredient, type Look, type Mapping, type Origin, toIngredient } from './mapping.ts'
import type { Instruction } from './parse-dockerfile.ts'
import { readScript, type RunReading, toAbsolute } from './run-reads.ts'
import { shorten, splitCommands } from './shell-commands.ts'

type RunContext = {
  readonly look: Look
  readonly context: string
  readonly stageOf: (reference: string) => Stage | { readonly folder: string } | undefined
  readonly expand: (word: string) => string
}

/** Notes what a `RUN` takes from the files that are there when it runs: a change of these takes a build. */
export const applyRun = (stage: Stage, instruction: Instruction, context: RunContext): void => {
  const { line, text, flags } = instruction
  const script = toScript(stage, instruction)
  const mounted = mountsOf(stage, flags.get('mount') ?? [], { ...context, origin: { line, text } })
  const cwd = stage.cwd ?? '/'
  const held = [...stage.mappings, ...mounted.mappings]
  const reading = readScript(script, {
    cwd,
    scripts: (folder) => readScripts(readHeld(held, pathBelow(folder, 'package.json'), context.look)),
  })
  const origin = { line, text: shorten(script) }
  stage.ingredients.push(...mounted.ingredients)
  const feed = (mapping: Mapping): Mapping =>
    feedOne(mapping, reading, { origin, look: context.look, ingredients: stage.ingredients })
  stage.mappings = stage.mappings.map(feed)
  // What is mounted is there for this command alone.
  for (const mapping of mounted.mappings) {
    const fed = feed(mapping)
    const isNarrow = !mapping.isFolder && reading.everything === undefined
    if (fed.only !== undefined || isNarrow) stage.ingredients.push(toIngredient(mapping, fed.only ?? reads(origin)))
  }
  for (const path of reading.makes) stage.filled.push({ path, after: Number.POSITIVE_INFINITY })
  const made = splitCommands(script).flatMap(({ words }) => (words[0] === 'mkdir' ? words.slice(1) : []))
  for (const word of made) if (!word.startsWith('-')) addFolder(stage, toAbsolute(cwd, word))
}

const reads = ({ text, line }: Origin): string => `"${text}" (line ${line}) reads it`

/** The command with what is known of its variables. */
const toScript = (stage: Stage, { rest, list, heredocs }: Instruction): string => {
  const lead = heredocs.length === 0 ? rest : rest.replaceAll(/(?<=^|\s)\d*<<-?(["']?)[\w.]+\1/g, '').trim()
  const isShell = lead === '' || /^(?:\/bin\/)?(?:ba|a|da)?sh(?: -\w+)*$/.test(lead)
  const script =
    list !== undefined
      ? list.map((word) => (/[\s;&|<>()"']/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : word)).join(' ')
      : heredocs.length === 0 || !isShell
        ? lead
        : heredocs.map((one) => one.text).join('\n')
  return script.replaceAll(
    /\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g,
    (whole, braced?: string, plain?: string) => valueOf(stage, braced ?? plain ?? '') ?? whole,
  )
}

/** The text of a file of the image, where it is one of this machine. */
export const readHeld = (held: readonly Mapping[], path: string, look: Look): string | undefined => {
  const source = findHeld(held, path)
  return source === undefined ? undefined : look.text(source)
}

/** Which file of this machine is at a path of the image. */
export const findHeld = (held: readonly Mapping[], path: string): string | undefined => {
  for (const { target, source, isFolder, include, ignore } of held.toReversed()) {
    const relative = target === undefined ? undefined : relativeTo(target, path)
    if (relative === undefined || (!isFolder && relative !== '')) continue
    if (!isFolder) return source
    if (createIgnoreRules(ignore).ignores(relative)) continue
    if (include === undefined || createIgnoreRules(include).ignores(relative)) return pathBelow(source, relative)
  }
  return undefined
}

type Feeding = { readonly origin: Origin; readonly look: Look; readonly ingredients: Ingredient[] }

const feedOne = (mapping: Mapping, reading: RunReading, { origin, look, ingredients }: Feeding): Mapping => {
  if (mapping.only !== undefined) return mapping
  if (reading.everything !== undefined)
    return { ...mapping, only: `"${shorten(reading.everything)}" (line ${origin.line}) makes something of it` }
  const { isFolder, source, include, target } = mapping
  const manifests = [...reading.manifests]
  const isManifest = createIgnoreRules(manifests).ignores
  const isInstalling = manifests.length > 0
  const found = !isFolder
    ? isManifest(nameOf(source))
    : include !== undefined &&
      look.names(source).some((name) => isManifest(name) && createIgnoreRules(include).ignores(name))
  if (found) return { ...mapping, only: reads(origin), isIngredient: true }
  if (isFolder && include === undefined && isInstalling)
    ingredients.push({ ...toIngredient(mapping, reads(origin)), include: manifests.map((name) => `**/${name}`) })
  const named: string[] = []
  for (const { path, below } of reading.files) {
    if (target === undefined) continue
    const fixed = path.replace(/\/[^/]*[*?].*$/, '')
    const inside = relativeTo(target, path)
    if (
      below
        ? relativeTo(path, target) !== undefined ||
          (fixed !== path && relativeTo(fixed, target) !== undefined && fixed !== '')
        : path === target && !isFolder
    )
      return { ...mapping, only: reads(origin), isIngredient: true }
    if (!isFolder || inside === undefined || inside === '') continue
    if (below || look.kind(pathBelow(source, inside)) !== 'directory') named.push(inside)
  }
  if (named.length > 0) ingredients.push({ ...toIngredient(mapping, reads(origin)), include: [...new Set(named)] })
  return isInstalling && mapping.installer === undefined ? { ...mapping, installer: origin } : mapping
}

type Mounts = { readonly mappings: readonly Mapping[]; readonly ingredients: readonly Ingredient[] }

/** `--mount=type=bind`: what the command sees of the context or of another stage. */
const mountsOf = (
  stage: Stage,
  written: readonly string[],
  { look, context, stageOf, expand, origin }: RunContext & { readonly origin: Origin },
): Mounts => {
  const mappings: Mapping[] = []
  const ingredients: Ingredient[] = []
  for (const one of written) {
    const options = new Map(
      expand(one)
        .split(',')
        .map((pair) => pair.split(/=(.*)/s) as [string, string | undefined]),
    )
    if ((options.get('type') ?? 'bind') !== 'bind') continue
    const reference = options.get('from')
    const from = reference === undefined || reference === '' ? { folder: context } : stageOf(reference)
    if (from === undefined) continue
    if (!('folder' in from)) {
      const held = settle(from)
      ingredients.push(
        ...held.ingredients,
        ...held.mappings.map((mapping) => toIngredient(mapping, mapping.only ?? reads(origin))),
      )
      continue
    }
    const path = toAbsolute('/', options.get('source') ?? options.get('src') ?? '/').slice(1)
    const source = pathBelow(from.folder, path)
    const target = options.get('target') ?? options.get('dst') ?? options.get('destination') ?? '/'
    mappings.push({
      source,
      isFolder: path === '' || look.kind(source) === 'directory',
      context: from.folder,
      ignore: [],
      target: toAbsolute(stage.cwd ?? '/', target),
      origin,
    })
  }
  return { mappings, ingredients }
}
