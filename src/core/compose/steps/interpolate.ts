import { mapEntries, mapItems, type MapNode, type Node, type Place, type ScalarNode } from '../tree/node.ts'
import { didYouMean } from '../tree/nearest.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { type Cast, documentRule, type Rule, ruleBelow } from './rules.ts'
import { interpolateText, type MissingVariable, referenceLength } from '../texts/template.ts'
import { parseInteger } from '../tree/yaml-scalar.ts'

export type Variables = {
  readonly lookup: (name: string) => string | undefined
  /** All names that have a value, for hints. */
  readonly names: () => Iterable<string>
  /** The `.env` files that they were read from, the one that wins over the others first. The shell wins over all. */
  readonly files: readonly string[]
  /** Values of variables that nothing gives one, where the text has no default. */
  readonly implied: (name: string) => string | undefined
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
  /** Characters that came of variables so far. */
  readonly filled: { length: number }
}

/** Characters that a file may have once its variables are filled in. */
const maxFilled = 128 * 1024 * 1024
const tooMuch = `With its variables this file is longer than ${maxFilled / 1024 / 1024} MB.`

/** Replaces the variables in every text value (never in a key), and reads numbers and booleans where those are wanted. */
export const interpolate = (root: MapNode, context: InterpolateContext): MapNode =>
  visit(root, documentRule, { state: { ...context, done: new WeakMap(), filled: { length: 0 } }, path: '' }) as MapNode

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
  const result = interpolateText(text, state.variables.lookup, state.variables.implied)
  if (!result.ok) {
    reportFailure(node, result, { state, path })
    return node
  }
  if (state.filled.length > maxFilled) return node
  state.filled.length += result.value.length
  if (state.filled.length > maxFilled) {
    reportFailure(node, { kind: 'too-long', message: tooMuch, offset: 0 }, { state, path })
    return node
  }
  addMissing(state.missing, result.missing, node)
  if (result.value === text) return cast === undefined ? node : castText(node, cast, { state, path })
  const unset = [...new Set(result.missing.map(({ name }) => name))]
  const replaced: ScalarNode = {
    ...node,
    value: result.value,
    template: text,
    ...(unset.length === 0 ? {} : { unset }),
  }
  return cast === undefined ? replaced : castText(replaced, cast, { state, path })
}

const reportFailure = (
  node: ScalarNode,
  failure: {
    readonly kind: 'invalid' | 'required' | 'too-long'
    readonly message: string
    readonly offset: number
    readonly name?: string
  },
  { state, path }: At,
): void => {
  const place = createPlacer(node)(failure.offset)
  if (failure.kind === 'too-long') {
    state.problems.error(place, 'variable/too-long', failure.message, { path })
    return
  }
  if (failure.kind === 'required') {
    const { name } = failure
    state.problems.error(place, 'variable/required', failure.message, {
      hint: () =>
        name === undefined
          ? undefined
          : (didYouMean(name, state.variables.names()) ?? `Set it in the environment or in .env: ${name}=…`),
      path,
    })
    return
  }
  state.problems.error(place, 'variable/invalid', failure.message, {
    hint: 'Write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+replacement}; a plain dollar sign is written $$.',
    path,
  })
}

const addMissing = (all: MissingVariables, found: readonly MissingVariable[], node: ScalarNode): void => {
  const placeOf = createPlacer(node)
  for (const { name, offset } of found) {
    const places = all.get(name) ?? []
    places.push(placeOf(offset))
    all.set(name, places)
  }
}

/**
 * The place of an offset of a scalar's value, asked for from the first to the last. Escapes and folded lines move it: then the
 * n-th dollar sign is looked up.
 */
const createPlacer = (node: ScalarNode): ((offset: number) => Place) => {
  const value = node.value as string
  const raw = node.source.text.slice(node.start, node.end)
  let dollar = value.indexOf('$')
  let at = raw.indexOf('$')
  return (offset) => {
    while (dollar !== -1 && dollar < offset && at !== -1) {
      dollar = value.indexOf('$', dollar + 1)
      at = raw.indexOf('$', at + 1)
    }
    if (at === -1) return node
    const start = node.start + at
    return { source: node.source, start, end: Math.min(node.end, start + referenceLength(raw, at)) }
  }
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
