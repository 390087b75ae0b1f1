import type { FSWatcher } from 'chokidar'
import type { WatchBatch, Watcher } from '../engine/ports/watcher.ts'
import { watchFolders } from './watch-folders.ts'

// More changes than this at once: events may have been lost in the kernel's queue, so everything is to be compared.
const manyChanges = 500
// How often files are looked at where the machine's limit of watches is used up.
const pollMs = 300

type WatchOptions = Parameters<Watcher['watch']>[1]
type Pending = { add(path: string): void; rescan(): void; next(): Promise<WatchBatch> }
type Watching = { close(): void }

/**
 * Watches with the machine's own notices: on Linux one watch for each folder, elsewhere chokidar. Where the machine's limit
 * of watches is used up, files are looked at again and again.
 */
export const createWatcher = ({
  platform = process.platform,
}: { readonly platform?: NodeJS.Platform } = {}): Watcher => ({
  watch: async function* (roots, options) {
    const pending = createPending(options.signal)
    const watching: Watching[] = []
    const poll = async (): Promise<void> =>
      void watching.push(await watchWithChokidar(roots, { options, pending, usePolling: true }))
    if (platform === 'linux' && process.env['CHOKIDAR_USEPOLLING'] === undefined)
      watching.push(watchByFolder(roots, { options, pending, poll }))
    else watching.push(await watchWithChokidar(roots, { options, pending, usePolling: false }))
    try {
      for (;;) yield await pending.next()
    } catch (error) {
      if (!options.signal.aborted || error !== options.signal.reason) throw error
    } finally {
      for (const entry of watching) entry.close()
    }
  },
})

type Setup = { readonly options: WatchOptions; readonly pending: Pending }

const watchByFolder = (
  roots: readonly string[],
  { options, pending, poll }: Setup & { readonly poll: () => Promise<void> },
): Watching => {
  let isLimited = false
  const folders = watchFolders(roots, {
    ignored: options.ignored,
    onChange: pending.add,
    onLoss: pending.rescan,
    onLimit: () => {
      if (isLimited) return
      isLimited = true
      pending.rescan()
      void poll()
    },
  })
  folders.ready.then(
    () => options.onReady?.(),
    () => pending.rescan(),
  )
  return folders
}

const watchWithChokidar = async (
  roots: readonly string[],
  { options, pending, usePolling }: Setup & { readonly usePolling: boolean },
): Promise<Watching> => {
  const { default: chokidar } = await import('chokidar')
  const watcher: FSWatcher = chokidar.watch([...roots], {
    ignoreInitial: true,
    // One save is one event or several: the engine holds them together itself, and needs no more delay here.
    atomic: false,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => options.ignored(path, stats?.isDirectory() === true),
    ...(usePolling ? { usePolling, interval: pollMs } : {}),
  })
  watcher.on('all', (_event, path) => pending.add(path))
  watcher.on('ready', () => options.onReady?.())
  watcher.on('error', () => pending.rescan())
  return { close: () => void watcher.close() }
}

/** Gathers what changed until somebody takes it. */
const createPending = (signal: AbortSignal): Pending => {
  const paths = new Set<string>()
  let rescan = false
  let wake = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => wake.resolve(), { once: true })
  return {
    add: (path) => {
      paths.add(path)
      wake.resolve()
    },
    rescan: () => {
      rescan = true
      wake.resolve()
    },
    next: async () => {
      signal.throwIfAborted()
      await wake.promise
      signal.throwIfAborted()
      const batch: WatchBatch = { paths: [...paths], rescan: rescan || paths.size > manyChanges }
      paths.clear()
      rescan = false
      wake = Promise.withResolvers<void>()
      return batch
    },
  }
}
