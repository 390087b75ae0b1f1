import { StackError } from '../../core/errors/stack-error.ts'
import type { SessionDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import type { FolderWatches } from '../ports/watcher.ts'
import { toProblem } from '../to-problem.ts'
import { createAlarm } from './alarm.ts'
import { createPatrol } from './patrol.ts'
import { createSourceTree, type SourceTree } from './source-tree.ts'

/** The sources as they are, kept true by notices, and by looking where none came. */
export type SourceWatch = {
  readonly tree: SourceTree
  /** Looks at everything for the first time. Tells when nothing is missed any more. */
  load(onWatched: () => void): Promise<void>
  /**
   * Calls back whenever something may be another, with the time at which the first of it was noticed, and again at the time that
   * it answers with. Ends by the signal.
   */
  run(onChange: OnChange): Promise<void>
  /** Calls back at this time, or at once. */
  readonly wakeAt: (time: number) => void
  close(): void
}

/** `isEarly`: at the first notice after a calm; more may belong to it, and another call follows in a moment. */
export type OnChange = (since: number, options: { readonly isEarly: boolean }) => number | undefined

type SourceWatchDeps = Pick<SessionDeps, 'clock' | 'sources' | 'watcher'> & {
  readonly emit: Emit
  readonly onUnreadable: (path: string, why: string) => void
}
type SourceWatchOptions = {
  readonly roots: readonly string[]
  readonly leaveOut: (path: string, isFolder: boolean) => boolean
  /** Whether somebody rewrites everything, or did a moment ago. */
  readonly isRewritten: () => boolean
  /** Resolves when nobody does; whether somebody did. Calls back again and again as long as somebody does. */
  readonly settled: (meanwhile: () => Promise<void>) => Promise<boolean>
  readonly signal: AbortSignal
}

// One save is several events within a few milliseconds.
const quietMs = 6
// The first look after a calm: by then most writers have closed their file.
const earlyMs = 1
const calmMs = 60
// A save is a few notices.
const earlyHints = 20
// Whoever goes on writing is followed in steps.
const burstMs = 50
// So many notices may have filled the kernel's queue, which loses the rest without a word: everything is looked at a moment later.
const manyHints = 1000
const secondLookMs = 3000
// While everything is rewritten, what is done is looked at in pieces.
const meanwhileMs = 30
const beatMs = 1000
// A machine that slept, or a process that was stopped, has missed what happened meanwhile.
const lateMs = 2000
const foldersMs = 30_000
const patrolMs = 5000
// Looking costs less than a thousandth of a processor, and a tenth where there are no notices.
const patrolBudgetMs = 1
const foldersShare = 2000
const sharedFolders = 20
const pollMs = 300
const pollShare = 10

// oxlint-disable-next-line max-lines-per-function -- what was noticed, and the two loops that share it
export const createSourceWatch = (deps: SourceWatchDeps, options: SourceWatchOptions): SourceWatch => {
  const { clock, sources, watcher, emit, onUnreadable } = deps
  const { roots, leaveOut, isRewritten, settled, signal } = options
  const alarm = createAlarm(clock, signal)
  let noticedAt: number | undefined
  let lastHintAt = 0
  let lastLookAt = 0
  let hints = 0
  /** How long the last look took. */
  let cost = 0
  let isSuspect = false
  let secondLookAt = Number.POSITIVE_INFINITY
  let isBlind = false
  const hint = (folder: string): void => {
    tree.hint(folder)
    hints += 1
    lastHintAt = clock.now()
    noticedAt ??= lastHintAt
    alarm.ring()
  }
  const suspect = (): void => {
    isSuspect = true
    alarm.ring()
  }
  const watches: FolderWatches = watcher.open({
    roots,
    leaveOut,
    onHint: hint,
    onLoss: suspect,
    onBlind: (why) => {
      isBlind = true
      emit({ type: 'problem/raised', id: 'watch.blind', problem: toProblem(new StackError('watch/blind', { why })) })
      suspect()
    },
  })
  const tree = createSourceTree({ files: sources, clock, watches, roots, leaveOut, onUnreadable })

  const waitForQuiet = async (since: number): Promise<void> => {
    for (;;) {
      const left = Math.min(lastHintAt + quietMs, since + burstMs) - clock.now()
      if (left <= 0) return
      await clock.sleep(left, { signal })
    }
  }
  const look = createPatrol({ tree, files: sources, clock, roots })
  const patrol = async (): Promise<void> => {
    let foldersAt = clock.now() + foldersMs
    for (let beats = 0; ; beats += 1) {
      const before = clock.now()
      await clock.sleep(isBlind ? Math.max(pollMs, cost * pollShare) : beatMs, { signal })
      if (clock.now() - before > beatMs + lateMs) suspect()
      if (isBlind) tree.hintAll()
      else {
        tree.hintShared(sharedFolders)
        if (beats % (patrolMs / beatMs) === 0) look.entries(patrolBudgetMs)
        if (clock.now() >= foldersAt) {
          const took = await look.folders()
          foldersAt = clock.now() + Math.max(foldersMs, took * foldersShare)
        }
      }
      if (tree.isDirty()) alarm.ring()
    }
  }
  const lookEarly = async (onChange: OnChange, since: number): Promise<void> => {
    if (since - lastLookAt < calmMs || isBlind || isSuspect || isRewritten()) return
    await clock.sleep(Math.max(0, since + earlyMs - clock.now()), { signal })
    if (hints > earlyHints) return
    await tree.refresh()
    onChange(since, { isEarly: true })
  }
  const follow = async (onChange: OnChange): Promise<void> => {
    for (;;) {
      await alarm.next()
      const since = noticedAt ?? clock.now()
      if (noticedAt !== undefined) {
        await lookEarly(onChange, since)
        await waitForQuiet(since)
        lastLookAt = clock.now()
      }
      noticedAt = undefined
      const wasRewritten = await settled(() => tree.refresh(meanwhileMs))
      if (wasRewritten || hints > manyHints) secondLookAt = Math.min(secondLookAt, clock.now() + secondLookMs)
      if (isSuspect || clock.now() >= secondLookAt) {
        tree.hintAll()
        secondLookAt = Number.POSITIVE_INFINITY
      }
      isSuspect = false
      hints = 0
      const began = clock.now()
      await tree.refresh()
      cost = clock.now() - began
      const due = onChange(since, { isEarly: false })
      const next = Math.min(secondLookAt, due ?? Number.POSITIVE_INFINITY, tree.nextDue() ?? Number.POSITIVE_INFINITY)
      if (tree.isDirty()) alarm.ring()
      else if (next < Number.POSITIVE_INFINITY) alarm.ringAt(next)
    }
  }
  return {
    tree,
    load: async (onWatched) => {
      await tree.load(onWatched)
      if (tree.isDirty()) alarm.ring()
    },
    wakeAt: (time) => (time <= clock.now() ? alarm.ring() : alarm.ringAt(time)),
    run: async (onChange) => void (await Promise.all([patrol(), follow(onChange)])),
    close: () => watches.close(),
  }
}
