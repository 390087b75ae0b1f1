import { pathBelow } from '../sync/paths.ts'
import { applyRun } from './apply-run.ts'
import { expandWord, splitWords } from './expand-word.ts'
import { type Look, toIngredient } from './mapping.ts'
import { type Instruction, notUnderstood } from './parse-dockerfile.ts'
import { carryCopy, type CopyPlace, mapCopy, readCopy } from './read-copy.ts'
import { toAbsolute } from './run-reads.ts'
import { addFolder, continueStage, newStage, settle, type Stage, valueOf } from './stage.ts'

export type BuildFiles = {
  /** Absolute. */
  readonly context: string
  /** `additional_contexts` by name: a folder of this machine, or nothing for one that is elsewhere. */
  readonly contexts: ReadonlyMap<string, string | undefined>
  readonly target?: string
  /** Build arguments that have a value. */
  readonly args: Readonly<Record<string, string>>
  readonly look: Look
  /** The working directory of an image, where that is known. */
  readonly base?: { readonly image: string; readonly cwd: string }
}

type Part = { readonly image: string; readonly name: string; readonly body: readonly Instruction[] }
export type Parts = {
  readonly stages: readonly Part[]
  readonly globals: ReadonlyMap<string, string>
  readonly escape: string
  readonly files: BuildFiles
  readonly done: Map<number, Stage>
}

/** The stage that a build ends with. What no other stage needs is not looked at, for it is not built either. */
export const evaluateTarget = (instructions: readonly Instruction[], escape: string, files: BuildFiles): Stage => {
  const parts = divide(instructions, escape, files)
  const { target } = files
  const index = target === undefined || target === '' ? parts.stages.length - 1 : findStage(parts, target)
  if (index < 0) throw notUnderstood(1, target === undefined ? 'it has no FROM' : `it has no stage "${target}"`)
  return evaluate(parts, index)
}

const platform: Readonly<Record<string, string>> = {
  TARGETPLATFORM: 'linux/amd64',
  TARGETOS: 'linux',
  TARGETARCH: 'amd64',
  BUILDPLATFORM: 'linux/amd64',
  BUILDOS: 'linux',
  BUILDARCH: 'amd64',
}

const divide = (instructions: readonly Instruction[], escape: string, files: BuildFiles): Parts => {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM')
  const globals = readGlobals(instructions.slice(0, Math.max(first, 0)), escape, files)
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []))
  const stages = starts.map((start, at): Part => {
    const from = instructions[start]!
    const [image = '', as = '', name = ''] = from.rest
      .split(/\s+/)
      .map((word) => expandWord(word, { lookup: (variable) => globals.get(variable), escape }))
    if (image === '' || (as !== '' && as.toLowerCase() !== 'as'))
      throw notUnderstood(from.line, `"${from.text}" names no image`)
    return { image, name: name.toLowerCase(), body: instructions.slice(start + 1, starts[at + 1]) }
  })
  return { stages, globals, escape, files, done: new Map() }
}

/** Arguments before the first FROM: for the names of images, and for stages that ask for them. */
const readGlobals = (
  instructions: readonly Instruction[],
  escape: string,
  { args }: BuildFiles,
): ReadonlyMap<string, string> => {
  const globals = new Map<string, string>(Object.entries(platform))
  for (const instruction of instructions) {
    if (instruction.keyword !== 'ARG')
      throw notUnderstood(instruction.line, `${instruction.keyword} stands before the first FROM`)
    for (const { name, value } of readPairs(instruction, escape)) {
      const known = args[name] ?? (value && expandWord(value, { lookup: (variable) => globals.get(variable), escape }))
      if (known !== undefined) globals.set(name, known)
    }
  }
  return globals
}

/** By name, or by number as `COPY --from=0`; only stages before `below`. */
export const findStage = ({ stages }: Parts, reference: string, below = stages.length): number => {
  const named = stages.findLastIndex(
    ({ name }, index) => index < below && name !== '' && name === reference.toLowerCase(),
  )
  return named >= 0 ? named : /^\d+$/.test(reference) && Number(reference) < below ? Number(reference) : -1
}

const evaluate = (parts: Parts, index: number): Stage => {
  const known = parts.done.get(index)
  if (known !== undefined) return known
  const { image, body } = parts.stages[index]!
  const parent = parts.files.contexts.has(image)
    ? -1
    : parts.stages.findLastIndex(({ name }, at) => at < index && name === image.toLowerCase())
  const stage =
    parent < 0
      ? newStage(image, parts.files.base?.image === image ? parts.files.base.cwd : undefined)
      : continueStage(evaluate(parts, parent))
  const triggers = stage.triggers.splice(0)
  for (const instruction of [...triggers, ...body]) applyInstruction(stage, instruction, { parts, index })
  parts.done.set(index, stage)
  return stage
}

export type StagePlace = { readonly parts: Parts; readonly index: number }

const applyInstruction = (stage: Stage, instruction: Instruction, place: StagePlace): void => {
  const { parts } = place
  const { keyword, rest, list } = instruction
  const expand = (word: string): string =>
    expandWord(word, { lookup: (name) => valueOf(stage, name), escape: parts.escape })
  const toCommand = (): readonly string[] => list ?? [...stage.shell, rest]
  switch (keyword) {
    case 'ARG':
      for (const { name, value } of readPairs(instruction, parts.escape)) {
        const known = parts.files.args[name] ?? (value === undefined ? parts.globals.get(name) : expand(value))
        if (known !== undefined) stage.variables.set(name, known)
      }
      return
    case 'ENV':
      for (const { name, value = '' } of readPairs(instruction, parts.escape))
        stage.environment.set(name, expand(value))
      return
    case 'WORKDIR': {
      const path = expand(rest)
      if (path.startsWith('/') || stage.cwd !== undefined)
        addFolder(stage, (stage.cwd = toAbsolute(stage.cwd ?? '/', path)))
      else stage.moved = toAbsolute(stage.moved, path)
      return
    }
    case 'COPY':
    case 'ADD':
      return applyCopy(stage, instruction, place)
    case 'RUN':
      return applyRun(stage, instruction, {
        look: parts.files.look,
        context: parts.files.context,
        stageOf: (reference) => stageOf(place, reference),
        expand,
      })
    case 'CMD':
      stage.command = toCommand()
      stage.ownsCommand = true
      return
    case 'ENTRYPOINT':
      stage.entrypoint = toCommand()
      // An inherited command was meant for another entrypoint.
      if (!stage.ownsCommand) delete stage.command
      return
    case 'SHELL':
      stage.shell = list ?? stage.shell
      return
    case 'ONBUILD':
      if (instruction.trigger !== undefined)
        stage.triggers.push({ ...instruction.trigger, heredocs: instruction.heredocs })
      return
    default:
  }
}

type Pair = { readonly name: string; readonly value?: string }

/** `A=1 B="x y"`, and the old form of ENV, `A some words`. */
const readPairs = ({ keyword, rest }: Instruction, escape: string): readonly Pair[] => {
  const [, oldName, oldValue] = keyword === 'ENV' ? (/^([^\s=]+)\s+(.*)$/s.exec(rest) ?? []) : []
  if (oldName !== undefined && oldValue !== undefined) return [{ name: oldName, value: oldValue }]
  return splitWords(rest, escape).map((word) => {
    const at = word.indexOf('=')
    return at < 0 ? { name: word } : { name: word.slice(0, at), value: word.slice(at + 1) }
  })
}

/** Another stage by what `--from` says; a folder of this machine; or nothing for an image. */
const stageOf = ({ parts, index }: StagePlace, reference: string): Stage | { readonly folder: string } | undefined => {
  if (parts.files.contexts.has(reference)) {
    const folder = parts.files.contexts.get(reference)
    return folder === undefined ? undefined : { folder }
  }
  const found = findStage(parts, reference, index)
  return found < 0 ? undefined : evaluate(parts, found)
}

const applyCopy = (stage: Stage, instruction: Instruction, place: StagePlace): void => {
  const { look, context } = place.parts.files
  const expand = (word: string): string =>
    expandWord(word, { lookup: (name) => valueOf(stage, name), escape: place.parts.escape })
  const copyPlace: CopyPlace = { look, cwd: stage.cwd, expand, isFolder: (path) => stage.folders.has(path) }
  const copy = readCopy(instruction, copyPlace)
  const reference = instruction.flags.get('from')?.[0]
  const from = reference === undefined || reference === '' ? { folder: context } : stageOf(place, expand(reference))
  const before = stage.mappings.length
  if (from !== undefined && 'folder' in from) stage.mappings.push(...mapCopy(copy, from.folder, copyPlace))
  else if (from !== undefined) {
    const { mappings, ingredients } = settle(from)
    stage.mappings.push(...carryCopy(copy, mappings, copyPlace))
    stage.ingredients.push(
      ...ingredients,
      ...mappings.flatMap((one) => (one.only === undefined ? [] : toIngredient(one, one.only))),
    )
  }
  // What comes from elsewhere, or was made, takes the place of what was there.
  if (copy.target !== undefined && (stage.mappings.length === before || copy.sources.length === 0)) {
    const [only] = copy.sources
    const path =
      copy.isFolder && only !== undefined && !only.endsWith('/') && /\.\w+$/.test(only)
        ? pathBelow(copy.target, only.slice(only.lastIndexOf('/') + 1))
        : copy.target
    stage.filled.push({ path, after: before })
  }
  for (const { target, isFolder } of stage.mappings.slice(before))
    if (target !== undefined) addFolder(stage, isFolder ? target : target.slice(0, target.lastIndexOf('/')))
  if (copy.isFolder && copy.target !== undefined) addFolder(stage, copy.target)
}
