/** A variable that had no value where one was used: `offset` points at its `$` in the text that was given. */
export type MissingVariable = { readonly name: string; readonly offset: number }

export type Interpolated =
  | {
      readonly ok: true
      readonly value: string
      readonly missing: readonly MissingVariable[]
      readonly used: readonly string[]
    }
  | {
      readonly ok: false
      /** `invalid`: the text is no template. `required`: a `${X?…}` has no value; `name` tells which. `too-long`: its value. */
      readonly kind: 'invalid' | 'required' | 'too-long'
      readonly message: string
      readonly offset: number
      readonly name?: string
    }

/** What a text says about one variable; the source of `config --variables`. */
export type TemplateVariable = {
  readonly name: string
  readonly default: string
  readonly alternate: string
  readonly required: boolean
}

type Lookup = (name: string) => string | undefined
type Operator = ':-' | '-' | ':?' | '?' | ':+' | '+'
type Failure = Extract<Interpolated, { ok: false }>
type Operation = {
  readonly kind: 'operation'
  readonly start: number
  readonly end: number
  readonly name: string
  readonly operator: Operator
  readonly operandAt: number
}
/** One `$…` of a text: where it starts and ends, and what stands there. */
type Token =
  | { readonly kind: 'escaped' | 'invalid'; readonly start: number; readonly end: number }
  | { readonly kind: 'variable'; readonly start: number; readonly end: number; readonly name: string }
  | Operation

/** A text that is read from its start to its end, and what was found in it ahead of the reader. */
type Scan = {
  readonly text: string
  /** The next dollar sign, as far as it was looked for. */
  dollar: number
  /** Where each brace closes, by where it opens; known up to `closesTo`. */
  readonly closes: Map<number, number>
  closesTo: number
}

const createScan = (text: string): Scan => ({ text, dollar: -1, closes: new Map(), closesTo: 0 })

/** The text, or an operand in it, that is being filled in: up to `end`, and done up to `done`. */
type Frame = {
  readonly end: number
  /** The operation that the frame is the operand of. */
  readonly operation?: { readonly token: Operation; readonly value: string | undefined; readonly isTaken: boolean }
  readonly missing: MissingVariable[]
  done: number
  result: string
}

/** Characters of what a text may become: a few variables that stand for each other grow without end. */
export const maxValue = 16 * 1024 * 1024

// Case-insensitive in the way of the specification's own expression: with Unicode folding.
const namePattern = /[_a-z][_a-z0-9]*/iuy
const operatorPattern = /:?[-+?]/y

/**
 * Replaces the variables of a text (compose-spec "Interpolation"). Braces nest to any depth; `$$` stands for `$`, and a
 * `$` that no name or brace follows stays. A branch that is not taken is read, and so must be valid, but what is unset in
 * it is not reported. What is `implied` counts where a variable would be unset and the text gives nothing for that case, so that
 * a default of the text is what it says. No recursion, and each character is looked at a few times, however deep the braces.
 */
export const interpolateText = (text: string, lookup: Lookup, implied: Lookup = () => undefined): Interpolated => {
  if (!text.includes('$')) return { ok: true, value: text, missing: [], used: [] }
  const scan = createScan(text)
  const used = new Set<string>()
  const missing: MissingVariable[] = []
  const frames: Frame[] = [{ end: text.length, missing, done: 0, result: '' }]
  for (let frame = frames[0]!; ; frame = frames.at(-1)!) {
    const token = nextToken(scan, frame.done, frame.end)
    frame.result += text.slice(frame.done, token?.start ?? frame.end)
    if (frame.result.length > maxValue) return tooLong(frame.done)
    if (token === undefined) {
      frames.pop()
      const outer = frames.at(-1)
      if (outer === undefined) return { ok: true, value: frame.result, missing, used: [...used] }
      const value = close(frame)
      if (typeof value !== 'string') return value
      outer.result += value
    } else if (token.kind === 'operation') {
      used.add(token.name)
      const isRequired = token.operator.endsWith('?')
      frames.push(openOperand(token, lookup(token.name) ?? (isRequired ? implied(token.name) : undefined), frame))
      frame.done = token.end
    } else {
      if (token.kind === 'variable') used.add(token.name)
      const value = evaluate(token, (name) => lookup(name) ?? implied(name), frame, text)
      if (typeof value !== 'string') return value
      frame.result += value
      frame.done = token.end
    }
  }
}

/**
 * The variables of a text, and those inside of defaults, replacements and messages, as `docker compose config --variables`
 * lists them; it leaves out those of messages.
 */
export const variablesOf = (text: string): readonly TemplateVariable[] => {
  const found: TemplateVariable[] = []
  const scan = createScan(text)
  const open = [{ at: 0, end: text.length }]
  for (let part = open.at(-1); part !== undefined; part = open.at(-1)) {
    const token = nextToken(scan, part.at, part.end)
    if (token === undefined) {
      open.pop()
      continue
    }
    part.at = token.end
    if (token.kind === 'variable') found.push({ name: token.name, default: '', alternate: '', required: false })
    if (token.kind !== 'operation') continue
    const sign = token.operator.at(-1)
    const operand = text.slice(token.operandAt, token.end - 1)
    found.push({
      name: token.name,
      default: sign === '-' ? operand : '',
      alternate: sign === '+' ? operand : '',
      required: sign === '?',
    })
    open.push({ at: token.operandAt, end: token.end - 1 })
  }
  return found
}

const tooLong = (offset: number): Failure => ({
  ok: false,
  kind: 'too-long',
  message: `With its variables this text is longer than ${maxValue / 1024 / 1024} MB.`,
  offset,
})

/** Characters of a reference that are marked at most. */
const maxMarked = 1000

/** How long the reference is that begins with the dollar sign at `start`; of an invalid one, what a message shows of it. */
export const referenceLength = (text: string, start: number): number => {
  const part = text.slice(start, start + maxMarked)
  const token = nextToken(createScan(part), 0, part.length)
  if (token === undefined || token.start !== 0) return 1
  return token.kind === 'invalid' ? excerpt(part, 0, part.length).length : token.end
}

const evaluate = (
  token: Exclude<Token, Operation>,
  lookup: Lookup,
  { missing, end }: Frame,
  text: string,
): string | Failure => {
  switch (token.kind) {
    case 'escaped':
      return '$'
    case 'invalid':
      return {
        ok: false,
        kind: 'invalid',
        message: `"${excerpt(text, token.start, end)}" is not a valid variable reference.`,
        offset: token.start,
      }
    case 'variable': {
      const value = lookup(token.name)
      if (value === undefined) missing.push({ name: token.name, offset: token.start })
      return value ?? ''
    }
  }
}

const openOperand = (token: Operation, value: string | undefined, { missing }: Frame): Frame => {
  const { operator, operandAt, end } = token
  const isEmpty = value === undefined || (operator.startsWith(':') && value === '')
  const isTaken = operator.endsWith('+') ? !isEmpty : isEmpty
  const operation = { token, value, isTaken }
  return { end: end - 1, operation, missing: isTaken ? missing : [], done: operandAt, result: '' }
}

/** What an operation stands for, its operand being filled in. */
const close = ({ operation, result }: Frame): string | Failure => {
  const { token, value, isTaken } = operation!
  if (!isTaken) return value ?? ''
  if (!token.operator.endsWith('?')) return result
  const why = result === '' ? '' : `: ${result}`
  return {
    ok: false,
    kind: 'required',
    message: `The variable "${token.name}" is required and has no value${why}`,
    offset: token.start,
    name: token.name,
  }
}

const nextDollar = (scan: Scan, from: number, end: number): number => {
  if (scan.dollar < from) {
    const found = scan.text.indexOf('$', from)
    scan.dollar = found === -1 ? scan.text.length : found
  }
  return scan.dollar < end ? scan.dollar : -1
}

const nextToken = (scan: Scan, from: number, end: number): Token | undefined => {
  const { text } = scan
  for (let start = nextDollar(scan, from, end); start !== -1; start = nextDollar(scan, start + 1, end)) {
    const next = start + 1 < end ? text[start + 1] : undefined
    if (next === '$') return { kind: 'escaped', start, end: start + 2 }
    if (next === '{') return bracedToken(scan, start, end)
    const name = matchAt(namePattern, text, start + 1)
    if (name !== undefined) return { kind: 'variable', start, end: start + 1 + name.length, name }
  }
  return undefined
}

const bracedToken = (scan: Scan, start: number, end: number): Token => {
  const { text } = scan
  const invalid: Token = { kind: 'invalid', start, end: start + 2 }
  const name = matchAt(namePattern, text, start + 2)
  if (name === undefined) return invalid
  const at = start + 2 + name.length
  if (at < end && text[at] === '}') return { kind: 'variable', start, end: at + 1, name }
  const operator = matchAt(operatorPattern, text, at) as Operator | undefined
  if (operator === undefined) return invalid
  const closesAt = closingBrace(scan, start, end)
  const operandAt = at + operator.length
  if (closesAt < operandAt) return invalid
  return { kind: 'operation', start, end: closesAt + 1, name, operator, operandAt }
}

/**
 * Where the brace opened at `start + 1` closes: on the same line, the place where braces balance, or the line's last one
 * where they never do; before `end` in either case. The character after an opening brace is not looked at, so `{}` in a
 * default counts as one more open brace, exactly as in the reference.
 */
const closingBrace = (scan: Scan, start: number, end: number): number => {
  const { text, closes } = scan
  if (start >= scan.closesTo) findCloses(scan, start)
  const balanced = closes.get(start + 1)
  if (balanced !== undefined && balanced < end) return balanced
  // An operand is on one line.
  const lineBreak = end < text.length ? -1 : text.indexOf('\n', start)
  return text.lastIndexOf('}', lineBreak === -1 ? end - 1 : lineBreak)
}

/** Finds where the brace at `start + 1` closes, and with it all that open inside. */
const findCloses = (scan: Scan, start: number): void => {
  const { text, closes } = scan
  const open: number[] = []
  let at = start
  for (; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '}') {
      const opened = open.pop()
      if (opened !== undefined) closes.set(opened, at)
      if (open.length === 0) break
    } else if (text[at] === '{') {
      open.push(at)
      at += 1
    }
  }
  scan.closesTo = at
}

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const excerpt = (text: string, start: number, limit: number): string => {
  const part = text.slice(start, Math.min(start + 40, limit))
  return /^[^}\n]*\}?/.exec(part)?.[0] ?? part
}
