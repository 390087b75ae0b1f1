import { mapEntries, mapItems, type MapNode, type Node, type Place, type ScalarNode } from '../tree/node.ts'
import { didYouMean } from '../tree/nearest.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { type Cast, documentRule, type Rule, ruleBelow } from './rules.ts'
import { interpolateText, type MissingVariable } from '../texts/template.ts'
import { parseInteger } from '../tree/yaml-scalar.ts'

export type Variables = {
  readonly lookup: (name: string) => string | undefined
  /** All names that have a value, for hints. */
  readonly names: () => Iterable<string>
}

/** Every variable that had no value where one was used, with all places of use. */
export type MissingVariables = Map<string, Place[]>

export type InterpolateContext = {
  readonly variables: Variables
  readonly problems: ProblemList
  readonly missing: MissingVariables
}

type State = InterpolateContext & {
  /** Results for values that anchors share; the same value under another rule is another question. */
  readonly done: WeakMap<object, { readonly rule: Rule | undefined; readonly result: Node }>
}

/** Replaces the variables in every text value (never in a key), and reads numbers and booleans where those are wanted. */
export const interpolate = (root: MapNode, context: InterpolateContext): MapNode =>
  visit(root, documentRule, { state: { ...context, done: new WeakMap() }, path: '' }) as MapNode

type At = { readonly state: State; readonly path: string }

const visit = (node: Node, rule: Rule | undefined, at: At): Node => {
  if (node.kind === 'scalar') return node.type === 'str' ? visitText(node, rule?.cast, at) : node
  const { state } = at
  const known = state.done.get(node)
  if (known !== undefined && known.rule === rule) return known.result
  const result =
    node.kind === 'map'
      ? mapEntries(node, (value, key) => {
          const below = ruleBelow(rule, key)
          if (isSettled(value, below)) return value
          return visit(value, below, { state, path: at.path === '' ? key : `${at.path}.${key}` })
        })
      : mapItems(node, (value, index) =>
          isSettled(value, rule?.any) ? value : visit(value, rule?.any, { state, path: `${at.path}[${index}]` }),
        )
  state.done.set(node, { rule, result })
  return result
}

/** Whether nothing can come of visiting a value, which is so for most: for them not even a path is made. */
const isSettled = (node: Node, rule: Rule | undefined): boolean =>
  node.kind === 'scalar' && (node.type !== 'str' || (rule?.cast === undefined && !(node.value as string).includes('$')))

const visitText = (node: ScalarNode, cast: Cast | undefined, { state, path }: At): Node => {
  const text = node.value as string
  if (!text.includes('$')) return cast === undefined ? node : castText(node, cast, { state, path })
  const result = interpolateText(text, state.variables.lookup)
  if (!result.ok) {
    reportFailure(node, result, { state, path })
    return node
  }
  for (const missing of result.missing) addMissing(state.missing, missing, node)
  if (result.value === text) return cast === undefined ? node : castText(node, cast, { state, path })
  const replaced: ScalarNode = { ...node, value: result.value, template: text }
  return cast === undefined ? replaced : castText(replaced, cast, { state, path })
}

const reportFailure = (
  node: ScalarNode,
  failure: {
    readonly kind: 'invalid' | 'required'
    readonly message: string
    readonly offset: number
    readonly name?: string
  },
  { state, path }: At,
): void => {
  const place = placeInText(node, failure.offset)
  if (failure.kind === 'required') {
    const hint = failure.name === undefined ? undefined : didYouMean(failure.name, state.variables.names())
    state.problems.error(place, 'variable/required', failure.message, {
      hint:
        hint ?? (failure.name === undefined ? undefined : `Set it in the environment or in .env: ${failure.name}=…`),
      path,
    })
    return
  }
  state.problems.error(place, 'variable/invalid', failure.message, {
    hint: 'Write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+replacement}; a plain dollar sign is written $$.',
    path,
  })
}

const addMissing = (all: MissingVariables, missing: MissingVariable, node: ScalarNode): void => {
  const places = all.get(missing.name) ?? []
  places.push(placeInText(node, missing.offset, missing.name))
  all.set(missing.name, places)
}

/** The place of an offset of a scalar's value. Escapes and folded lines move it: then the n-th dollar sign is looked up. */
const placeInText = (node: ScalarNode, offset: number, name?: string): Place => {
  const value = node.value as string
  const raw = node.source.text.slice(node.start, node.end)
  const nth = value.slice(0, offset).split('$').length - 1
  let at = -1
  for (let count = 0; count <= nth; count += 1) {
    at = raw.indexOf('$', at + 1)
    if (at === -1) return node
  }
  const length =
    name === undefined ? 2 : raw[at + 1] === '{' ? Math.max(name.length + 3, closing(raw, at) - at) : name.length + 1
  return { source: node.source, start: node.start + at, end: Math.min(node.end, node.start + at + length) }
}

const closing = (raw: string, from: number): number => {
  const at = raw.indexOf('}', from)
  const line = raw.indexOf('\n', from)
  return at === -1 || (line !== -1 && line < at) ? from : at + 1
}

const castText = (node: ScalarNode, cast: Cast, { state, path }: At): Node => {
  const text = node.value as string
  const value = cast === 'bool' ? castBoolean(node, state) : cast === 'int' ? castInteger(text) : castFloat(text)
  if (value !== undefined) return { ...node, type: cast, value, template: node.template ?? text }
  const from = node.template === undefined ? '' : `, which is what "${node.template}" stands for,`
  state.problems.error(node, 'value/type', `"${text}"${from} is not ${castNames[cast]}.`, {
    hint:
      text === '' && node.template !== undefined
        ? 'Give the variable a value, or a default with ${NAME:-value}.'
        : undefined,
    path,
  })
  return node
}

const castNames: Readonly<Record<Cast, string>> = {
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
}

const castInteger = (text: string): number | bigint | undefined => {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined
  return parseInteger(text.replace(/^([-+]?)0+(?=[0-9])/, '$1'))
}

const castFloat = (text: string): number | undefined => {
  if (!/^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)) return undefined
  return Number(text)
}

const castBoolean = (node: ScalarNode, state: State): boolean | undefined => {
  const text = (node.value as string).toLowerCase()
  if (text === 'true' || text === 'false') return text === 'true'
  const isYes = text === 'y' || text === 'yes' || text === 'on'
  if (!isYes && text !== 'n' && text !== 'no' && text !== 'off') return undefined
  state.problems.warn(node, 'value/old-boolean', `"${text}" is no boolean in YAML 1.2; it is read as ${isYes}.`, {
    hint: `Write ${isYes} instead.`,
  })
  return isYes
}
