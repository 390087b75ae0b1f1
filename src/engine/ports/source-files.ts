/**
 * The files of this machine as a watch looks at them: at once and without waiting, for ten thousand looks one after the
 * other take a tenth of the time that ten thousand promises take. Names are text; bytes that are not UTF-8 stand as lone
 * surrogates (`wire/byte-names`), so that every name there is can be told from every other and be written again.
 */
export type SourceFiles = {
  /** What is at a path, which may be a link. */
  lookAt(path: string): SourceEntry | Absent
  /** What is in a folder, links not followed: not one that is a link itself. `leaveOut` is asked before anything is looked at. */
  lookInto(folder: string, leaveOut: (name: string, isFolder: boolean) => boolean): FolderLook | Absent
  /** The names that are in a folder, and no more: a look at each takes most of the time. */
  list(folder: string, leaveOut: (name: string, isFolder: boolean) => boolean): FolderNames | Absent
  /** A file's content; never through a link in its last part. What it was like just after it was read comes along. */
  read(path: string): { readonly content: Uint8Array; readonly entry: SourceEntry } | Absent
  /** For what is too big to be held: pieces, until the end or until `size` bytes. Rejects when it cannot be read. */
  stream(path: string, size: number): AsyncIterable<Uint8Array>
  /** SHA-256 of a content, in hex. */
  hash(content: Uint8Array): string
  /** The same of a file that is too big to be held. Resolves with undefined for what cannot be read. */
  digest(path: string): Promise<string | undefined>
  /** Of these files, those that some process has open for writing; undefined where the machine does not tell. */
  findOpen(paths: readonly string[]): ReadonlySet<string> | undefined
}

/** A file that is not there, or one that is there and not to be read. */
export type Absent = { readonly kind: 'gone' } | { readonly kind: 'unreadable'; readonly why: string }

/** One look at one thing. Sockets, pipes and devices count as gone: they are not for copying. Never changed: another look makes another. */
export type SourceEntry = {
  readonly kind: 'file' | 'directory' | 'link'
  /** Permission, set-id and sticky bits. */
  readonly mode: number
  readonly size: number
  /** Milliseconds since the epoch, with all the fraction that a number holds: a quarter of a microsecond. */
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly inode: number
  /** Of a folder: when it was made, where the file system knows. A new one often has the inode of one that has just gone. */
  readonly bornMs?: number
  /** Names that the file has. */
  readonly links: number
  readonly linkTarget?: string
}

export type FolderNames = {
  readonly kind: 'names'
  readonly folders: readonly string[]
  /** Files and links. */
  readonly others: readonly string[]
}

export type FolderLook = {
  readonly kind: 'folder'
  readonly self: SourceEntry
  readonly entries: ReadonlyMap<string, SourceEntry>
  /** Names that are there, and are not to be looked at: nothing is known of them. */
  readonly unreadable: readonly string[]
}
