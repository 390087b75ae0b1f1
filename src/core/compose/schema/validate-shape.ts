import { scalarAt, type MapNode, type Node, type Place, type ScalarNode, type SeqNode } from '../tree/node.ts'
import { nearestName } from '../../errors/nearest-name.ts'
import { fits, repeatedItem } from './fits.ts'
import { expectation, foundForm, wrongFormHint } from './shape-words.ts'
import type { Entries, List, Mapping, Shape } from './shape.ts'
import { stackFileShape } from './shape-table.ts'

export type ShapeProblem = {
  readonly path: readonly (string | number)[]
  /** Whether the key at the end of the path is wrong, or its value. */
  readonly at: 'key' | 'value'
  readonly code: string
  readonly message: string
  readonly hint?: string
  /** Of a key that nobody knows: the key that was probably meant, and whether it holds what a section of a file could. */
  readonly stray?: { readonly meant?: string; readonly isSection: boolean }
  /** The place in the text, where the document was given as nodes. */
  readonly place: Place
}

type Path = readonly (string | number)[]
type Finding = {
  readonly node: Node
  readonly path: Path
  readonly problems: ShapeProblem[]
  /** What the key around it means. */
  readonly about?: string | undefined
}

/** Every place at which a merged stack file is not as its schema demands. */
export const validateNode = (document: Node, shape: Shape = stackFileShape): readonly ShapeProblem[] => {
  const problems: ShapeProblem[] = []
  findProblems({ node: document, path: [], problems }, shape)
  return problems
}

/** As `validateNode`, for plain data; the places mean nothing. */
export const validateShape = (plain: unknown, shape?: Shape): readonly ShapeProblem[] =>
  validateNode(nodeOfPlain(plain), shape)

const nowhere: Place = { source: { file: '', text: '' }, start: 0, end: 0 }

const nodeOfPlain = (plain: unknown): Node => {
  if (Array.isArray(plain)) return { ...nowhere, kind: 'seq', items: plain.map(nodeOfPlain) }
  if (typeof plain === 'object' && plain !== null) {
    const entries = new Map(
      Object.entries(plain).map(([name, value]) => [name, { key: nowhere, value: nodeOfPlain(value) }]),
    )
    return { ...nowhere, kind: 'map', entries }
  }
  return scalarAt(nowhere, (plain ?? null) as string | number | bigint | boolean | null)
}

const findProblems = (finding: Finding, shape: Shape): void => {
  const { node } = finding
  if (fits(node, shape)) return
  const likely = likelyShape(node, shape)
  if (likely?.kind === 'mapping' && node.kind === 'map') inMapping(finding, node, likely)
  else if (likely?.kind === 'entries' && node.kind === 'map') inEntries(finding, node, likely)
  else if (likely?.kind === 'list' && node.kind === 'seq') inList(finding, node, likely)
  else if (likely !== undefined && node.kind === 'scalar') inScalar(finding, node, likely)
  else wrongForm(finding, shape)
}

/** The branch that was most likely meant: the one that takes the form that was found. */
const likelyShape = (node: Node, shape: Shape): Shape | undefined => {
  if (shape.kind === 'one-of') {
    for (const option of shape.options) {
      const likely = likelyShape(node, option)
      if (likely !== undefined) return likely
    }
    return undefined
  }
  if (node.kind === 'map') return shape.kind === 'mapping' || shape.kind === 'entries' ? shape : undefined
  if (node.kind === 'seq') return shape.kind === 'list' ? shape : undefined
  if (shape.kind === 'text') return node.type === 'str' ? shape : undefined
  return shape.kind === 'number' && (node.type === 'int' || node.type === 'float') ? shape : undefined
}

const add = (
  finding: Finding,
  problem: Omit<ShapeProblem, 'path' | 'place' | 'at'> & Partial<Pick<ShapeProblem, 'path' | 'place' | 'at'>>,
): void => {
  finding.problems.push({ path: finding.path, place: finding.node, at: 'value', ...problem })
}

/** Problems for which it is looked up what was meant: more of them are not shown. */
const maxHinted = 1000

const inMapping = (finding: Finding, node: MapNode, shape: Mapping): void => {
  for (const name of shape.required) {
    if (!node.entries.has(name))
      add(finding, {
        code: 'file/missing-key',
        message: `${subject(finding.path)} has no "${name}", which ${shape.title} needs.`,
        ...hintOf(aboutKey(shape, name)),
      })
  }
  for (const [name, entry] of node.entries) {
    const key = shape.keys.get(name)
    const path = [...finding.path, name]
    if (key !== undefined) findProblems({ ...finding, node: entry.value, path, about: aboutKey(shape, name) }, key)
    else if (!shape.loose && !(shape.extensible && name.startsWith('x-'))) {
      const isTold = finding.problems.length < maxHinted
      const meant = isTold ? nearestKey(name, node, shape) : undefined
      const other = isTold ? unknownKeyHint(name, node, shape) : undefined
      const hint = meant === undefined ? other : `Did you mean "${meant}"?`
      add(finding, {
        path,
        at: 'key',
        place: entry.key,
        code: 'file/unknown-key',
        message: `${article(shape.title)} has no key "${name}".`,
        stray: { isSection: entry.value.kind !== 'scalar', ...(meant === undefined ? {} : { meant }) },
        ...hintOf(hint),
      })
    }
  }
}

const article = (title: string): string => title.charAt(0).toUpperCase() + title.slice(1)

const nearestKey = (name: string, node: MapNode, shape: Mapping): string | undefined =>
  nearestName(
    name,
    [...shape.keys.keys()].filter((known) => !node.entries.has(known)),
  )

/** The mapping inside this one where the key belongs, or the one around it. */
const unknownKeyHint = (name: string, node: MapNode, shape: Mapping): string | undefined => {
  for (const [outer, key] of shape.keys) {
    if (keysOf(key).has(name)) return `It belongs inside "${outer}".`
  }
  const services = stackFileShape.keys.get('services')
  if (shape === stackFileShape && services?.kind === 'entries') {
    const value = node.entries.get(name)?.value
    const isServiceKey = keysOf(services.value).has(name)
    const looksLikeService = value?.kind === 'map' && (value.entries.has('image') || value.entries.has('build'))
    if (isServiceKey) return 'It belongs to a service, below "services".'
    if (looksLikeService) return 'A service stands below "services".'
  }
  if (shape.title === 'a service' && stackFileShape.keys.has(name)) return 'It belongs to the top level of the file.'
  return shape.extensible ? 'Keys of your own start with "x-".' : undefined
}

const keysOf = (shape: Shape): ReadonlySet<string> => {
  if (shape.kind === 'mapping') return new Set(shape.keys.keys())
  if (shape.kind === 'one-of') return new Set(shape.options.flatMap((option) => [...keysOf(option)]))
  return new Set()
}

const inEntries = (finding: Finding, node: MapNode, shape: Entries): void => {
  for (const [name, entry] of node.entries) {
    const path = [...finding.path, name]
    if (shape.names.test(name)) findProblems({ ...finding, node: entry.value, path }, shape.value)
    else if (!shape.loose) {
      add(finding, {
        path,
        at: 'key',
        place: entry.key,
        code: 'file/bad-name',
        message: `"${name}" cannot be a name here.`,
        hint:
          name === ''
            ? 'A name is at least one character long.'
            : 'Names are made of letters, digits, ".", "_" and "-".',
      })
    }
  }
}

const inList = (finding: Finding, node: SeqNode, shape: List): void => {
  const before = finding.problems.length
  for (const [index, item] of node.items.entries())
    findProblems({ ...finding, node: item, path: [...finding.path, index] }, shape.item)
  const repeated = shape.unique && finding.problems.length === before ? repeatedItem(node) : undefined
  if (repeated === undefined) return
  const place = node.items[repeated] ?? node
  add(finding, {
    path: [...finding.path, repeated],
    place,
    code: 'file/repeated-item',
    message: `${subject([...finding.path, repeated])} stands in the list twice.`,
    hint: 'Remove one of the two.',
  })
}

const inScalar = (finding: Finding, node: ScalarNode, shape: Shape): void => {
  const expected = expectation(shape)
  const near =
    shape.kind === 'text' && shape.words !== undefined ? nearestName(String(node.value), shape.words) : undefined
  add(finding, {
    code: 'file/wrong-value',
    message: `${subject(finding.path)} must be ${expected}, not ${JSON.stringify(typeof node.value === 'bigint' ? node.value.toString() : node.value)}.`,
    ...hintOf(near === undefined ? finding.about : `Did you mean "${near}"?`),
  })
}

const wrongForm = (finding: Finding, shape: Shape): void => {
  const hint = wrongFormHint(finding.node, shape, nameOf(finding.path)) ?? finding.about
  add(finding, {
    code: 'file/wrong-type',
    message: `${subject(finding.path)} must be ${expectation(shape)}, and here is ${foundForm(finding.node)}.`,
    ...hintOf(hint),
  })
}

const nameOf = (path: Path): string | undefined => {
  const last = path.at(-1)
  return typeof last === 'string' ? last : undefined
}

const hintOf = (hint: string | undefined): Pick<ShapeProblem, 'hint'> => (hint === undefined ? {} : { hint })

const aboutKey = ({ about }: Mapping, name: string): string | undefined =>
  about[name] === undefined ? undefined : `${name}: ${about[name]}`

/** What a message is about: the last name of the path, and the number of an item in it. */
const subject = (path: Path): string => {
  const last = path.at(-1)
  if (last === undefined) return 'The stack file'
  if (typeof last === 'string') return `"${last}"`
  const name = path.findLast((part) => typeof part === 'string')
  return name === undefined ? `Item ${last + 1}` : `Item ${last + 1} of "${name}"`
}
