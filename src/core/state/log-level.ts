/** How grave a line is, as its program says; 0: it does not say. Numbers, so that a byte holds one and `>=` compares. */
export const logLevels = { none: 0, trace: 1, debug: 2, info: 3, warn: 4, error: 5, fatal: 6 } as const
export type LogLevel = (typeof logLevels)[keyof typeof logLevels]

const { none, trace, debug, info, warn, error, fatal } = logLevels

const levelOfWord: Readonly<Record<string, LogLevel>> = {
  trace,
  trce: trace,
  verbose: trace,
  silly: trace,
  debug,
  dbug: debug,
  dbg: debug,
  fine: debug,
  info,
  information: info,
  informational: info,
  notice: info,
  log: info,
  hint: info,
  warn,
  warning: warn,
  wrn: warn,
  error,
  err: error,
  eror: error,
  fail: error,
  severe: error,
  critical: fatal,
  crit: fatal,
  fatal,
  panic: fatal,
  emerg: fatal,
  emergency: fatal,
  alert: fatal,
}

/** `warn` of `WARNING`, `4` of the number of a syslog or pino level; 0 for what is no level. */
export const toLogLevel = (word: string | number): LogLevel => {
  if (typeof word === 'string' && !/^\d+$/.test(word)) return levelOfWord[word.toLowerCase()] ?? none
  const number = Number(word)
  // Syslog counts down to 0; pino and bunyan count up from 10.
  if (number < 8) return toSyslogLevel(number)
  return number >= 60
    ? fatal
    : number >= 50
      ? error
      : number >= 40
        ? warn
        : number >= 30
          ? info
          : number >= 20
            ? debug
            : trace
}

const toSyslogLevel = (severity: number): LogLevel =>
  severity <= 2 ? fatal : severity === 3 ? error : severity === 4 ? warn : severity <= 6 ? info : debug

/** The longest word of a level, and how far into a line one is looked for: behind a time, a host and the name of a program. */
const longestWord = 13
const farthest = 100

const inJson = /"(?:level|lvl|severity|log\.level|loglevel|levelname|@l|@level)"\s*:\s*(?:"(\w{1,15})"|(\d{1,2})\b)/i
const colours = /\u001b\[[\d;:]*m/g

/**
 * The level that a line names: in JSON, as `level=`, as a word in capitals or brackets near its beginning, in the manner of
 * glog and syslog, or because it is an exception that nobody caught. It looks at the beginning alone, however long the line is.
 */
export const findLogLevel = (text: string): LogLevel => {
  const looked = text.charCodeAt(0) === 0x7b ? 2000 : 2 * farthest
  const start = text.length > looked ? text.slice(0, looked) : text
  const line = start.includes('\u001b') ? start.replace(colours, '') : start
  const first = line.charCodeAt(0)
  if (first === 0x7b) {
    const found = inJson.exec(line)
    if (found !== null) return toLogLevel(found[1] ?? Number(found[2]))
  }
  if (first === 0x3c) {
    const priority = /^<(\d{1,3})>/.exec(line)?.[1]
    if (priority !== undefined && Number(priority) < 192) return toSyslogLevel(Number(priority) % 8)
  }
  if (isGlog(line, first)) return first === 0x49 ? info : first === 0x57 ? warn : first === 0x45 ? error : fatal
  return findWord(line) || (line.includes('=') ? toLogfmtLevel(line) : none) || (isThrown(line, first) ? error : none)
}

const names = ['level=', 'lvl=', 'severity=']
const toLogfmtLevel = (line: string): LogLevel => {
  for (const name of names) {
    const at = line.indexOf(name)
    if (at < 0 || (at > 0 && line.charCodeAt(at - 1) > 0x20)) continue
    const word = /^"?(\w{1,15})/.exec(line.slice(at + name.length, at + name.length + 20))?.[1]
    if (word !== undefined) return toLogLevel(word)
  }
  return none
}

/** `E0102 15:04:05` */
const isGlog = (line: string, first: number): boolean =>
  (first === 0x49 || first === 0x57 || first === 0x45 || first === 0x46) &&
  isDigit(line.charCodeAt(1)) &&
  /^.\d{4} \d\d:\d\d/.test(line)

const starts = [
  'Uncaught ',
  'Unhandled exception',
  'Exception in thread',
  'Traceback (most recent',
  'fatal error: ',
  'PHP Fatal',
  "thread '",
]
const firsts: ReadonlySet<number> = new Set(starts.map((start) => start.charCodeAt(0)))
const kinds = ['Error', 'Exception', 'Failure']

/** What a runtime writes of an error that nobody caught: no logger is at work that would name a level. */
const isThrown = (line: string, first: number): boolean => {
  if (!isLetter(first) && first !== 0x5f && first !== 0x2f && first !== 0x2e) return false
  if (
    firsts.has(first) &&
    starts.some((start) => line.startsWith(start)) &&
    (first !== 0x74 || line.includes(' panicked at '))
  )
    return true
  // The name of a class, alone or before what it says: `java.io.IOException: closed`, `AssertionError [ERR]`.
  let end = 0
  for (let code = first; isLetter(code) || isDigit(code) || isJoint(line, end, code); code = line.charCodeAt(end))
    end += 1
  const next = line.charCodeAt(end)
  const isName =
    end === line.length || (next === 0x3a && !(line.charCodeAt(end + 1) > 0x20)) || line.startsWith(' [', end)
  if (isName && kinds.some((kind) => line.startsWith(kind, end - kind.length))) return true
  const ruby = line.indexOf(':in ')
  return ruby > 0 && (line.charCodeAt(ruby + 4) === 0x60 || line.charCodeAt(ruby + 4) === 0x27)
}

/** What stands within the name of a class: `_`, `$`, `.`, `::`. */
const isJoint = (line: string, at: number, code: number): boolean =>
  code === 0x5f || code === 0x24 || code === 0x2e || (code === 0x3a && line.charCodeAt(at + 1) > 0x20)

const isDigit = (code: number) => code >= 0x30 && code <= 0x39
const isUpper = (code: number) => code >= 0x41 && code <= 0x5a
const isLetter = (code: number) => isUpper(code) || (code >= 0x61 && code <= 0x7a)

/**
 * One pass over the beginning: a word counts in capitals, in brackets, or as `error:` at the very start. Nearly all words of a log
 * are none of these, and are passed over letter by letter without being cut out.
 */
const findWord = (line: string): LogLevel => {
  const end = Math.min(line.length, farthest)
  let at = 0
  while (at < end) {
    const kind = kindOf(line, at)
    if (kind === other) {
      at += 1
      continue
    }
    let stop = at + 1
    // A word with digits in it is no level: `2xERROR`, `id_error`.
    let all = kind
    for (let next = kindOf(line, stop); next !== other; next = kindOf(line, stop)) {
      all |= next
      stop += 1
    }
    if (all <= 3 && stop - at >= 3 && stop - at <= longestWord && counts(line, at, stop, all === upper)) {
      const found = levelOfWord[line.slice(at, stop).toLowerCase()]
      if (found !== undefined) return found
    }
    at = stop
  }
  return none
}

const other = 0
const lower = 1
const upper = 2
const digit = 4
/** What each sign of ASCII is, by its code. */
const signKinds = Uint8Array.from({ length: 128 }, (_, code) =>
  isUpper(code) ? upper : isLetter(code) ? lower : isDigit(code) || code === 0x5f ? digit : other,
)
const kindOf = (line: string, at: number): number => {
  const code = line.charCodeAt(at)
  return code < 128 ? signKinds[code]! : other
}

const codesOf = (signs: string): ReadonlySet<number> => new Set(Array.from(signs, (sign) => sign.charCodeAt(0)))
const openers = codesOf('[(|<:')
const closers = codesOf('])|>')
/** Signs that make a word part of something longer: a path, a name, an assignment. */
const before = codesOf('-/.=')
const behind = codesOf('_-=/(0123456789')

const counts = (line: string, at: number, stop: number, isCapital: boolean): boolean => {
  const next = line.charCodeAt(stop)
  const last = line.charCodeAt(at - 1)
  if (isCapital) return !behind.has(next) && !before.has(last)
  return (at === 0 && (next === 0x3a || next === 0x21)) || (closers.has(next) && openers.has(last))
}
