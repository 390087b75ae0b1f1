import type { Project } from '../../core/project/project.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { SourceFiles } from '../../engine/ports/source-files.ts'
import type { Watcher } from '../../engine/ports/watcher.ts'
import type { Session } from '../../engine/session.ts'
import { followLinks, toLook } from './follow-links.ts'
import { type ParentWatches, watchParents } from './watch-parents.ts'

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
  readonly looks: Pick<SourceFiles, 'lookAt'>
  readonly clock: Pick<Clock, 'sleep'>
  readonly files: readonly string[]
  readonly readAt: number
}

/** The times that file systems write lag behind the clock by up to a tick of the kernel. */
const coarseClockMs = 20
// Files that are saved together are loaded together: they are compared after this much quiet, or after so many times as much.
const holdMs = 20
const holds = 10
// Notices may be lost, and none comes when a folder further up is exchanged: the files are few, and looked at now and then.
const calmMs = 5_000
const blindMs = 500

/**
 * A session that acts on saved files acts on its stack file, too: an edit of it, or of any file that it was made from, makes the
 * session load all of them again. What is wrong in them then is told, and the session goes on as it was.
 */
export const reloadOnEdit = (
  session: Pick<Session, 'send'>,
  { watcher, looks, clock, files, readAt }: EditOptions,
): EditWatch => {
  const seen = new Map<string, string>()
  let watches: ParentWatches | undefined
  const rounds = createRounds(clock, () => {
    let isEdited = false
    for (const [file, before] of seen) {
      watches?.follow(file)
      const look = toLook(followLinks(looks, file).entry)
      isEdited ||= look !== before
      seen.set(file, look)
    }
    if (isEdited) session.send({ type: 'reload' })
  })
  const renew: EditWatch['renew'] = (next, { readAt: since }) => {
    const wanted = new Set(next.filter((file) => file !== '-'))
    if (rounds.isOver() || (wanted.size === seen.size && [...wanted].every((file) => seen.has(file)))) return
    const before = watches
    const onBlind = (): void => rounds.every(blindMs)
    watches = watchParents([...wanted], { watcher, looks, onHint: rounds.soon, onBlind })
    for (const file of seen.keys()) if (!wanted.has(file)) seen.delete(file)
    let isEdited = false
    for (const file of wanted) {
      watches.follow(file)
      if (seen.has(file)) continue
      const { entry } = followLinks(looks, file)
      seen.set(file, toLook(entry))
      // What was saved since it was read, and before it was watched.
      isEdited ||= entry !== undefined && Math.max(entry.mtimeMs, entry.ctimeMs) >= since - coarseClockMs
    }
    // The old ones are left when the new ones are watched: an edit between the two is not lost.
    before?.close()
    if (isEdited) session.send({ type: 'reload' })
  }
  renew(files, { readAt })
  rounds.every(calmMs)
  return {
    renew,
    close: () => {
      rounds.end()
      watches?.close()
    },
  }
}

type Rounds = {
  /** When it has been quiet for a moment. */
  soon(): void
  every(ms: number): void
  isOver(): boolean
  end(): void
}

/** When the files are compared. */
const createRounds = (clock: Pick<Clock, 'sleep'>, compare: () => void): Rounds => {
  const ending = new AbortController()
  const { signal } = ending
  const intervals = new Set<number>()
  let hints = 0
  let isHolding = false
  const hold = async (): Promise<void> => {
    isHolding = true
    for (let count = 0, before = 0; count < holds && before !== hints; count += 1) {
      before = hints
      await clock.sleep(holdMs, { signal })
    }
    isHolding = false
    compare()
  }
  const repeat = async (ms: number): Promise<void> => {
    for (;;) {
      await clock.sleep(ms, { signal })
      compare()
    }
  }
  const begin = (work: Promise<void>): void =>
    void work.catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  return {
    soon: () => {
      hints += 1
      if (!isHolding) begin(hold())
    },
    every: (ms) => {
      if (!intervals.has(ms)) begin(repeat(ms))
      intervals.add(ms)
    },
    isOver: () => signal.aborted,
    end: () => ending.abort(),
  }
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
