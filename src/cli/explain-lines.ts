import { relative } from 'node:path'
import type { Explanation, FilledVariable, Layer } from '../core/compose/tree/explain.ts'
import type { Span } from '../core/errors/problem.ts'
import { nearestName } from '../core/errors/nearest-name.ts'

type Options = { readonly workingDirectory: string; readonly format: string | undefined }

/** Where a value comes from, for people or as JSON. */
export const explanationLines = (
  explanation: Explanation,
  { workingDirectory, format }: Options,
): readonly string[] => {
  if (format === 'json') return [JSON.stringify(explanation, null, 2)]
  if (!explanation.found) return missingLines(explanation)
  const { path, won, lost } = explanation
  return [
    `${path} = ${valueText(won.value)}`,
    ...layerLines('from', won, workingDirectory),
    ...lost.flatMap((layer) => [...layerLines('over', layer, workingDirectory, `${valueText(layer.value)} of `)]),
  ]
}

/** What is not there, under the name that it has: the first part of the path that is missing. */
const missingLines = ({ path, missing, known }: Extract<Explanation, { found: false }>): readonly string[] => {
  const around = path === missing ? undefined : path.slice(0, path.length - missing.length - 1)
  const [first = '', second] = missing.split('.')
  const kind = kinds[around ?? '']
  const near = nearestName(first, known)
  const there = known.slice(0, 12).join(', ') + (known.length > 12 ? ', …' : '')
  const help =
    near !== undefined ? `Did you mean "${near}"?` : known.length === 0 ? 'There is none.' : `There is ${there}.`
  if (kind !== undefined) return [`${path}: there is no ${kind} "${first}".`, help]
  const section = around === undefined ? kinds[first] : undefined
  if (section !== undefined)
    return [`${path}: there is no ${section}${second === undefined ? '' : ` "${second}"`}.`, `There are no ${first}.`]
  return [`${path}: there is no "${first}" in ${around ?? 'the stack file'}.`, help]
}

const kinds: Readonly<Record<string, string>> = {
  services: 'service',
  networks: 'network',
  volumes: 'volume',
  configs: 'config',
  secrets: 'secret',
  models: 'model',
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const layerLines = (word: string, layer: Layer, workingDirectory: string, before = ''): readonly string[] => [
  `  ${word} ${before}${placeText(layer.span, workingDirectory)}`,
  ...(layer.template === undefined ? [] : [`       written as ${layer.template}`]),
  ...(layer.variables ?? []).map((variable) => `       ${variable.name} ${originText(variable, workingDirectory)}`),
]

const originText = ({ from, span }: FilledVariable, workingDirectory: string): string => {
  if (from === 'shell') return 'is from the shell'
  if (from === 'file') return `is from ${placeText(span, workingDirectory)}`
  return from === 'stack' ? 'is given by Stack' : 'is not set'
}

const placeText = (span: Span | undefined, workingDirectory: string): string => {
  if (span === undefined) return 'what is implied'
  const file = relative(workingDirectory, span.file)
  return `${file.startsWith('..') ? span.file : file}:${span.line}:${span.column}`
}
