import type { BackRule } from '../../../core/project/back-rules.ts'
import type { SourceEntry } from '../../ports/source-files.ts'
import type { FolderWatches, Watcher } from '../../ports/watcher.ts'
import { parentOf, pathBelow, relativeTo } from '../paths.ts'
import type { BackPaths } from './back-paths.ts'

/** Says that files of a rule on this machine may have changed. What it misses is found at the next look. */
export type HostHints = {
  /** The folders that there are now. */
  follow(entries: ReadonlyMap<string, SourceEntry>): void
  close(): void
}

export type HintOptions = { readonly rule: BackRule; readonly paths: BackPaths; readonly onHint: () => void }

/** For the rules that bring something to the container; what comes from it alone waits for nothing here. */
export const createHostHints = (watcher: Watcher, { rule, paths, onHint }: HintOptions): HostHints => {
  let watches: FolderWatches | undefined
  let watched = new Set<string>()
  let root: string | undefined
  const open = (folder: string): FolderWatches =>
    watcher.open({
      roots: [folder],
      leaveOut: (path, isFolder) => {
        const relative = relativeTo(rule.path, path)
        return relative === undefined ? relativeTo(path, rule.path) === undefined : !paths.carries(relative, isFolder)
      },
      onHint,
      onLoss: onHint,
      // It is looked at again and again in any case.
      onBlind: () => undefined,
    })
  return {
    follow: (entries) => {
      const self = entries.get('')
      if (self === undefined || rule.direction === 'from') return
      const folders = [...entries].flatMap(([path, { kind }]) =>
        kind === 'directory' ? [pathBelow(rule.path, path)] : [],
      )
      const now = new Set(self.kind === 'directory' ? folders : [parentOf(rule.path)])
      const [first] = now
      if (first === undefined) return
      if (root !== first) {
        watches?.close()
        watched = new Set()
        watches = open(first)
        root = first
      }
      for (const folder of watched) if (!now.has(folder)) watches?.unwatch(folder)
      for (const folder of now) if (!watched.has(folder)) watches?.watch(folder)
      watched = now
    },
    close: () => {
      watches?.close()
      watches = undefined
      watched = new Set()
      root = undefined
    },
  }
}
