import type { FolderWatches, Watcher } from '../engine/ports/watcher.ts'
import { hasBlindMount } from './blind-mounts.ts'
import { createTidyHeap } from './tidy-heap.ts'
import { watchFolders } from './watch-folders.ts'
import { watchTrees } from './watch-trees.ts'

type WatcherWorld = {
  readonly platform?: NodeJS.Platform
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What is mounted, as `/proc/self/mountinfo` tells it. */
  readonly readMounts?: () => string
}

/** Watches with the machine's own notices: on Linux one watch for each folder, elsewhere chokidar. */
export const createWatcher = ({
  platform = process.platform,
  environment = process.env,
  readMounts,
}: WatcherWorld = {}): Watcher => ({
  open: (options) => {
    const heap = createTidyHeap()
    let isOpen = true
    let isBlind = false
    // Never before `open` has returned.
    const onBlind: typeof options.onBlind = (why) => {
      if (isBlind) return
      isBlind = true
      queueMicrotask(() => isOpen && options.onBlind(why))
    }
    const begin = (): FolderWatches => {
      if (isPollingWanted(environment['CHOKIDAR_USEPOLLING'])) {
        onBlind('asked-for')
        return { watch: () => false, unwatch: () => {}, close: () => {} }
      }
      if (platform !== 'linux') return watchTrees({ ...options, onBlind })
      // What this machine itself changes there is told, too, so folders are watched none the less.
      if (hasBlindMount(options, readMounts)) onBlind('file-system')
      const onHint = (folder: string): void => {
        heap.onBusy()
        options.onHint(folder)
      }
      return watchFolders({ ...options, onHint, onBlind })
    }
    const watches = begin()
    return {
      ...watches,
      watch: (folder) => {
        heap.onWatch()
        return watches.watch(folder)
      },
      close: () => {
        isOpen = false
        heap.close()
        watches.close()
      },
    }
  },
})

/** The variable that every tool with chokidar obeys. */
const isPollingWanted = (value = ''): boolean => !/^(?:|0|false)$/i.test(value)
