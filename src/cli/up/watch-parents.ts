import { dirname } from 'node:path'
import type { SourceEntry, SourceFiles } from '../../engine/ports/source-files.ts'
import type { Watcher } from '../../engine/ports/watcher.ts'
import { isSameFolder } from '../../engine/sync/same-entry.ts'
import { followLinks } from './follow-links.ts'

export type ParentWatches = {
  /** Watches the folders that the file is found through as they are now: one that was made anew is another. */
  follow(file: string): void
  close(): void
}

type ParentOptions = {
  readonly watcher: Watcher
  readonly looks: Pick<SourceFiles, 'lookAt'>
  readonly onHint: () => void
  readonly onBlind: () => void
}

/** Files are watched by way of their folders, for editors put another file in their place. */
export const watchParents = (
  files: readonly string[],
  { watcher, looks, onHint, onBlind }: ParentOptions,
): ParentWatches => {
  const roots = new Set(files.flatMap((file) => followLinks(looks, file).folders))
  const named = new Set(files)
  const watches = watcher.open({
    roots: [...roots],
    // A watch that sees all that is below its roots is kept from doing so.
    leaveOut: (path, isFolder) => (isFolder ? !roots.has(path) : !named.has(path)),
    onHint,
    onLoss: onHint,
    onBlind,
  })
  const watched = new Map<string, SourceEntry>()
  const watch = (folder: string): void => {
    const { entry } = followLinks(looks, folder)
    if (entry === undefined) {
      watched.delete(folder)
      // Where it is not, the nearest folder above it tells that it comes.
      if (dirname(folder) !== folder) watch(dirname(folder))
      return
    }
    const known = watched.get(folder)
    if ((known === undefined || !isSameFolder(known, entry)) && watches.watch(folder)) watched.set(folder, entry)
  }
  return {
    follow: (file) => {
      for (const folder of followLinks(looks, file).folders) watch(folder)
    },
    close: watches.close,
  }
}
