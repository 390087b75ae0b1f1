import { createTimes, type Row } from './measure.ts'
import type { StackOptions } from './stacks.ts'
import {
  engine,
  restBetweenEdits,
  serveCopy,
  visibleAfter,
  visibleSince,
  type Watched,
  whileWatching,
  writeProject,
} from './watched.ts'

/** Saves of one small file; more than of other cases, so that there is a slowest twentieth. */
export const measureEdit = async (options: StackOptions): Promise<readonly Row[]> => {
  const rounds = options.repeats * 6
  const times = await measureSaves('edit', { ...options, rule: 'target: /www, action: sync', rounds })
  return [
    { case: 'edit', command: 'edit to visible (sync)', times, bar: 0.05, most: 22 },
    { case: 'edit', command: 'edit to visible, 95 of 100', times, statistic: 'p95', most: 45 },
  ]
}

/**
 * Saves for a process that reads its files when it starts, and that a signal ends at once. The bare way has the file there
 * already and lets the engine restart the container.
 */
export const measureRestart = async (options: StackOptions): Promise<readonly Row[]> => {
  const rule = 'target: /app, action: sync+restart'
  const times = await measureSaves(
    'restart',
    { ...options, rule, command: serveCopy, rounds: options.repeats },
    restartsOf,
  )
  return [{ case: 'restart', command: 'edit to new answer (sync+restart)', times, bar: 0.5 }]
}

interface Saves extends StackOptions {
  readonly rule: string
  readonly command?: string
  readonly rounds: number
}

const measureSaves = async (
  name: string,
  { root, tools, say, rounds, ...files }: Saves,
  bare?: typeof savesOf,
): Promise<Row['times']> => {
  const times = createTimes()
  const watching = tools.filter((one) => one !== 'bare')
  for (const tool of watching) {
    const project = await writeProject(`bench-${name}`, { root, files })
    await whileWatching(tool, project, async (watched) => {
      for (const one of await savesOf(watched, rounds)) times.add(name, tool, one)
      if (tool !== watching[0] || bare === undefined || !tools.includes('bare')) return
      for (const one of await bare(watched, rounds)) times.add(name, 'bare', one)
    })
    say(`${name}: ${tool}`)
  }
  return times.of(name)
}

/** From the request to the engine to the first answer with what the container has already. */
const restartsOf = async (watched: Watched, rounds: number) => {
  const taken: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    await restBetweenEdits(round)
    const text = `bare ${round}`
    await engine.exec(watched.container, ['sh', '-c', 'echo "$1" > /app/page.txt', 'sh', text])
    const began = performance.now()
    const restarted = engine.call('POST', `/containers/${watched.container}/restart?t=10`)
    const took = await visibleSince(watched, { text, began })
    await restarted
    if (round > 0) taken.push(took)
  }
  return taken
}

const savesOf = async (watched: Watched, rounds: number) => {
  const taken: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    await restBetweenEdits(round)
    // Saves make a file longer and shorter, which must not be taken for its being written piece by piece.
    const text = `${watched.tool} ${round} ${'x'.repeat(1 + ((round * 37) % 200))}`
    const took = await visibleAfter(watched, { text })
    if (round > 0) taken.push(took)
  }
  return taken
}
