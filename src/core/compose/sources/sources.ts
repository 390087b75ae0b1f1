/** Why a file cannot be read. `special`: a device or a socket. `silent`: a pipe into which nobody writes. */
export type ReadFault = 'missing' | 'directory' | 'unreadable' | 'too-large' | 'special' | 'silent' | 'not-text' | 'nul'

export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false
      readonly fault: ReadFault
      readonly detail: string
      readonly line?: number
      readonly column?: number
    }

export type FetchResult =
  | { readonly ok: true; readonly directory: string }
  | { readonly ok: false; readonly detail: string }

/**
 * What loading needs from the machine, synchronously. Paths are absolute. `read` takes `-` for the standard input, reads
 * regular files and pipes only, and neither runs nor fetches anything; `fetchGit` is called for git URLs in stack files alone.
 */
export type Sources = {
  readonly read: (path: string) => ReadResult
  readonly kindOf: (path: string) => 'file' | 'directory' | 'other' | undefined
  /** The text of what can be read only once, if it was: standard input and pipes. */
  readonly kept?: (path: string) => string | undefined
  /** The path with every symbolic link followed; the path itself when there is nothing. */
  readonly realpath: (path: string) => string
  readonly home: string | undefined
  /** A checkout of the repository at `url` and `ref`; made once for each pair. */
  readonly fetchGit: (url: string, ref: string | undefined) => FetchResult
}

/** What to say about a file that cannot be read. */
export const faultMessage = (path: string, fault: ReadFault, detail: string): { message: string; hint?: string } => {
  switch (fault) {
    case 'missing':
      return { message: `There is no file ${path}.` }
    case 'directory':
      return { message: `${path} is a directory, and a file belongs here.` }
    case 'unreadable':
      return { message: `${path} cannot be read: ${detail}.` }
    case 'too-large':
      return { message: `${path} is too large: ${detail}.` }
    case 'special':
      return { message: `${path} is no regular file.`, hint: 'Devices and sockets are not read.' }
    case 'silent':
      return { message: `Nobody writes into the pipe ${path}.`, hint: 'Start what writes into it first.' }
    case 'not-text':
      return { message: `${path} is no UTF-8 text: ${detail}.`, hint: 'Save it as UTF-8.' }
    case 'nul':
      return { message: `${path} holds a NUL byte: ${detail}.`, hint: 'Is it a binary file?' }
  }
}
