import type { Project } from '../../core/project/project.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import type { HostFiles } from '../../engine/ports/host-files.ts'
import type { Watcher } from '../../engine/ports/watcher.ts'
import type { Session } from '../../engine/session.ts'

/** The files whose edit makes the session load all of them again. */
export type EditWatch = {
  /** Other files from now on: those that the project is made of now, or the ones that make it fail. */
  renew(
    files: readonly string[],
    options: { /** When they began to be read, in milliseconds since the epoch. */ readonly readAt: number },
  ): void
  close(): void
}

/** Every file that the project was made from, but for what came on standard input. */
export const filesOf = ({ context: { files, envFiles, inputs } }: Project): readonly string[] => [
  ...files,
  ...envFiles,
  ...inputs,
]

type EditOptions = {
  readonly watcher: Watcher
  readonly host: Pick<HostFiles, 'stat'>
  readonly files: readonly string[]
  readonly readAt: number
}

/** The times that file systems write lag behind the clock by up to a tick of the kernel. */
const coarseClockMs = 20

/**
 * A session that acts on saved files acts on its stack file, too: an edit of it, or of any file that it was made from, makes the
 * session load all of them again. What is wrong in them then is told, and the session goes on as it was.
 */
export const reloadOnEdit = (session: Session, { watcher, host, files, readAt }: EditOptions): EditWatch => {
  let watched: ReadonlySet<string> = new Set()
  let leaving = new AbortController()
  const follow = async (
    roots: readonly string[],
    { signal, onReady }: { readonly signal: AbortSignal; readonly onReady: () => void },
  ): Promise<void> => {
    for await (const batch of watcher.watch(roots, { ignored: () => false, signal, onReady })) {
      if (batch.rescan || batch.paths.length > 0) session.send({ type: 'reload' })
    }
  }
  // Watching takes a moment to begin: what was saved since it was read is looked for.
  const lookBack = async (added: readonly string[], since: number): Promise<void> => {
    const found = await Promise.all(added.map((file) => host.stat(file).catch(() => undefined)))
    if (found.some((entry) => entry !== undefined && entry.mtimeMs >= since - coarseClockMs))
      session.send({ type: 'reload' })
  }
  const renew: EditWatch['renew'] = (next, { readAt: since }) => {
    const wanted = new Set(next.filter((file) => file !== '-'))
    if (leaving.signal.aborted || (wanted.size === watched.size && [...wanted].every((file) => watched.has(file))))
      return
    const before = leaving
    const added = [...wanted].filter((file) => !watched.has(file))
    leaving = new AbortController()
    watched = wanted
    // The old ones are left when the new ones are watched: an edit between the two is not lost.
    const onReady = (): void => {
      before.abort()
      void lookBack(added, since)
    }
    follow([...wanted], { signal: leaving.signal, onReady }).catch(() => before.abort()) // a file that cannot be watched can be loaded again by key
  }
  renew(files, { readAt })
  return { renew, close: () => leaving.abort() }
}

type Following = {
  readonly watch: () => EditWatch | undefined
  readonly now: () => number
}

/** Loads with `load`, and lets `watch` follow what that read: where it failed, also files that are part of it since the last edit. */
export const loadAndFollow = async (load: () => Promise<Project>, { watch, now }: Following): Promise<Project> => {
  const readAt = now()
  try {
    const project = await load()
    watch()?.renew(filesOf(project), { readAt })
    return project
  } catch (error) {
    if (isStackError(error) && error.files.length > 0) watch()?.renew(error.files, { readAt })
    throw error
  }
}
