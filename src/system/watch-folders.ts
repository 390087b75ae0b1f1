import { type FSWatcher, readFileSync, watch } from 'node:fs'
import type { FolderWatches, WatcherOptions } from '../engine/ports/watcher.ts'
import { isByteName, toNameBytes } from '../wire/byte-names.ts'

type FolderWatchOptions = Pick<WatcherOptions, 'onHint' | 'onLoss'> & {
  readonly onBlind: (why: 'limit' | 'file-system') => void
}

/** One watch for each folder that is asked for (Linux): nothing is looked at here, and what comes below is the asker's matter. */
export const watchFolders = ({ onHint, onLoss, onBlind }: FolderWatchOptions): FolderWatches => {
  const watchers = new Map<string, FSWatcher>()
  const count = createOverflowGuess(onLoss)
  let isClosed = false

  const open = (folder: string): FSWatcher | undefined => {
    try {
      const path = isByteName(folder) ? Buffer.from(toNameBytes(folder)) : folder
      const watcher = watch(path, (_event, name) => {
        count()
        if (name === null) onLoss()
        else onHint(folder)
      })
      watcher.on('error', () => {
        watcher.close()
        if (watchers.get(folder) === watcher) watchers.delete(folder)
        onLoss()
      })
      return watcher
    } catch (error) {
      const why = toBlindness((error as NodeJS.ErrnoException).code ?? '')
      if (why !== undefined) onBlind(why)
      return undefined
    }
  }
  return {
    watch: (folder) => {
      if (isClosed) return false
      // The new one first: the same folder is never without, and another folder of the same name has its own.
      const next = open(folder)
      watchers.get(folder)?.close()
      if (next === undefined) watchers.delete(folder)
      else watchers.set(folder, next)
      return next !== undefined
    },
    unwatch: (folder) => {
      watchers.get(folder)?.close()
      watchers.delete(folder)
    },
    close: () => {
      isClosed = true
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** Undefined for a folder that is not there or cannot be read: looking into it tells. */
const toBlindness = (code: string): 'limit' | 'file-system' | undefined => {
  if (/^(?:ENOSPC|EMFILE|ENFILE|ENOMEM)$/.test(code)) return 'limit'
  return /^(?:ENOENT|ENOTDIR|ELOOP|ENAMETOOLONG|EACCES|EPERM)$/.test(code) ? undefined : 'file-system'
}

/**
 * The kernel drops notices when its queue is full, and Node does not pass on that it did. A full queue is emptied in one
 * turn of the event loop, so as many notices as half of one in a single turn mean that more may have been dropped: the
 * other half may have been those of folders that are not watched any more.
 */
const createOverflowGuess = (onLoss: () => void): (() => void) => {
  const many = readQueueSize() / 2
  let notices = 0
  return () => {
    notices += 1
    if (notices > 1) return
    setImmediate(() => {
      const isFull = notices >= many
      notices = 0
      if (isFull) onLoss()
    })
  }
}

const readQueueSize = (): number => {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) || defaultQueueSize
  } catch {
    return defaultQueueSize
  }
}

const defaultQueueSize = 16_384
