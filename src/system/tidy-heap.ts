import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type TidyHeap = {
  /** A folder was taken into the watch. */
  onWatch(): void
  /** Something is going on: not now. */
  onBusy(): void
  close(): void
}

type TidyOptions = {
  readonly quietMs?: number
  readonly collect?: () => void
  /** How much of the time since it was last asked this thread has worked, from 0 to 1. */
  readonly readUse?: () => number
}

// Fewer leave less behind than a collection costs: a fifth of a second of a processor.
const manyFolders = 1000
const defaultQuietMs = 1000
// What is collected in the middle of the work is taken again by the rest of it, and that stays.
const restingUse = 0.1
const calmTurns = 3

/**
 * Looking at thousands of files makes garbage, and V8 takes memory for it that it keeps as long as nothing happens, which in a
 * watch is most of the time: 150 MB with 50,000 files in 5,000 folders, of which 115 are left when it is told to give it
 * back. It is told when the files were looked at and compared with those in containers, which takes seconds, and shows by
 * this thread resting. Measured with Node 22, 24 and 26.
 */
export const createTidyHeap = (options: TidyOptions = {}): TidyHeap => {
  const { quietMs = defaultQuietMs, collect = collectAll, readUse = createUse() } = options
  // What is young is collected more often from now on, instead of with more room, in the same time.
  setFlagsFromString('--semi-space-growth-factor=1')
  let folders = 0
  let calm = 0
  let timer: NodeJS.Timeout | undefined
  const tidy = (): void => {
    calm = readUse() < restingUse ? calm + 1 : 0
    if (calm < calmTurns) return void timer?.refresh()
    folders = 0
    timer = undefined
    collect()
  }
  return {
    onWatch: () => {
      folders += 1
      calm = 0
      if (folders >= manyFolders) timer ??= setTimeout(tidy, quietMs).unref()
    },
    onBusy: () => void (calm = 0),
    close: () => {
      clearTimeout(timer)
      folders = Number.NEGATIVE_INFINITY
    },
  }
}

const createUse = (): (() => number) => {
  let last = performance.eventLoopUtilization()
  return () => {
    const before = last
    last = performance.eventLoopUtilization()
    return performance.eventLoopUtilization(last, before).utilization
  }
}

/** Node shows the collector only to contexts that are made after it was asked to. */
const collectAll = (): void => {
  setFlagsFromString('--expose-gc')
  const collector: unknown = runInNewContext('gc')
  if (typeof collector === 'function') collector({ type: 'major', flavor: 'last-resort' })
}
