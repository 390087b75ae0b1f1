import type { SourceEntry } from '../ports/source-files.ts'

/** One path of a container as it shall be. */
export type Put = {
  /** Below the root of its frame; empty for the root itself. */
  readonly path: string
  readonly entry: SourceEntry
  /** There is a folder in its place, as far as is known, where it is none. */
  readonly replacesFolder?: boolean
  /** Of a file: read once for all containers that get it. */
  readonly content?: Uint8Array
  /** Of a file that is too big to be held: `size` bytes, whatever becomes of the file meanwhile. */
  readonly stream?: { readonly size: number; readonly open: () => AsyncIterable<Uint8Array> }
}

/** What is brought to one container at once. Removals go first; then what is put, folders before what is in them. */
export type Frame = {
  /** The target of the rule: an absolute path of the container. Links above it, and itself, are followed; below it none is. */
  readonly root: string
  /** Topmost paths below the root that shall be gone, whatever they are there. */
  readonly remove: readonly string[]
  /** A thing of another kind that is in the way is removed. A folder that is there stays with what is in it. */
  readonly put: readonly Put[]
}

/** A path that could not be brought to what it shall be, and why, in words that may be shown. */
export type Refused = {
  readonly path: string
  readonly why: string
  /** The container has nothing that could do it: trying again is of no use. */
  readonly isFinal: boolean
}

/** What a path of a container is now. Times in whole seconds since the epoch. */
export type Seen = {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  readonly size: number
  readonly mtime: number
  readonly linkTarget?: string
}

/**
 * The files of one container that runs. Calls may be made beside each other; they are carried out one after the other. All
 * reject with `engine/not-found` when the container is gone, and with whatever cut the connection; what was asked for may
 * then have been done in part.
 */
export type ContainerFiles = {
  /** Opens what the first call would otherwise have to wait for. */
  warmUp(): void
  /** Resolves when every entry was tried, with those that were refused; all others are in the container as asked. */
  apply(frame: Frame): Promise<readonly Refused[]>
  /** What is there now of these paths below a root; a path that is not there is not in the answer. Undefined: it cannot be told. */
  look(root: string, paths: readonly string[]): Promise<ReadonlyMap<string, Seen> | undefined>
  /** SHA-256 in hex of these files; what cannot be read is not in the answer. */
  digests(root: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What cannot be done in this container, for these roots, before anything is asked of it. Undefined: it does not run. */
  limits(roots: readonly string[]): Promise<ContainerLimits | undefined>
  close(): void
}

export type ContainerLimits = {
  /** Nothing can be deleted, for there is no shell, or none of its tools. */
  readonly keepsDeleted: boolean
  /** Tools for want of which the engine puts the files. */
  readonly missing: readonly string[]
  /** Those of the roots that are no place like others. */
  readonly places: ReadonlyMap<string, PlaceLimit>
}

/** `in-memory`: every start empties it. `unreachable`: in memory, where only the container's own tools get, which it has not. */
export type PlaceLimit = {
  readonly kind: 'read-only' | 'in-memory' | 'unreachable'
  /** Where what it is on is mounted: `/` for the container's own files. */
  readonly mount: string
}
