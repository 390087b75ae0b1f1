/** What the engine room needs of the host's files. */
export type HostFiles = {
  /** Of what was listed as a file; what has become a link since is not read unless links may be followed. */
  read(path: string, options?: { readonly followLinks?: boolean }): Promise<Uint8Array>
  /** Files and links below `path` (or itself), without what `ignored` prunes; folders that cannot be read are told and left out. */
  list(
    path: string,
    ignored: (path: string, isDirectory: boolean) => boolean,
    onUnreadable?: (folder: string) => void,
  ): Promise<readonly HostEntry[]>
  stat(path: string): Promise<HostEntry | undefined>
  /** The path without links; undefined when nothing is there. */
  realpath(path: string): Promise<string | undefined>
  /** Makes a folder, and those above it, where there is nothing at all. */
  makeFolder(path: string): Promise<'there' | 'made' | 'refused'>
}

export type HostEntry = {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly size: number
  readonly mtimeMs: number
  readonly linkTarget?: string
}
