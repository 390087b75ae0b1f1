import type { Entry, Node, Place } from '../tree/node.ts'

/**
 * `<<`: takes over what the mapping does not have itself. Of several sources the first one wins. What `!reset` takes out here is
 * out of the earlier layers, not of the source: the reference reads it so. True when something taken
 * over is marked by `!reset` or `!override`, undefined when `value` can be no source.
 */
export const mergeInto = (
  entries: Map<string, Entry>,
  value: Node,
  { resets }: { readonly resets: Map<string, Place> },
): boolean | undefined => {
  if (value.kind === 'scalar') return undefined
  if (value.kind === 'seq') {
    let marked = false
    for (const item of value.items) {
      const found = item.kind === 'map' ? mergeInto(entries, item, { resets }) : undefined
      if (found === undefined) return undefined
      marked ||= found
    }
    return marked
  }
  for (const [key, entry] of value.entries) if (!entries.has(key)) entries.set(key, entry)
  for (const [key, place] of value.resets ?? []) if (!entries.has(key) && !resets.has(key)) resets.set(key, place)
  return value.marked === true
}
