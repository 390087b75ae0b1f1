import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from '../../src/core/errors/problem.ts'
import type { LoadRequest, LoadResult } from '../../src/core/compose/sources/load-request.ts'
import { loadProject } from '../../src/core/compose/load.ts'
import { printProject } from '../../src/core/compose/print/print-project.ts'
import { writeJson } from '../../src/core/compose/print/write-json.ts'
import { createMemorySources } from './memory-sources.ts'
import { parseTopic, type Recorded, type Setting } from './topic-text.ts'

/** A stack file with all that is read for it, and what is recorded of it. */
export type ComposeCase = Required<Setting> & {
  readonly name: string
  /** Where the case is taken to be; nothing is there. */
  readonly folder: string
  readonly recorded: Recorded
}

const fixtures = join(import.meta.dirname, '../fixtures')
export const topicsFolder = join(fixtures, 'compose')
export const matrixFile = join(fixtures, 'compose-matrix.jsonl')
export const hashesFile = join(fixtures, 'compose-hashes.json')
export const home = '/home/somebody'

/** The paths of the topics. */
export const topicFiles = (): readonly string[] =>
  readdirSync(topicsFolder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => join(topicsFolder, name))

/** Every case of every topic. */
export const composeCases = (): readonly ComposeCase[] =>
  topicFiles().flatMap((file) => {
    const { shared, cases } = parseTopic(readFileSync(file, 'utf8'))
    return cases.map(({ name, args = shared.args, env = shared.env, files, ...recorded }) =>
      toCase(name, name, { args, env, files: { ...shared.files, ...files }, recorded }),
    )
  })

const toCase = (
  name: string,
  folder: string,
  given: {
    readonly args?: readonly string[] | undefined
    readonly env?: Readonly<Record<string, string>> | undefined
    readonly files: Readonly<Record<string, string>>
    readonly recorded: Recorded
  },
): ComposeCase => ({
  ...given,
  name,
  folder: `/cases/${folder}`,
  args: given.args ?? ['-f', 'compose.yaml'],
  env: given.env ?? {},
})

/** A row of the matrix: a small stack file in a folder with the name `project`. */
export type MatrixRow = Recorded & {
  readonly text: string
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

export const readMatrix = (): readonly MatrixRow[] =>
  readFileSync(matrixFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as MatrixRow)

/** The rows of the matrix as cases; `matrix:3` is the one on line 3 of the file. */
export const matrixCases = (): readonly ComposeCase[] =>
  readMatrix().map(({ text, files, env, ...recorded }, index) =>
    toCase(`matrix:${index + 1}`, 'project', { env, files: { 'compose.yaml': text, ...files }, recorded }),
  )

/** What is asked of the loader. */
export const toRequest = ({ args, env, folder }: ComposeCase): LoadRequest => {
  const values = (flag: string): readonly string[] =>
    args.flatMap((arg, index) => (args[index - 1] === flag ? [arg] : []))
  const files = values('-f')
  return {
    workingDirectory: folder,
    environment: { HOME: home, ...env },
    files: files.length > 0 ? files : ['compose.yaml'],
    profiles: values('--profile'),
    envFiles: values('--env-file').length > 0 ? values('--env-file') : undefined,
    projectName: values('-p')[0],
    projectDirectory: values('--project-directory')[0],
  }
}

export const loadCase = (one: ComposeCase): LoadResult => {
  const files = Object.entries(one.files).map(([path, text]) => [`${one.folder}/${path}`, text])
  return loadProject(toRequest(one), createMemorySources(Object.fromEntries(files), home))
}

/** What `stack config --format json` prints of a load: the model with its dollar signs doubled, in keys too. */
export const configModel = (result: Extract<LoadResult, { ok: true }>): unknown =>
  JSON.parse(writeJson(printProject(result.project, 'json')).replaceAll('$', '$$$$'))

/** Problems as they are recorded: the places and the codes. */
export const problemPlaces = (problems: readonly Problem[], folder: string): readonly string[] =>
  problems.map(({ span, code }) =>
    span === undefined
      ? code
      : `${span.file.replace(`${folder}/`, '').replace(`${dirname(folder)}/`, '../')}:${span.line}:${span.column} ${code}`,
  )

/** The places at which two models differ, one line each. */
export const differences = (want: unknown, got: unknown, path = ''): readonly string[] => {
  if (isRecord(want) && isRecord(got)) {
    return [...new Set([...Object.keys(want), ...Object.keys(got)])].sort().flatMap((key) => {
      if (!Object.hasOwn(want, key)) return [`${path}.${key}: only ours has it: ${JSON.stringify(got[key])}`]
      if (!Object.hasOwn(got, key)) return [`${path}.${key}: ours lacks it: ${JSON.stringify(want[key])}`]
      return differences(want[key], got[key], `${path}.${key}`)
    })
  }
  if (Array.isArray(want) && Array.isArray(got) && want.length === got.length) {
    return want.flatMap((item, index) => differences(item, got[index], `${path}[${index}]`))
  }
  return JSON.stringify(want) === JSON.stringify(got)
    ? []
    : [`${path}: theirs ${JSON.stringify(want)}, ours ${JSON.stringify(got)}`]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How a load differs from what is recorded; undefined when it agrees. */
export const disagreement = ({ recorded, folder }: ComposeCase, result: LoadResult): string | undefined => {
  const { model, refused, ours, problems } = recorded
  const wanted = ours ?? (problems === undefined && refused === undefined ? model : undefined)
  if (wanted === undefined) {
    if (result.ok) return `accepted, and was to be refused; the reference says: ${refused ?? 'nothing'}`
    const found = problemPlaces(result.problems, folder).join('\n')
    return problems === undefined || found === problems.join('\n') ? undefined : `other problems:\n${found}`
  }
  if (!result.ok) return `refused: ${result.problems.map(({ message }) => message).join(' / ')}`
  const found = differences(fillIn(wanted, folder), configModel(result))
  return found.length === 0 ? undefined : found.slice(0, 4).join('; ')
}

/** A recorded model with the paths of this place. */
const fillIn = (model: unknown, folder: string): unknown =>
  JSON.parse(
    JSON.stringify(model)
      .replaceAll('{dir}', folder)
      .replaceAll('{parent}', dirname(folder))
      .replaceAll('{home}', home),
  )

/** A model as it is recorded: without the paths of this place. */
export const takeOut = (model: unknown, folder: string): unknown =>
  JSON.parse(
    JSON.stringify(model)
      .replaceAll(folder, '{dir}')
      .replaceAll(dirname(folder), '{parent}')
      .replaceAll(home, '{home}'),
  )
