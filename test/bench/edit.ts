import { createTimes, type Row } from './measure.ts'
import type { StackOptions } from './stacks.ts'
import { restBetweenEdits, serveCopy, visibleAfter, type Watched, whileWatching, writeProject } from './watched.ts'

/** Saves of one small file; more than of other cases, so that there is a slowest twentieth. */
export const measureEdit = async (options: StackOptions): Promise<readonly Row[]> => {
  const rounds = options.repeats * 6
  const times = await measureSaves('edit', { ...options, rule: 'target: /www, action: sync', rounds })
  return [
    { case: 'edit', command: 'edit to visible (sync)', times, bar: 0.05, most: 22 },
    { case: 'edit', command: 'edit to visible, 95 of 100', times, statistic: 'p95', most: 45 },
  ]
}

/** Saves for a process that reads its files when it starts, and that a signal ends at once. */
export const measureRestart = async (options: StackOptions): Promise<readonly Row[]> => {
  const rule = 'target: /app, action: sync+restart'
  const times = await measureSaves('restart', { ...options, rule, command: serveCopy, rounds: options.repeats })
  return [{ case: 'restart', command: 'edit to new answer (sync+restart)', times, bar: 0.5 }]
}

interface Saves extends StackOptions {
  readonly rule: string
  readonly command?: string
  readonly rounds: number
}

const measureSaves = async (name: string, { root, tools, say, rounds, ...files }: Saves): Promise<Row['times']> => {
  const times = createTimes()
  for (const tool of tools.filter((one) => one !== 'bare')) {
    const project = await writeProject(`bench-${name}`, { root, files })
    for (const one of await whileWatching(tool, project, (watched) => savesOf(watched, rounds)))
      times.add(name, tool, one)
    say(`${name}: ${tool}`)
  }
  return times.of(name)
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
