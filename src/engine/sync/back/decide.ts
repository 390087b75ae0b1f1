import { type Agreed, type Found, isSame, type Kept } from './side.ts'

export type Direction = 'from' | 'both'

export type ConflictReason =
  /** Both sides have it, it differs, and it is not known that they ever were the same. */
  | 'never-agreed'
  | 'both-changed'
  /** It comes from the container alone, and was changed here. */
  | 'host-changed'

/** What is to be done about one path, by what is known of it alone. `to` absent: it goes. */
export type Decision =
  | { readonly kind: 'same'; readonly entry: Kept }
  | { readonly kind: 'to-host'; readonly to?: Kept }
  | { readonly kind: 'to-container'; readonly to?: Kept }
  | { readonly kind: 'conflict'; readonly why: ConflictReason }
  /** Nothing is done about it, nor about anything below it. */
  | { readonly kind: 'hold' }
  /** Nothing is done. */
  | { readonly kind: 'rest' }
  /** Nothing is done, and no agreement is left. */
  | { readonly kind: 'forget' }

export type States = {
  readonly host?: Found | undefined
  readonly container?: Found | undefined
  readonly base?: Agreed | undefined
}

/**
 * Safe in both ways: a change of one side goes to the other, the same change of both is none, and where a content would be
 * lost that one side alone has, nothing is done. A deletion gives way to a change, for a content can be deleted again.
 */
export const decide = ({ host, container, base }: States, direction: Direction): Decision => {
  if (host?.kind === 'unknown' || container?.kind === 'unknown') return { kind: 'hold' }
  if (host === undefined && container === undefined) return { kind: base === undefined ? 'rest' : 'forget' }
  if (host === undefined) return decideWithoutHost(container!, base, direction)
  if (container === undefined) return decideWithoutContainer(host, base, direction)
  if (isSame(host, container)) return { kind: 'same', entry: host }
  return base === undefined
    ? decideFirstMeeting(host, container, direction)
    : decideDifference({ host, container, base }, direction)
}

/** What comes from the container alone comes again; that is the way to get it back, and out of a conflict. */
const decideWithoutHost = (container: Kept, base: Agreed | undefined, direction: Direction): Decision =>
  base !== undefined && direction === 'both' && isSame(base.entry, container)
    ? { kind: 'to-container' }
    : { kind: 'to-host', to: container }

const decideWithoutContainer = (host: Kept, base: Agreed | undefined, direction: Direction): Decision => {
  if (base?.isHere === true && isSame(base.entry, host)) return { kind: 'to-host' }
  if (direction === 'both') return { kind: 'to-container', to: host }
  // A container that was made a moment ago may yet write it.
  return { kind: base?.isHere === true ? 'forget' : 'rest' }
}

/** Whether a file can be run is no content: nothing is lost with it. */
const decideFirstMeeting = (host: Kept, container: Kept, direction: Direction): Decision => {
  if (host.kind !== 'file' || container.kind !== 'file' || host.digest !== container.digest)
    return { kind: 'conflict', why: 'never-agreed' }
  return direction === 'from' ? { kind: 'to-host', to: container } : { kind: 'to-container', to: host }
}

type Known = { readonly host: Kept; readonly container: Kept & { readonly isFresh?: boolean }; readonly base: Agreed }

const decideDifference = ({ host, container, base }: Known, direction: Direction): Decision => {
  // Of a new container, what its image or a volume brought is no change: only what it has written itself is.
  const isBrought = !base.isHere && container.isFresh !== true
  const isOld = isBrought && container.kind === 'file' && base.earlier.includes(container.digest)
  if (isSame(host, base.entry)) {
    if (isOld) return direction === 'both' ? { kind: 'to-container', to: host } : { kind: 'rest' }
    return direction === 'from' || !isBrought
      ? { kind: 'to-host', to: container }
      : { kind: 'conflict', why: 'both-changed' }
  }
  const isUnchanged = isSame(container, base.entry) || isOld
  if (direction === 'from') return { kind: 'conflict', why: isUnchanged ? 'host-changed' : 'both-changed' }
  return isUnchanged ? { kind: 'to-container', to: host } : { kind: 'conflict', why: 'both-changed' }
}
