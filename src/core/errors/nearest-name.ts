/** Names that are compared, and characters of one: a hint is a guess, and may not cost more than what it is about. */
const maxNames = 2000
const maxLength = 200

/** Edits (insert, remove, replace, swap of neighbours) that turn `a` into `b`; stops counting above `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
      least = Math.min(least, best)
    }
    if (least > limit) return limit + 1
    before = previous
    previous = row
  }
  return previous[b.length] ?? limit + 1
}

/** The name that was probably meant: close enough for its length, ignoring case; undefined when none is. Something of it must be right. */
export const nearestName = (wrong: string, names: Iterable<string>): string | undefined => {
  if (wrong.length > maxLength) return undefined
  const limit = Math.max(1, Math.floor(wrong.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  let compared = 0
  for (const name of names) {
    compared += 1
    if (compared > maxNames) break
    if (Math.abs(name.length - wrong.length) > limit) continue
    const found = distance(wrong.toLowerCase(), name.toLowerCase(), limit)
    if (found < bestDistance && found < Math.max(wrong.length, name.length) && name !== wrong) {
      best = name
      bestDistance = found
    }
  }
  return best
}
