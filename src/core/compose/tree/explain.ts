import type { Span } from '../../errors/problem.ts'
import type { Origin } from '../../project/project.ts'
import { parseEnvFile } from '../texts/env-file.ts'
import { interpolateText } from '../texts/template.ts'
import { findNode } from './locate.ts'
import { childOf, type MapNode, type Node, type Place, type SourceText, textOf } from './node.ts'
import { spanOf } from './problem-list.ts'
import { toPlain } from './to-plain.ts'

/** One layer's say about a value. */
export type Layer = {
  readonly value: unknown
  /** Where it is written. Undefined when it is written nowhere: a default, or something implied. */
  readonly span: Span | undefined
  /** The text with its variables, when they were replaced. */
  readonly template: string | undefined
  /** What the variables of the text were filled from. */
  readonly variables?: readonly FilledVariable[]
}

/** Where a variable has its value from: the shell, a line of an env file, Stack itself, or nothing. */
export type FilledVariable = {
  readonly name: string
  readonly from: 'shell' | 'file' | 'stack' | 'nothing'
  readonly span?: Span
}

/** What was read, and what it was filled from. */
type Known = {
  readonly texts: ReadonlyMap<string, SourceText>
  /** The variables of each stack file: their values, and the env files that these are from, the winning one first. */
  readonly filledFrom: ReadonlyMap<
    string,
    {
      readonly lookup: (name: string) => string | undefined
      readonly implied: (name: string) => string | undefined
      readonly files: readonly string[]
    }
  >
  readonly shell: Readonly<Record<string, string>>
}

export type Explanation =
  | { readonly found: true; readonly path: string; readonly won: Layer; readonly lost: readonly Layer[] }
  /** `missing` is the first part of the path that is not there, `known` what is there instead. */
  | { readonly found: false; readonly path: string; readonly missing: string; readonly known: readonly string[] }

/** Where the value at a dotted path comes from: what won, and what it took the place of, the latest first. */
export const explainPath = (model: MapNode, path: string, known: Known): Explanation => {
  const { node, depth, parts } = findDotted(model, path)
  const fromFiles = envFileLayers(model, parts, known)
  if (depth < parts.length) {
    const [won, ...lost] = fromFiles
    if (won !== undefined) return { found: true, path, won, lost }
    const names =
      node.kind === 'map'
        ? [...node.entries.keys()]
        : node.kind === 'seq'
          ? node.items.map((item, index) => /^([^=\s]+)=/.exec(textOf(item) ?? '')?.[1] ?? `[${index}]`)
          : []
    return { found: false, path, missing: parts.slice(depth).join('.'), known: names }
  }
  const lost: Layer[] = []
  const name = parts.at(-1) ?? ''
  for (let past = node.replaced; past !== undefined; past = past.replaced) lost.push(layerOf(past, name, known))
  return { found: true, path, won: layerOf(node, name, known), lost: [...lost, ...fromFiles] }
}

/** The same, without what lost and without the values. */
export const findOrigin = (model: MapNode, path: string, known: Known): Origin | undefined => {
  const explanation = explainPath(model, path, known)
  if (!explanation.found) return undefined
  const { span, variables = [] } = explanation.won
  return {
    ...(span === undefined ? {} : { place: span }),
    variables: variables.map(({ name, from, span: place }) => ({
      name,
      from,
      ...(place === undefined ? {} : { place }),
    })),
  }
}

/** An item `NAME=value` of a list is shown as the value that the model has under this name. */
const layerOf = (node: Node, name: string, known: Known): Layer => {
  const strip = (text: string): string => (text.startsWith(`${name}=`) ? text.slice(name.length + 1) : text)
  const value = toPlain(node)
  return {
    value: typeof value === 'string' ? strip(value) : value,
    span: node.source.file === '' ? undefined : spanOf(node),
    template: node.template === undefined ? undefined : strip(node.template),
    ...(node.template === undefined ? {} : { variables: filledVariables(node.template, node.source, known) }),
  }
}

/** The variables that a text was filled from, each once. */
const filledVariables = (template: string, { file }: SourceText, known: Known): readonly FilledVariable[] => {
  const scope = known.filledFrom.get(file)
  if (scope === undefined) return []
  const filled = interpolateText(template, scope.lookup, scope.implied)
  return (filled.ok ? filled.used : []).map((name): FilledVariable => {
    if (Object.hasOwn(known.shell, name)) return { name, from: 'shell' }
    for (const path of scope.files) {
      const source = known.texts.get(path)
      const parsed = source === undefined ? undefined : parseEnvFile(source.text, { lookup: scope.lookup })
      if (source !== undefined && parsed?.ok === true && parsed.values.has(name))
        return { name, from: 'file', span: spanOf(lineOf(source, name)) }
    }
    return { name, from: (scope.lookup(name) ?? scope.implied(name)) === undefined ? 'nothing' : 'stack' }
  })
}

/** What the env files of a service say about a variable, the last file first: they lose against `environment`. */
const envFileLayers = (model: MapNode, parts: readonly string[], { texts, filledFrom }: Known): readonly Layer[] => {
  const place = parts.indexOf('environment')
  const name = parts.slice(place + 1).join('.')
  if (parts[0] !== 'services' || place < 2 || name === '') return []
  const files = childOf(childOf(childOf(model, 'services'), parts.slice(1, place).join('.')), 'env_file')
  const layers = (files?.kind === 'seq' ? files.items : []).flatMap((item) => {
    const source = texts.get(textOf(childOf(item, 'path')) ?? '')
    const lookup = filledFrom.get(item.source.file)?.lookup ?? (() => undefined)
    const parsed = source === undefined ? undefined : parseEnvFile(source.text, { lookup })
    const value = parsed?.ok === true ? parsed.values.get(name) : undefined
    if (source === undefined || value === undefined) return []
    return [{ value, span: spanOf(lineOf(source, name)), template: undefined }]
  })
  return layers.toReversed()
}

/** The last line of an env file that gives the variable a value. */
const lineOf = (source: SourceText, name: string): Place => {
  const lines = [...source.text.matchAll(/^[ \t]*(?:export[ \t]+)?([^=:\s]+)[ \t]*[=:]/gm)].filter(
    (found) => found[1] === name,
  )
  const found = lines.at(-1)
  const start = found === undefined ? 0 : found.index + found[0].indexOf(name)
  return { source, start, end: start + name.length }
}

/**
 * Where what is at a dotted path is written: its value where that is a single one, else its key; for what is not there, the key
 * of the nearest thing around it. Undefined for what is implied and stands nowhere.
 */
export const findPlace = (model: MapNode, path: string): Span | undefined => {
  const { node, key, name, depth, parts } = findDotted(model, path)
  const { source, start, end } = key
  if (depth === 0 || source.file === '') return undefined
  const written = source.text.slice(start, end)
  const isShortForm = node.source === source && node.start === start && node.end === end && !/^\{|\n/.test(written)
  // What the load itself adds has the place of its reason, which does not bear its name.
  if (!isShortForm && !written.replace(/^["']/, '').startsWith(name)) return undefined
  return spanOf(depth === parts.length && node.kind === 'scalar' && node.end > node.start ? node : key)
}

type Dotted = {
  readonly node: Node
  readonly key: Place
  readonly name: string
  readonly depth: number
  readonly parts: readonly string[]
}

/** Keys may hold dots themselves: at each step the longest key that fits is taken. */
const findDotted = (model: MapNode, path: string): Dotted => {
  const parts = path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '')
  let node: Node = model
  let key: Place = model
  let name = ''
  let depth = 0
  while (depth < parts.length) {
    let step: { readonly node: Node; readonly key: Place } | undefined
    for (let length = parts.length - depth; length > 0 && step === undefined; length -= 1) {
      const wanted = parts.slice(depth, depth + length).join('.')
      const found = findNode(node, [wanted])
      if (found.depth !== 1) continue
      step = found
      name = wanted
      depth += length
    }
    if (step === undefined) break
    node = step.node
    key = step.key
  }
  return { node, key, name, depth, parts }
}
