import type { Place, SourceText } from './node.ts'

/** Places beyond this many are not looked at: whoever has a thousand problems is not bothered by one that follows from another. */
const maxPlaces = 1000

/**
 * What the problems so far have made unsure. A load goes on after a problem to find the others, and what only follows from
 * one that was told is noise: a second word about the same value, or a name that is missing because its section was unreadable.
 */
export type Damage = {
  readonly add: (place: Place | undefined, path: string | undefined) => void
  /** Something was meant to be at this path, and is not there because of a problem; `undefined`: anything could have been. */
  readonly lose: (path: string | undefined) => void
  /** A name that stands at a wrong place, and so is missing at its right one. */
  readonly misplace: (name: string) => void
  /** What comes now is compared with the problems before it, and not with its equals. */
  readonly nextStage: () => void
  readonly touches: (place: Place) => boolean
  /** Whether what is not at a path may be missing because of a problem. */
  readonly hides: (path: readonly (string | number)[]) => boolean
}

type Spot = { readonly start: number; readonly end: number; readonly stage: number }

export const createDamage = (): Damage => {
  const spots = new Map<SourceText, Spot[]>()
  const lost = new Set<string>()
  const misplaced = new Set<string>()
  let isAnywhere = false
  let stage = 0
  const lose = (path: string | undefined): void => {
    // What a file holds that could not be read or included is anybody's guess.
    if (path === undefined || path === '' || path.startsWith('include')) isAnywhere = true
    else lost.add(path)
  }
  return {
    add: (place, path) => {
      lose(path)
      if (place === undefined) return
      const inSource = spots.get(place.source) ?? []
      spots.set(place.source, inSource)
      if (inSource.length < maxPlaces) inSource.push({ start: place.start, end: place.end, stage })
    },
    lose,
    misplace: (name) => misplaced.add(name),
    nextStage: () => {
      stage += 1
    },
    touches: ({ source, start, end }) =>
      spots
        .get(source)
        ?.some(
          (spot) =>
            spot.stage < stage && start < Math.max(spot.end, spot.start + 1) && spot.start < Math.max(end, start + 1),
        ) ?? false,
    hides: (path) => {
      if (isAnywhere) return true
      if (lost.size === 0) return false
      if (misplaced.has(String(path.at(-1)))) return true
      for (let length = path.length; length > 0; length -= 1) {
        const above = path.slice(0, length)
        if (lost.has(above.join('.')) || lost.has([...above.slice(0, -1), '*'].join('.'))) return true
      }
      return false
    },
  }
}
