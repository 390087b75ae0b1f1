import { relative } from 'node:path'
import type { Explanation, Layer } from '../core/compose/tree/explain.ts'
import { nearestName } from '../core/errors/nearest-name.ts'

type Options = { readonly workingDirectory: string; readonly format: string | undefined }

/** Where a value comes from, for people or as JSON. */
export const explanationLines = (
  explanation: Explanation,
  { workingDirectory, format }: Options,
): readonly string[] => {
  if (format === 'json') return [JSON.stringify(explanation, null, 2)]
  if (!explanation.found) {
    const { path, missing, known } = explanation
    const near = nearestName(missing.split('.')[0] ?? missing, known)
    const there = known.length === 0 ? 'nothing' : known.slice(0, 12).join(', ') + (known.length > 12 ? ', …' : '')
    return [`${path}: there is no "${missing}".`, near === undefined ? `There is ${there}.` : `Did you mean "${near}"?`]
  }
  const { path, won, lost } = explanation
  return [
    `${path} = ${valueText(won.value)}`,
    ...layerLines('from', won, workingDirectory),
    ...lost.flatMap((layer) => [...layerLines('over', layer, workingDirectory, `${valueText(layer.value)} of `)]),
  ]
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const layerLines = (word: string, layer: Layer, workingDirectory: string, before = ''): readonly string[] => {
  const { span, template } = layer
  const file = span === undefined ? undefined : relative(workingDirectory, span.file)
  const place =
    span === undefined || file === undefined
      ? 'what is implied'
      : `${file.startsWith('..') ? span.file : file}:${span.line}:${span.column}`
  return [`  ${word} ${before}${place}`, ...(template === undefined ? [] : [`       written as ${template}`])]
}
