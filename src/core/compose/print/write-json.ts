/** Plain data as JSON in the style of `docker compose config`: two spaces, or none as in its hashes; `<`, `>` and `&` escaped, as Go does. */
export const writeJson = (value: unknown, indent = 2): string =>
  JSON.stringify(value, toJsonValue, indent).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Dates without a fraction of zero. They reach here as text already. */
const toJsonValue = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/.test(value)
    ? value.replace('.000Z', 'Z')
    : value

/** The same data with sorted keys in every mapping. */
export const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const record = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sortKeys(record[key])]),
  )
}
