export type WatchBatch = {
  readonly paths: readonly string[]
  /** Events were lost or too many: compare everything. */ readonly rescan: boolean
}

export type Watcher = {
  /** Watches files and folders below `roots`; `ignored` prunes folders before they are watched. Ends by the signal. */
  watch(
    roots: readonly string[],
    options: {
      readonly ignored: (path: string, isDirectory: boolean) => boolean
      readonly signal: AbortSignal
      readonly onReady?: () => void
    },
  ): AsyncIterable<WatchBatch>
}
