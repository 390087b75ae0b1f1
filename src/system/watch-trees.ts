import type { FSWatcher } from 'chokidar'
import type { FolderWatches, WatcherOptions } from '../engine/ports/watcher.ts'

/** Watches everything below the roots with chokidar, where the system has no watch for one folder alone (all but Linux). */
export const watchTrees = ({ roots, leaveOut, onHint, onLoss, onBlind }: WatcherOptions): FolderWatches => {
  let isClosed = false
  let watcher: FSWatcher | undefined
  const begin = async (): Promise<void> => {
    const { default: chokidar } = await import('chokidar')
    if (isClosed) return
    watcher = chokidar.watch([...roots], {
      ignoreInitial: true,
      // One save is one event or several: the engine holds them together itself, and needs no more delay here.
      atomic: false,
      followSymlinks: false,
      ignorePermissionErrors: true,
      // Without looking, the kind is not known: it is asked again then.
      ignored: (path, stats) => stats !== undefined && leaveOut(toSlashes(path), stats.isDirectory()),
    })
    watcher.on('all', (event, path) => {
      const changed = toSlashes(path)
      onHint(changed.slice(0, Math.max(changed.lastIndexOf('/'), 1)))
      if (event === 'addDir' || event === 'unlinkDir') onHint(changed)
    })
    // What changed before it had come to a folder is not told.
    watcher.on('ready', onLoss)
    watcher.on('error', (error) => {
      if (/^(?:ENOSPC|EMFILE|ENFILE)$/.test((error as NodeJS.ErrnoException).code ?? '')) onBlind('limit')
      onLoss()
    })
  }
  begin().catch(() => onBlind('file-system'))
  return {
    watch: () => !isClosed,
    unwatch: () => {},
    close: () => {
      isClosed = true
      void watcher?.close()
    },
  }
}

const toSlashes = (path: string): string => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path)
