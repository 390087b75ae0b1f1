/** Tells in which folders something may have changed. A notice is a hint and no more: it may come late, twice, or not at all. */
export type Watcher = {
  open(options: WatcherOptions): FolderWatches
}

export type WatcherOptions = {
  /** Everything that will be watched is one of these, or below one. */
  readonly roots: readonly string[]
  readonly leaveOut: (path: string, isFolder: boolean) => boolean
  /** Something in this folder, or the folder itself, may be another. */
  readonly onHint: (folder: string) => void
  /** Notices may have been lost: everything is to be compared. */
  readonly onLoss: () => void
  /** There are no notices for some or all folders, for the reason given: files have to be looked at again and again. Called once. */
  readonly onBlind: (why: 'limit' | 'file-system' | 'asked-for') => void
}

export type FolderWatches = {
  /**
   * Notices come from now on for what is in this folder, not below it. Called again for another folder of the same name.
   * False where none will come, for the folder is not there, or cannot be read, or for the reason that `onBlind` is told.
   */
  watch(folder: string): boolean
  unwatch(folder: string): void
  close(): void
}
