import type { Node } from '../tree/node.ts'
import { fits } from './fits.ts'
import type { Shape } from './shape.ts'

/** What a shape expects, in words: `text, or a list`. */
export const expectation = (shape: Shape): string => {
  const parts = [...new Set(forms(shape))]
  if (parts.length < 2) return parts[0] ?? 'something else'
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`
}

const forms = (shape: Shape): readonly string[] => {
  switch (shape.kind) {
    case 'text':
      if (shape.words !== undefined) return shape.words.map((word) => `"${word}"`)
      return [shape.expected ?? 'text']
    case 'number':
      return [numberWords(shape)]
    case 'boolean':
      return ['true or false']
    case 'nothing':
      return ['nothing']
    case 'list':
      return ['a list']
    case 'mapping':
    case 'entries':
      return ['a mapping']
    case 'one-of':
      return shape.options.flatMap(forms)
    case 'anything':
      return ['anything']
  }
}

const numberWords = ({ whole, min, max }: Extract<Shape, { kind: 'number' }>): string => {
  const base = whole ? 'a whole number' : 'a number'
  if (min === undefined) return base
  return max === undefined ? `${base} of at least ${min}` : `${base} from ${min} to ${max}`
}

/** What was found, in words. */
export const foundForm = (node: Node): string => {
  if (node.kind === 'map') return node.entries.size === 0 ? 'an empty mapping' : 'a mapping'
  if (node.kind === 'seq') return node.items.length === 0 ? 'an empty list' : 'a list'
  switch (node.type) {
    case 'null':
      return 'nothing'
    case 'time':
      return `the date ${String(node.value)}`
    case 'str':
      return node.value === '' ? 'an empty text' : `the text ${shorten(String(node.value))}`
    case 'bool':
      return String(node.value)
    default:
      return `the number ${String(node.value)}`
  }
}

const shorten = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** Keys whose text is a time with its unit. */
const durations: ReadonlySet<string> = new Set([
  'interval',
  'timeout',
  'start_period',
  'start_interval',
  'stop_grace_period',
  'delay',
  'monitor',
  'window',
])

/** What to do when a value has a form that its place does not take. */
export const wrongFormHint = (node: Node, shape: Shape, key: string | undefined): string | undefined => {
  const takes = new Set(kinds(shape))
  if (node.kind === 'scalar') {
    if (node.type === 'null') return 'Give it a value, or remove the key.'
    if (node.type === 'int' || node.type === 'float') {
      if (takes.has('text') && durations.has(key ?? '')) return `Write the unit with it: ${String(node.value)}s.`
    }
    // Only where it is right then.
    const quoted = { ...node, type: 'str', value: String(node.value) } as const
    if (node.type !== 'str' && fits(quoted, shape)) return `Put it in quotes: "${quoted.value}".`
    if (takes.has('list') && !takes.has('text'))
      return `Make it an item of a list: [${node.type === 'str' ? JSON.stringify(node.value) : String(node.value)}].`
    return undefined
  }
  if (node.kind === 'map' && takes.has('text') && node.entries.size === 1) {
    const [[name, entry] = []] = node.entries
    const value = entry?.value
    if (value?.kind === 'scalar' && value.value !== null) {
      return `A colon followed by a space makes a mapping. Write "${name}=${String(value.value)}" or put the whole item in quotes.`
    }
  }
  if (node.kind === 'seq' && takes.has('mapping'))
    return 'Write names with a value under each instead of items with a dash.'
  return undefined
}

const kinds = (shape: Shape): readonly Shape['kind'][] => {
  if (shape.kind === 'one-of') return shape.options.flatMap(kinds)
  return [shape.kind === 'entries' ? 'mapping' : shape.kind]
}
