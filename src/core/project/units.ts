/** Durations and byte sizes of the specification, as numbers and as text. */

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
}
// 2^63 ns: what the reference's 64 bits hold.
const limitNs = 2 ** 63

/** Text such as `1m30s`, `1.5h` or `2d` as nanoseconds; `undefined` when it is no duration. A number needs a unit, but `0` does not. */
export const parseDuration = (text: string): number | undefined => {
  const isNegative = text.startsWith('-')
  const body = isNegative || text.startsWith('+') ? text.slice(1) : text
  if (body === '0') return 0
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$/.test(body)) return undefined
  let total = 0
  for (const [, number, unit] of body.matchAll(/([\d.]+)([^\d.]+)/g))
    total += partNs(number ?? '', unitNs[unit ?? ''] ?? 0)
  if (total >= limitNs) return undefined
  return isNegative && total !== 0 ? -total : total
}

/** Whole and fraction apart, so that `1.1s` is no nanosecond short. */
const partNs = (number: string, unit: number): number => {
  const [whole = '', fraction = ''] = number.split('.')
  const fractionNs = fraction === '' ? 0 : Math.trunc(Number(fraction) * (unit / 10 ** fraction.length))
  return Number(whole === '' ? '0' : whole) * unit + fractionNs
}

/** Nanoseconds as Go prints a duration: `1h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. */
export const formatDuration = (ns: number): string => {
  if (ns === 0) return '0s'
  const sign = ns < 0 ? '-' : ''
  const size = Math.abs(ns)
  if (size < 1e3) return `${sign}${size}ns`
  if (size < 1e6) return `${sign}${decimal(size, 1e3)}µs`
  if (size < 1e9) return `${sign}${decimal(size, 1e6)}ms`
  const minutes = Math.floor(size / 60e9)
  const seconds = `${decimal(size - minutes * 60e9, 1e9)}s`
  if (minutes === 0) return sign + seconds
  const hours = Math.floor(minutes / 60)
  return `${sign}${hours === 0 ? '' : `${hours}h`}${minutes - hours * 60}m${seconds}`
}

const decimal = (value: number, unit: number): string => {
  const whole = Math.floor(value / unit)
  const rest = Math.round(value - whole * unit)
  if (rest === 0) return String(whole)
  const digits = String(rest).padStart(Math.round(Math.log10(unit)), '0')
  return `${whole}.${digits.replace(/0+$/, '')}`
}

/** A duration of the canonical model in milliseconds; `undefined` when there is none or it cannot be read. */
export const durationToMs = (duration: string | undefined): number | undefined => {
  const ns = duration === undefined ? undefined : parseDuration(duration)
  return ns === undefined ? undefined : ns / 1e6
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
}
// A number as Go reads floats (`1e3`, `1_000`, `.5`, `1.`), at most one space, a unit in any case: `k`, `kb`, `kib`, `b`.
const bytesPattern =
  /^([+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?) ?(?:b|([kmgtp])(?:b|ib)?)?$/i

/**
 * Text such as `64m`, `1.5 GiB` or `1024` in bytes (1024-based, any case, fractions of a byte cut off); `undefined` when it
 * is no size. Negative text is none, though a negative number in YAML is (`memswap_limit: -1`).
 */
export const parseBytes = (text: string): number | undefined => {
  const found = bytesPattern.exec(text)
  if (found === null) return undefined
  const size = Number((found[1] ?? '').replaceAll('_', ''))
  if (Number.isNaN(size) || size < 0) return undefined
  const bytes = Math.trunc(size * (byteUnits[(found[2] ?? '').toLowerCase()] ?? 1))
  // What 64 bits cannot hold wraps, as in the reference, to the least number.
  return bytes >= 2 ** 63 ? -(2 ** 63) : bytes
}
