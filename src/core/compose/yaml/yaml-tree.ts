import { peekToken, takeToken } from './yaml-scanner.ts'
import { createScanner, type Scanner, type Token, type TokenType, yamlFault } from './yaml-scanner-state.ts'

type Common = {
  readonly start: number
  readonly end: number
  readonly anchor?: string | undefined
  readonly tag?: string | undefined
}
/** A value as it is written, its tag with its full name. */
export type YamlTree =
  | (Common & { readonly kind: 'scalar'; readonly text: string; readonly isPlain: boolean })
  | (Common & { readonly kind: 'seq'; readonly items: readonly YamlTree[] })
  | (Common & { readonly kind: 'map'; readonly pairs: readonly (readonly [key: YamlTree, value: YamlTree])[] })
  | (Common & { readonly kind: 'alias'; readonly name: string })

type Parser = { readonly scanner: Scanner; tags: Map<string, string> }

/** The documents of a text, by the grammar of libyaml; throws a `YamlFault` at the first mistake. */
export const readYamlTrees = (text: string): readonly YamlTree[] => {
  const parser: Parser = { scanner: createScanner(text), tags: new Map() }
  const documents: YamlTree[] = []
  for (let isFirst = true; ; isFirst = false) {
    const document = readDocument(parser, isFirst)
    if (document === undefined) return documents
    documents.push(document)
  }
}

const next = ({ scanner }: Parser): TokenType => peekToken(scanner).type
const take = ({ scanner }: Parser): Token => takeToken(scanner)
const isNext = (parser: Parser, ...types: readonly TokenType[]): boolean => types.includes(next(parser))

const readDocument = (parser: Parser, isFirst: boolean): YamlTree | undefined => {
  if (!isFirst) while (isNext(parser, 'document-end')) take(parser)
  if (isNext(parser, 'end')) return undefined
  parser.tags = new Map([
    ['!', '!'],
    ['!!', 'tag:yaml.org,2002:'],
  ])
  const isBare = isFirst && !isNext(parser, 'version', 'tag-directive', 'document-start')
  if (isBare) {
    const root = readNode(parser, { isBlock: true })
    if (isNext(parser, 'document-end')) take(parser)
    return root
  }
  readDirectives(parser)
  if (!isNext(parser, 'document-start'))
    throw yamlFault(
      peekToken(parser.scanner).start,
      'Nothing more can stand here: the text before is complete. Another document begins with "---".',
    )
  const { end } = take(parser)
  const isEmpty = isNext(parser, 'version', 'tag-directive', 'document-start', 'document-end', 'end')
  const root = isEmpty ? emptyAt(end) : readNode(parser, { isBlock: true })
  if (isNext(parser, 'document-end')) take(parser)
  return root
}

const readDirectives = (parser: Parser): void => {
  const seen = new Set<string>()
  while (isNext(parser, 'version', 'tag-directive')) {
    const { type, handle = '', value = '', start } = take(parser)
    if (seen.has(handle))
      throw yamlFault(start, type === 'version' ? 'There is a second "%YAML".' : `There is a second "%TAG ${handle}".`)
    seen.add(handle)
    if (type === 'tag-directive') parser.tags.set(handle, value)
  }
}

const emptyAt = (at: number): YamlTree => ({ kind: 'scalar', start: at, end: at, text: '', isPlain: true })

type Context = { readonly isBlock: boolean; readonly isIndentless?: boolean }

const readNode = (parser: Parser, { isBlock, isIndentless = false }: Context): YamlTree => {
  const first = peekToken(parser.scanner)
  if (first.type === 'alias') {
    take(parser)
    return { kind: 'alias', name: first.value!, start: first.start, end: first.end }
  }
  let anchor: string | undefined
  let tag: string | undefined
  let end = first.start
  for (;;) {
    const token = peekToken(parser.scanner)
    if (token.type === 'anchor' && anchor === undefined) anchor = token.value
    else if (token.type === 'tag' && tag === undefined) tag = fullTag(parser, token)
    else break
    ;({ end } = take(parser))
  }
  const token = peekToken(parser.scanner)
  const start =
    anchor === undefined && tag === undefined
      ? token.start
      : token.type === 'scalar' || token.type === '[' || token.type === '{'
        ? token.start
        : first.start
  const own = { ...(anchor === undefined ? {} : { anchor }), ...(tag === undefined ? {} : { tag }) }
  if (isIndentless && token.type === '-') return { kind: 'seq', start: token.start, ...own, ...readIndentless(parser) }
  switch (token.type) {
    case 'scalar':
      take(parser)
      return { kind: 'scalar', start, end: token.end, text: token.value!, isPlain: token.isPlain!, ...own }
    case '[':
      return { kind: 'seq', start, ...own, ...readFlowList(parser) }
    case '{':
      return { kind: 'map', start, ...own, ...readFlowMap(parser) }
    case 'block-sequence':
      if (isBlock) return { kind: 'seq', start: token.start, ...own, ...readBlockList(parser) }
      break
    case 'block-mapping':
      if (isBlock) return { kind: 'map', start: token.start, ...own, ...readBlockMap(parser) }
      break
    default:
  }
  if (anchor !== undefined || tag !== undefined)
    return { kind: 'scalar', start: first.start, end, text: '', isPlain: true, ...own }
  throw yamlFault(
    token.start,
    token.type === 'end' ? 'The text ends where a value should stand.' : 'A value should stand here.',
  )
}

const fullTag = (parser: Parser, { handle = '', value = '', start }: Token): string => {
  if (handle === '') return value
  const prefix = parser.tags.get(handle)
  if (prefix === undefined) throw yamlFault(start, `Nothing says what the tag "${handle}" stands for.`)
  return `${prefix}${value}`
}

type List = { readonly items: readonly YamlTree[]; readonly end: number }
type Pairs = { readonly pairs: readonly (readonly [YamlTree, YamlTree])[]; readonly end: number }

const readBlockList = (parser: Parser): List => {
  const items: YamlTree[] = []
  let { end } = take(parser)
  while (isNext(parser, '-')) {
    const dash = take(parser)
    const item = isNext(parser, '-', 'block-end')
      ? { ...emptyAt(dash.end), start: dash.start }
      : readNode(parser, { isBlock: true })
    items.push(item)
    end = item.end
  }
  if (!isNext(parser, 'block-end'))
    throw yamlFault(
      peekToken(parser.scanner).start,
      'The list goes on here with something that is no "-" in its column.',
    )
  take(parser)
  return { items, end }
}

const readIndentless = (parser: Parser): List => {
  const items: YamlTree[] = []
  let end = 0
  while (isNext(parser, '-')) {
    const dash = take(parser)
    const item = isNext(parser, '-', '?', ':', 'block-end')
      ? { ...emptyAt(dash.end), start: dash.start }
      : readNode(parser, { isBlock: true })
    items.push(item)
    end = item.end
  }
  return { items, end }
}

const readBlockMap = (parser: Parser): Pairs => {
  const pairs: [YamlTree, YamlTree][] = []
  let { end } = take(parser)
  while (isNext(parser, '?')) {
    ;({ end } = take(parser))
    const key = isNext(parser, '?', ':', 'block-end')
      ? emptyAt(end)
      : readNode(parser, { isBlock: true, isIndentless: true })
    end = key.end
    let value: YamlTree
    if (isNext(parser, ':')) {
      ;({ end } = take(parser))
      value = isNext(parser, '?', ':', 'block-end')
        ? emptyAt(key.end)
        : readNode(parser, { isBlock: true, isIndentless: true })
    } else value = emptyAt(end)
    pairs.push([key, value])
    end = Math.max(end, value.end)
  }
  if (!isNext(parser, 'block-end'))
    throw yamlFault(
      peekToken(parser.scanner).start,
      'A key should stand here: lines of one mapping start in the same column.',
    )
  take(parser)
  return { pairs, end }
}

const readFlowList = (parser: Parser): List => {
  const items: YamlTree[] = []
  take(parser)
  for (let isFirst = true; !isNext(parser, ']'); isFirst = false) {
    if (!isFirst) {
      takeComma(parser, ']')
      if (isNext(parser, ']')) break
    }
    items.push(isNext(parser, '?') ? readSinglePair(parser) : readNode(parser, { isBlock: false }))
  }
  return { items, end: take(parser).end }
}

const takeComma = (parser: Parser, close: string): void => {
  if (!isNext(parser, ',')) throw yamlFault(peekToken(parser.scanner).start, `A "," or "${close}" should stand here.`)
  take(parser)
}

const readSinglePair = (parser: Parser): YamlTree => {
  const { start, end } = take(parser)
  const key = isNext(parser, ':', ',', ']') ? emptyAt(end) : readNode(parser, { isBlock: false })
  const value = readFlowValue(parser, key, ']')
  return { kind: 'map', start, end: Math.max(key.end, value.end), pairs: [[key, value]] }
}

const readFlowValue = (parser: Parser, key: YamlTree, close: ']' | '}'): YamlTree => {
  if (!isNext(parser, ':')) return emptyAt(key.end)
  take(parser)
  return isNext(parser, ',', close) ? emptyAt(key.end) : readNode(parser, { isBlock: false })
}

const readFlowMap = (parser: Parser): Pairs => {
  const pairs: [YamlTree, YamlTree][] = []
  take(parser)
  for (let isFirst = true; !isNext(parser, '}'); isFirst = false) {
    if (!isFirst) {
      takeComma(parser, '}')
      if (isNext(parser, '}')) break
    }
    if (isNext(parser, '?')) {
      const { end } = take(parser)
      const key = isNext(parser, ':', ',', '}') ? emptyAt(end) : readNode(parser, { isBlock: false })
      pairs.push([key, readFlowValue(parser, key, '}')])
    } else {
      const key = readNode(parser, { isBlock: false })
      pairs.push([key, emptyAt(key.end)])
    }
  }
  return { pairs, end: take(parser).end }
}
