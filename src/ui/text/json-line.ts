import { findLogLevel, logLevels, type LogLevel } from '../../core/state/log-level.ts'

/** A line of structured output, taken apart. */
export type JsonLine = {
  readonly level: LogLevel
  readonly message: string
  /** What else it says, by path: `err.code`. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The stack trace that stands in one of its fields. */
  readonly stack: readonly string[]
}

const levels = new Set(['level', 'lvl', 'severity', 'log.level', 'loglevel', 'levelname', '@l', '@level', 'levelvalue'])
const messages = ['msg', 'message', '@m', '@message', '@mt', 'event', 'log', 'body']
const times = new Set(['time', 'ts', 'timestamp', '@timestamp', '@t', 'datetime', 'date', 't'])
/** What pino and bunyan write into each line, and nobody looks for. */
const noise = new Set(['pid', 'hostname', 'v'])
const stacks = new Set(['stack', 'stacktrace', 'stack_trace', 'exception', 'exc_info', '@x', 'trace'])

/** Longer ones are shown as they are: nobody reads them, and each frame would take them apart again. */
const longest = 32 * 1024
const mostFields = 100

/** Undefined for what is no JSON object. */
export const parseJsonLine = (text: string): JsonLine | undefined => {
  const start = text.charCodeAt(0) === 0x20 ? text.trimStart() : text
  if (!start.startsWith('{') || start.length > longest || !start.trimEnd().endsWith('}')) return undefined
  const value = parse(start)
  if (value === undefined) return undefined
  const message = messages.find((name) => typeof value[name] === 'string')
  const fields: (readonly [string, string])[] = []
  let stack: readonly string[] = []
  const add = (name: string, given: unknown, depth: number) => {
    if (fields.length >= mostFields) return
    const last = name.slice(name.lastIndexOf('.') + 1)
    if (typeof given === 'string' && stacks.has(last.toLowerCase()) && given.includes('\n')) {
      stack = given.split('\n').filter((line) => line.trim() !== '')
      return
    }
    if (isObject(given) && depth < 3)
      return Object.entries(given).forEach(([key, one]) => add(`${name}.${key}`, one, depth + 1))
    fields.push([name, typeof given === 'string' ? given : JSON.stringify(given)])
  }
  for (const [name, given] of Object.entries(value)) {
    const known = name.toLowerCase()
    if (name === message || levels.has(known) || times.has(known) || noise.has(known)) continue
    add(name, given, 0)
  }
  return { level: findLogLevel(start), message: message === undefined ? '' : String(value[message]), fields, stack }
}

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

const words: Readonly<Record<LogLevel, string>> = {
  [logLevels.none]: '',
  [logLevels.trace]: 'TRACE',
  [logLevels.debug]: 'DEBUG',
  [logLevels.info]: 'INFO',
  [logLevels.warn]: 'WARN',
  [logLevels.error]: 'ERROR',
  [logLevels.fatal]: 'FATAL',
}
export const toLevelWord = (level: LogLevel): string => words[level]
