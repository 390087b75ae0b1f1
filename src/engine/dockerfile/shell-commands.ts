/** A command of a shell script without its redirections, and what stands between it and the next one. */
export type ShellCommand = {
  readonly words: readonly string[]
  readonly end: '&&' | '||' | ';' | '&' | '|'
}

const opening: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  '(',
  'time',
])
const closing: ReadonlySet<string> = new Set(['fi', 'done', 'esac', '}', ')'])

/** The commands of a script one after the other, as far as they can be told without running it. */
export const splitCommands = (script: string): readonly ShellCommand[] => {
  const commands: ShellCommand[] = []
  let words: string[] = []
  const finish = (end: ShellCommand['end']): void => {
    const kept = withoutGrammar(words)
    if (kept.length > 0) commands.push({ words: kept, end })
    words = []
  }
  for (const token of tokenize(script)) {
    if (token.isOperator && isEnd(token.text)) finish(token.text === '\n' ? ';' : token.text)
    else if (!token.isOperator) words.push(token.text)
  }
  finish(';')
  return commands
}

const isEnd = (text: string): text is ShellCommand['end'] | '\n' => ['&&', '||', ';', '&', '|', '\n'].includes(text)

const withoutGrammar = (words: readonly string[]): readonly string[] => {
  let rest = words
  while (rest[0] !== undefined && (opening.has(rest[0]) || closing.has(rest[0]) || /^[A-Za-z_]\w*=/.test(rest[0])))
    rest = rest.slice(1)
  return rest[0] === 'for' || rest[0] === 'case' ? [] : rest
}

type Token = { readonly text: string; readonly isOperator: boolean }

const tokenize = function* (script: string): Generator<Token> {
  let rest = script.replaceAll(/\\\r?\n/g, ' ')
  while (rest !== '') {
    const [blank = ''] = /^[ \t\r]+/.exec(rest) ?? []
    rest = rest.slice(blank.length)
    const [comment = ''] = /^#[^\n]*/.exec(rest) ?? []
    rest = rest.slice(comment.length)
    // A redirection and its file; of a here-document only its announcement.
    const [redirection = ''] = /^\d*(?:&>>?|[<>]&\d*-?|<<<|<<-?|>>|>\||[<>])[ \t]*(?:[^\s;&|]*)/.exec(rest) ?? []
    if (redirection !== '') {
      rest = rest.slice(redirection.length)
      continue
    }
    const [operator = ''] = /^(?:&&|\|\||[;&|\n()])/.exec(rest) ?? []
    if (operator !== '') {
      yield { text: operator, isOperator: true }
      rest = rest.slice(operator.length)
      continue
    }
    const word = readWord(rest)
    if (word.length > 0) yield { text: word.text, isOperator: false }
    rest = rest.slice(Math.max(word.length, 1))
  }
}

/** One word without its quotes; `$(…)` stays as it is written. */
const readWord = (text: string): { readonly text: string; readonly length: number } => {
  let word = ''
  let index = 0
  while (index < text.length) {
    const piece = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\$\([^)]*\)|`[^`]*`)|([^\s;&|()<>'"\\`$]+)|(\$)|(.))/s.exec(
      text.slice(index),
    )
    if (piece === null) break
    const [whole, single, double, escaped, nested, plain, dollar, other] = piece
    if (other !== undefined && /[\s;&|()<>]/.test(other)) break
    word += single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? nested ?? plain ?? dollar ?? other ?? ''
    index += whole.length
  }
  return { text: word, length: index }
}

/** A script on one short line, to be shown. */
export const shorten = (script: string): string => {
  const flat = script
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll(/\s+/g, ' ')
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat
}
