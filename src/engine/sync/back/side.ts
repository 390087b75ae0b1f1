/** What a path is, as far as both sides can be the same: of modes, only whether a file can be run. */
export type Kept =
  | { readonly kind: 'file'; /** SHA-256 in hex. */ readonly digest: string; readonly executable: boolean }
  | { readonly kind: 'directory' }
  | { readonly kind: 'link'; readonly linkTarget: string }

/** What was found at a path: `unknown` is something of which nothing is to be done, and nothing below it. */
export type Found =
  | (Kept & {
      /** Of a file in a container: whether it was written since the container was started. */ readonly isFresh?: boolean
    })
  | { readonly kind: 'unknown' }

/** One side by paths below the root; the root itself is the empty path. What is not there is not in it. */
export type Side = ReadonlyMap<string, Found>

/** What both sides had at a path when they were last the same. */
export type Agreed = {
  readonly entry: Kept
  /** Whether this container has had it; false for what was agreed upon with one before it. */
  readonly isHere: boolean
  /** Digests of what both had before that: finding one of them again in a new container is no change of anybody's. */
  readonly earlier: readonly string[]
}

export type Base = ReadonlyMap<string, Agreed>

export const isSame = (one: Found, other: Found): boolean => {
  switch (one.kind) {
    case 'file':
      return other.kind === 'file' && one.digest === other.digest && one.executable === other.executable
    case 'link':
      return other.kind === 'link' && one.linkTarget === other.linkTarget
    case 'directory':
      return other.kind === 'directory'
    case 'unknown':
      return false
  }
}

const maxEarlier = 8

/** What is known of a path once both sides have the same there. */
export const agree = (before: Agreed | undefined, entry: Kept): Agreed => {
  const last = before?.entry.kind === 'file' ? [before.entry.digest] : []
  const now = entry.kind === 'file' ? entry.digest : undefined
  const earlier = [...new Set([...last, ...(before?.earlier ?? [])])].filter((digest) => digest !== now)
  return { entry: toKept(entry), isHere: true, earlier: earlier.slice(0, maxEarlier) }
}

const toKept = (entry: Kept): Kept => {
  switch (entry.kind) {
    case 'file':
      return { kind: 'file', digest: entry.digest, executable: entry.executable }
    case 'link':
      return { kind: 'link', linkTarget: entry.linkTarget }
    case 'directory':
      return { kind: 'directory' }
  }
}

/** The same base for a container that has had nothing of it yet. */
export const leaveContainer = (base: Base): Map<string, Agreed> =>
  new Map([...base].map(([path, agreed]) => [path, { ...agreed, isHere: false }]))
