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
      /** `invalid`: the text is no template. `required`: a `${X?…}` has no value; `name` tells which. */
      readonly kind: 'invalid' | 'required'
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
/** One `$…` of a text: where it starts and ends, and what stands there. */
type Token =
  | { readonly kind: 'escaped' | 'invalid'; readonly start: number; readonly end: number }
  | { readonly kind: 'variable'; readonly start: number; readonly end: number; readonly name: string }
  | {
      readonly kind: 'operation'
      readonly start: number
      readonly end: number
      readonly name: string
      readonly operator: Operator
      /** The operand's own offset in the text. */
      readonly operandAt: number
      readonly operand: string
    }
type State = {
  readonly lookup: Lookup
  readonly missing: MissingVariable[]
  readonly used: Set<string>
}

// Case-insensitive in the way of the specification's own expression: with Unicode folding.
const namePattern = /[_a-z][_a-z0-9]*/iuy
const operatorPattern = /:?[-+?]/y

/**
 * Replaces the variables of a text (compose-spec "Interpolation"). Braces nest to any depth; `$$` stands for `$`, and a
 * `$` that no name or brace follows stays. A branch that is not taken is read, and so must be valid, but what is unset in
 * it is not reported.
 */
export const interpolateText = (text: string, lookup: Lookup): Interpolated => {
  if (!text.includes('$')) return { ok: true, value: text, missing: [], used: [] }
  const state: State = { lookup, missing: [], used: new Set() }
  const value = substitute(text, 0, state)
  if (typeof value !== 'string') return value
  return { ok: true, value, missing: state.missing, used: [...state.used] }
}

/**
 * The variables of a text, and those inside of defaults, replacements and messages, as `docker compose config --variables`
 * lists them; it leaves out those of messages.
 */
export const variablesOf = (text: string): readonly TemplateVariable[] => {
  const found: TemplateVariable[] = []
  for (let token = nextToken(text, 0); token !== undefined; token = nextToken(text, token.end)) {
    if (token.kind === 'variable') found.push({ name: token.name, default: '', alternate: '', required: false })
    if (token.kind !== 'operation') continue
    const sign = token.operator.at(-1)
    found.push({
      name: token.name,
      default: sign === '-' ? token.operand : '',
      alternate: sign === '+' ? token.operand : '',
      required: sign === '?',
    })
    found.push(...variablesOf(token.operand))
  }
  return found
}

const substitute = (text: string, base: number, state: State): string | Failure => {
  let result = ''
  let done = 0
  for (let token = nextToken(text, 0); token !== undefined; token = nextToken(text, token.end)) {
    const value = evaluate(token, base, { text, state })
    if (typeof value !== 'string') return value
    result += text.slice(done, token.start) + value
    done = token.end
  }
  return result + text.slice(done)
}

const evaluate = (token: Token, base: number, { text, state }: { text: string; state: State }): string | Failure => {
  switch (token.kind) {
    case 'escaped':
      return '$'
    case 'invalid':
      return {
        ok: false,
        kind: 'invalid',
        message: `"${excerpt(text, token.start)}" is not a valid variable reference.`,
        offset: base + token.start,
      }
    case 'variable': {
      state.used.add(token.name)
      const value = state.lookup(token.name)
      if (value === undefined) state.missing.push({ name: token.name, offset: base + token.start })
      return value ?? ''
    }
    case 'operation':
      return operate(token, base, state)
  }
}

const operate = (token: Extract<Token, { kind: 'operation' }>, base: number, state: State): string | Failure => {
  const { name, operator } = token
  state.used.add(name)
  const value = state.lookup(name)
  const isEmpty = value === undefined || (operator.startsWith(':') && value === '')
  const isTaken = operator.endsWith('+') ? !isEmpty : isEmpty
  const branch: State = isTaken ? state : { ...state, missing: [] }
  const operand = substitute(token.operand, base + token.operandAt, branch)
  if (typeof operand !== 'string') return operand
  if (!isTaken) return value ?? ''
  if (!operator.endsWith('?')) return operand
  const why = operand === '' ? '' : `: ${operand}`
  return {
    ok: false,
    kind: 'required',
    message: `The variable "${name}" is required and has no value${why}`,
    offset: base + token.start,
    name,
  }
}

const nextToken = (text: string, from: number): Token | undefined => {
  for (let start = text.indexOf('$', from); start !== -1; start = text.indexOf('$', start + 1)) {
    const next = text[start + 1]
    if (next === '$') return { kind: 'escaped', start, end: start + 2 }
    if (next === '{') return bracedToken(text, start)
    const name = matchAt(namePattern, text, start + 1)
    if (name !== undefined) return { kind: 'variable', start, end: start + 1 + name.length, name }
  }
  return undefined
}

const bracedToken = (text: string, start: number): Token => {
  const invalid: Token = { kind: 'invalid', start, end: start + 2 }
  const name = matchAt(namePattern, text, start + 2)
  if (name === undefined) return invalid
  const at = start + 2 + name.length
  if (text[at] === '}') return { kind: 'variable', start, end: at + 1, name }
  const operator = matchAt(operatorPattern, text, at) as Operator | undefined
  if (operator === undefined) return invalid
  const close = closingBrace(text, start)
  const operandAt = at + operator.length
  if (close < operandAt) return invalid
  return { kind: 'operation', start, end: close + 1, name, operator, operandAt, operand: text.slice(operandAt, close) }
}

/**
 * Where the brace opened at `start + 1` closes: on the same line, the place where braces balance, or the line's last one
 * where they never do. The character after an opening brace is not looked at, so `{}` in a default counts as one more
 * open brace, exactly as in the reference.
 */
const closingBrace = (text: string, start: number): number => {
  const lineBreak = text.indexOf('\n', start)
  const last = text.lastIndexOf('}', lineBreak === -1 ? text.length : lineBreak)
  let open = 0
  for (let i = start; i <= last; i += 1) {
    if (text[i] === '}') {
      open -= 1
      if (open === 0) return i
    }
    if (text[i] === '{') {
      open += 1
      i += 1
    }
  }
  return last
}

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const excerpt = (text: string, start: number): string => {
  const end = text.indexOf('}', start)
  const lineEnd = text.indexOf('\n', start)
  const stop = Math.min(end === -1 ? text.length : end + 1, lineEnd === -1 ? text.length : lineEnd, start + 40)
  return text.slice(start, stop)
}
