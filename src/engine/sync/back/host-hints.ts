import type { BackRule } from '../../../core/project/back-rules.ts'
import type { SourceEntry } from '../../ports/source-files.ts'
import type { FolderWatches, Watcher } from '../../ports/watcher.ts'
import { parentOf, pathBelow, relativeTo } from '../paths.ts'
import { isSameFolder } from '../same-entry.ts'
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
  let watched = new Map<string, SourceEntry | undefined>()
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
      const folders = [...entries].flatMap(([path, entry]) =>
        entry.kind === 'directory' ? [[pathBelow(rule.path, path), entry] as const] : [],
      )
      const now = new Map<string, SourceEntry | undefined>(
        self.kind === 'directory' ? folders : [[parentOf(rule.path), undefined]],
      )
      const [first] = now.keys()
      if (first === undefined) return
      if (root !== first) {
        watches?.close()
        watched = new Map()
        watches = open(first)
        root = first
      }
      for (const folder of watched.keys()) if (!now.has(folder)) watches?.unwatch(folder)
      for (const [folder, entry] of now) {
        const known = watched.get(folder)
        const isSame = entry === undefined || known === undefined || isSameFolder(known, entry)
        if (!watched.has(folder) || !isSame) watches?.watch(folder)
      }
      watched = now
    },
    close: () => {
      watches?.close()
      watches = undefined
      watched = new Map()
      root = undefined
    },
  }
}
