/** The order of keys of the YAML writer that the reference uses: letters after everything else, digits by their number. */
export const compareNaturally = (a: string, b: string): number => {
  const left = [...a]
  const right = [...b]
  let digits = false
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    const one = left[i]!
    const two = right[i]!
    if (one === two) {
      digits = isDigit(one)
      continue
    }
    if (isLetter(one) && isLetter(two)) return one < two ? -1 : 1
    if (isLetter(one) !== isLetter(two)) return digits ? (isLetter(one) ? 1 : -1) : isLetter(one) ? 1 : -1
    return compareDigits(left, right, i) || (one < two ? -1 : 1)
  }
  return left.length - right.length
}

/** The same data with the keys of every mapping in the order in which the reference's writer puts them. */
export const sortKeysNaturally = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeysNaturally)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const record = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(record)
      .sort(compareNaturally)
      .map((key) => [key, sortKeysNaturally(record[key])]),
  )
}

const compareDigits = (left: readonly string[], right: readonly string[], at: number): number => {
  let start = at
  if (left[at] === '0' || right[at] === '0') {
    while (start > 0 && isDigit(left[start - 1]!)) start -= 1
  }
  const [sizeLeft, endLeft] = readDigits(left, start)
  const [sizeRight, endRight] = readDigits(right, start)
  if (sizeLeft !== sizeRight) return sizeLeft < sizeRight ? -1 : 1
  return endLeft - endRight
}

const readDigits = (chars: readonly string[], from: number): [number, number] => {
  let at = from
  let size = 0
  while (at < chars.length && isDigit(chars[at]!)) {
    size = size * 10 + Number(chars[at])
    at += 1
  }
  return [size, at]
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9'
const isLetter = (char: string): boolean => /\p{L}/u.test(char)
