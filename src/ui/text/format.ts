/** How long, in one unit, for a column: `4s`, `12m`, `3h`, `9d`. */
export const formatAge = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** Milliseconds until `formatAge` says something else. */
export const untilNextAge = (ms: number): number => {
  const unit = ms < 60_000 ? 1000 : ms < 3_600_000 ? 60_000 : ms < 48 * 3_600_000 ? 3_600_000 : 86_400_000
  return unit - (((ms % unit) + unit) % unit)
}

/** What something cost: `61 ms`, `1.4 s`, `2m 5s`. */
export const formatCost = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)}m ${Math.floor((ms % 60_000) / 1000)}s`
}

/** How often bytes are divided by a thousand until less than `most` are left, and what is left. */
const scale = (bytes: number, most: number): { readonly value: number; readonly unit: number } => {
  let value = bytes
  let unit = 0
  while (value >= most && unit < 4) {
    value /= 1000
    unit += 1
  }
  return { value, unit }
}

/** `712 kB`, `1.2 GB` */
export const formatBytes = (bytes: number): string => {
  const { value, unit } = scale(bytes, 1000)
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`
}

/** `12,431` */
export const formatCount = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

export const plural = (count: number, word: string) => `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`

const two = (value: number) => String(value).padStart(2, '0')

/** Time of day where the reader is: `12:04:51.220`. */
export const formatTime = (at: number): string => {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Bytes in at most five cells: `0`, `712 K`, `38 M`, `1.2 G`. */
export const formatSize = (bytes: number): string => {
  const { value, unit } = scale(bytes, 999.5)
  const number = value >= 9.95 || unit === 0 ? String(Math.round(value)) : value.toFixed(1)
  return unit === 0 ? number : `${number} ${['', 'K', 'M', 'G', 'T'][unit]}`
}

/** Of one core, in at most five cells: `0.2%`, `12%`, `140%`. */
export const formatPercent = (percent: number): string =>
  percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`
