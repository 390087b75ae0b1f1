/** How the process of a container has ended. */
export type Ending = { readonly exitCode: number; /** Its memory ran out. */ readonly outOfMemory?: true }

/** A container that ends by itself again and again, whoever starts it again. */
export type CrashLoop = Ending & {
  /** How often it has ended. */
  readonly crashes: number
  /** When it ended for the first time, and when last, milliseconds since the epoch; absent where nobody has seen the first end. */
  readonly since?: number
  readonly last?: number
  /** The line of its log that says what is wrong; absent when it wrote nothing. */
  readonly line?: string
  /** What was changed a moment before it ended for the first time: `the save of src/coupon.ts`. */
  readonly after?: { readonly what: string; readonly ms: number }
}

const signals: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  132: 'SIGILL',
  133: 'SIGTRAP',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  141: 'SIGPIPE',
  143: 'SIGTERM',
}

// What somebody sends who wants it to end: the engine keeps the code alone, and not who asked.
const askedFor: ReadonlySet<number> = new Set([130, 137, 143])

/** It ended as a container ends that was stopped; only who saw it end knows more. */
export const isLikeStopped = ({ exitCode, outOfMemory }: Partial<Ending>): boolean =>
  exitCode !== undefined && askedFor.has(exitCode) && outOfMemory !== true

/** `exit 4`, `exit 139 (SIGSEGV)`, `out of memory (exit 137)`. */
export const toExitText = ({ exitCode, outOfMemory }: Ending): string => {
  if (outOfMemory === true) return `out of memory (exit ${exitCode})`
  const signal = signals[exitCode]
  return `exit ${exitCode}${signal === undefined ? '' : ` (${signal})`}`
}

/** `exit 1, 8 crashes in 2m, first 4s after the save of src/coupon.ts: TypeError: cart is undefined` */
export const toCrashText = (crash: CrashLoop): string => {
  const { crashes, since, last, after, line } = crash
  return [
    toExitText(crash),
    `, ${crashes} ${crashes === 1 ? 'crash' : 'crashes'}`,
    since === undefined || last === undefined ? ' so far' : ` in ${toSpan(last - since)}`,
    after === undefined ? '' : `, first ${toSpan(after.ms)} after ${after.what}`,
    line === undefined ? '' : `: ${line}`,
  ].join('')
}

const toSpan = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000))
  return seconds < 120
    ? `${seconds}s`
    : seconds < 7200
      ? `${Math.floor(seconds / 60)}m`
      : `${Math.floor(seconds / 3600)}h`
}

const frame = /^\s+at |^\s*File "|^\s*\.\.\. \d+ more/
const strong = /error\b|exception\b|\bfatal\b|\bpanic\b/i
const weak = /\bfailed\b|\bcannot\b|\bdenied\b|\bno such\b|\bnot found\b/i
const longest = 300

/**
 * Of the last lines that a program wrote the one that says why it ended: the last that speaks of an error and is no frame of a
 * stack trace, or else the last of all. Without escape sequences.
 */
export const selectErrorLine = (lines: readonly string[]): string | undefined => {
  const told = lines.map((line) => line.slice(0, longest)).filter((line) => line.trim() !== '' && !frame.test(line))
  const found = told.findLast((line) => strong.test(line)) ?? told.findLast((line) => weak.test(line)) ?? told.at(-1)
  return found?.trim()
}
