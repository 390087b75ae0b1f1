import { logLevels, type LogLevel } from './log-level.ts'

/** What the lines before one of the same stream were: what a line is depends on it. */
export type TraceState = {
  /** Nothing, an error or exception that a trace may follow, or a trace of Python or Go, whose lines look like any other's. */
  readonly kind: 'none' | 'error' | 'trace' | 'python' | 'python-end' | 'go'
  /** Lines that were taken for parts of one so far. */
  readonly lines: number
}

export const noTrace: TraceState = { kind: 'none', lines: 0 }

/** A program that writes nothing but frames shall not make one line of its whole log. */
const longestTrace = 500

const frame = /^\s+(?:at .*[(:]|File "|from \S+:\d|\.\.\. ?\d+ |--- End of |---> |Caused by: |Suppressed: )/
const behind =
  /^(?:Caused by: |Stack trace:|stack backtrace:|note: run with|goroutine \d+ \[|exit status \d+$|#\d+ |\}$|Node\.js v\d)/
const betweenPython = /^(?:During handling of the above|The above exception was)/
const goFrame =
  /^(?:created by |goroutine \d+ \[|\[signal |exit status \d|panic: |[\w.\-/]+(?:\(\*?\w+\))?[\w.[\]·]*\()/
/** The last line of a trace of Python says what it is about: `ValueError: no such thing`, `app.Missing`. */
const pythonEnd = /^[A-Za-z_][\w.]*(?::|$)/

/** Whether a line goes on with the one before it of its stream, as the frame of a stack trace, and what comes after it is judged by. */
export const traceLine = (
  before: TraceState,
  line: { readonly text: string; readonly level: LogLevel },
): { readonly continues: boolean; readonly state: TraceState } => {
  const text = line.text.length > 300 ? line.text.slice(0, 300) : line.text
  const first = text.charCodeAt(0)
  const kind = before.lines < longestTrace ? continuedAs(before.kind, text, first) : undefined
  if (kind !== undefined) return { continues: true, state: { kind, lines: before.lines + 1 } }
  return { continues: false, state: begun(text, first, line.level) }
}

const errorState: TraceState = { kind: 'error', lines: 0 }
/** Any line may have frames behind it; those of the languages that mark them need nothing else. */
const begun = (text: string, first: number, level: LogLevel): TraceState => {
  if (first === 0x54 && text.startsWith('Traceback (most recent call last)')) return { kind: 'python', lines: 0 }
  if ((first === 0x70 && text.startsWith('panic: ')) || (first === 0x66 && text.startsWith('fatal error: ')))
    return { kind: 'go', lines: 0 }
  return level >= logLevels.error ? errorState : noTrace
}

const isBlank = (first: number) => first === 0x20 || first === 0x09

/** What the trace is from here on; undefined: the line is none of it. */
const continuedAs = (kind: TraceState['kind'], text: string, first: number): TraceState['kind'] | undefined => {
  if (kind === 'python' || kind === 'python-end') return continuedPython(kind, text, first)
  if (kind === 'go') return text === '' || isBlank(first) || goFrame.test(text) ? 'go' : undefined
  // What is indented behind an error is about it; behind other lines it has to look like a frame.
  if (isBlank(first)) return kind !== 'none' || frame.test(text) ? 'trace' : undefined
  return kind !== 'none' && behind.test(text) ? 'trace' : undefined
}

const continuedPython = (
  kind: 'python' | 'python-end',
  text: string,
  first: number,
): TraceState['kind'] | undefined => {
  if (betweenPython.test(text) || text.startsWith('Traceback (')) return 'python'
  if (isBlank(first) || text === '') return kind
  return kind === 'python' && pythonEnd.test(text) ? 'python-end' : undefined
}
