import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadRequest, LoadResult } from '../../src/core/compose/sources/load-request.ts'
import { loadProject } from '../../src/core/compose/load.ts'
import { printProject } from '../../src/core/compose/print/print-project.ts'
import { writeJson } from '../../src/core/compose/print/write-json.ts'
import { createSources } from '../../src/system/files.ts'

type Specification = { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> }

export type ComposeCase = {
  readonly name: string
  readonly folder: string
  readonly request: LoadRequest
  /** The model that `docker compose config --format json` prints, or why it refuses. */
  readonly expected:
    | { readonly kind: 'model'; readonly model: unknown }
    | { readonly kind: 'refused'; readonly why: string }
}

export const casesFolder = join(import.meta.dirname, '../fixtures/compose')
export const home = '/home/somebody'
const sources = { ...createSources(), home }

/** Every case below test/fixtures/compose that has an expectation. */
export const composeCases = (): readonly ComposeCase[] =>
  readdirSync(casesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readCase(entry.name))

const readCase = (name: string): ComposeCase => {
  const folder = join(casesFolder, name)
  const read = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : undefined
  const { args = ['-f', 'compose.yaml'], env = {} }: Specification = JSON.parse(read('case.json') ?? '{}')
  const expected = read('expected.json')
  const place = (text: string): string =>
    text.replaceAll('{dir}', folder).replaceAll('{parent}', casesFolder).replaceAll('{home}', home)
  return {
    name,
    folder,
    request: { workingDirectory: folder, environment: { HOME: home, ...env }, ...toRequest(args) },
    expected:
      expected === undefined
        ? { kind: 'refused', why: read('refused') ?? '' }
        : { kind: 'model', model: JSON.parse(place(expected)) },
  }
}

const toRequest = (args: readonly string[]): Partial<LoadRequest> => {
  const values = (flag: string): readonly string[] =>
    args.flatMap((arg, index) => (args[index - 1] === flag ? [arg] : []))
  const files = values('-f')
  return {
    files: files.length > 0 ? files : ['compose.yaml'],
    profiles: values('--profile'),
    envFiles: values('--env-file').length > 0 ? values('--env-file') : undefined,
    projectName: values('-p')[0],
    projectDirectory: values('--project-directory')[0],
  }
}

export const loadCase = ({ request }: ComposeCase): LoadResult => loadProject(request, sources)

/** What `stack config --format json` prints of a load: the model with its dollar signs doubled, in keys too. */
export const configModel = (result: Extract<LoadResult, { ok: true }>): unknown =>
  JSON.parse(writeJson(printProject(result.project, 'json')).replaceAll('$', '$$$$'))

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

/** How a load differs from what is expected; undefined when it agrees. */
export const disagreement = (one: ComposeCase, result: LoadResult): string | undefined => {
  if (one.expected.kind === 'refused')
    return result.ok ? `accepted, but the reference says: ${one.expected.why.trim()}` : undefined
  if (!result.ok) return `refused: ${result.problems.map(({ message }) => message).join(' / ')}`
  const found = differences(one.expected.model, configModel(result))
  return found.length === 0 ? undefined : found.slice(0, 4).join('; ')
}
