/** Texts as Docker's command line writes them, which scripts read. */

/** A duration as Docker says it of ages: `3 seconds`, `About a minute`, `2 weeks`. Rule: docker/go-units `HumanDuration`. */
export const toHumanDuration = (ms: number): string => {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.trunc(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.trunc(minutes / 60 + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`
  return `${Math.trunc(hours / 24 / 365)} years`
}

/** `1.99MB`, three digits, units of 1000. Rule: docker/go-units `HumanSizeWithPrecision(size, 3)`. */
export const toHumanSize = (bytes: number): string =>
  toUnits(bytes, { base: 1000, units: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'], digits: 3 })

/** `23.54GiB`, four digits, units of 1024. Rule: docker/go-units `BytesSize`. */
export const toBytesSize = (bytes: number): string =>
  toUnits(bytes, { base: 1024, units: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], digits: 4 })

const toUnits = (
  bytes: number,
  { base, units, digits }: { readonly base: number; readonly units: readonly string[]; readonly digits: number },
): string => {
  let value = bytes
  let at = 0
  while (value >= base && at < units.length - 1) {
    value /= base
    at += 1
  }
  return `${Number(value.toPrecision(digits))}${units[at]}`
}

/** JSON as Go's encoder writes it: `<`, `>` and `&` escaped. */
export const toGoJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')

/** `2026-11-21 01:22:22 +0000 UTC` of seconds since the epoch: Go's own text of a time in UTC. */
export const toGoTime = (seconds: number): string =>
  `${new Date(Math.trunc(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`

/** At most so many characters, the last an ellipsis. Rule: docker/cli `Ellipsis`. */
export const toEllipsis = (text: string, width: number): string => {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}
