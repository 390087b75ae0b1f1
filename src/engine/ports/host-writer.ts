import type { SourceEntry } from './source-files.ts'

/** One path below a root as it shall be; names are byte-safe text. The root itself is the empty path. */
export type HostWrite = {
  readonly path: string
  /** What is there, as it was looked at; absent: nothing. Nothing is done where something else is found. */
  readonly expected?: SourceEntry
  readonly to:
    | { readonly kind: 'gone' | 'directory' }
    | { readonly kind: 'link'; readonly linkTarget: string }
    | {
        readonly kind: 'file'
        readonly executable: boolean
        /** SHA-256 in hex: content that comes otherwise is thrown away. */
        readonly digest: string
        readonly content: AsyncIterable<Uint8Array>
      }
}

export type HostWritten =
  | 'done'
  /** Something else is there than was expected, or the content is another. */
  | 'changed'
  | { readonly refused: string }

/**
 * Writes below a root of this machine and nowhere else: links on the way to the root are followed, none below it is, whoever
 * has put it there and whenever. A file takes its place at once and whole; a folder goes only when it is empty.
 */
export type HostWriter = { write(root: string, change: HostWrite): Promise<HostWritten> }
