import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanUp } from '../support/cleanup.ts'
import { startCommand } from '../support/tool.ts'
import { type BenchTool, createTimes, type Row, timeCommand, wordsOf } from './measure.ts'
import { takenBy } from './processes.ts'
import type { StackOptions } from './stacks.ts'
import { type Tree, writeTree } from './trees.ts'
import { dockerfileOf, engine, LIMIT, visibleAfter, type WatchedProject, watchWords, writeProject } from './watched.ts'

const watchedTree: Tree = { folders: 4_550, perFolder: 11, size: 500, line: 'watched' }
const ignoredTree: Tree = { folders: 2_000, perFolder: 10, size: 500, line: 'ignored' }

/** One for each watched folder, ten of which are in one, and for what else needs one: the stack file's folder, git's. */
const WATCHES = watchedTree.folders * 1.1 + 50

/** The watch looks at everything from time to time: the window holds that twice. */
const WINDOW = 65_000

/** Watching 50,000 files in 5,000 folders of which none changes, beside 20,000 in 2,000 that are ignored. */
export const measureIdle = async (options: StackOptions): Promise<readonly Row[]> => {
  if (process.platform !== 'linux') {
    options.say('idle: NOT RUN, it reads /proc')
    return []
  }
  const times = createTimes()
  const files = { rule: 'target: /www, action: sync, ignore: [node_modules/]', dockerfile: dockerfileOf() }
  const project = await writeProject('bench-idle', { root: options.root, files })
  const empty = await writeProject('bench-idle-empty', { root: options.root, files })
  for (const { folder } of [project, empty]) await writeFile(join(folder, '.dockerignore'), '**/node_modules\n')
  writeTree(join(project.folder, 'www/src'), watchedTree)
  writeTree(join(project.folder, 'www/node_modules'), ignoredTree)
  for (const tool of options.tools.filter((one) => one !== 'bare')) {
    await whileUp(tool, { projects: [project, empty] }, async () => {
      for (let round = 0; round <= options.repeats; round += 1) {
        const above = (await startOf(tool, project)) - (await startOf(tool, empty))
        if (round > 0) times.add('start', tool, above)
      }
      for (const [name, value] of Object.entries(await idleOf(tool, project))) times.add(name, tool, value)
    })
    options.say(`idle: ${tool}`)
  }
  const row = (command: string, name: string, rest: Partial<Row>): Row => ({
    case: 'idle',
    command,
    times: times.of(name),
    ...rest,
  })
  return [
    row('start, above an empty folder', 'start', { most: 500 }),
    row('processor', 'percent', { unit: '%', most: 0.2 }),
    row('memory', 'megabytes', { unit: 'MB', most: 130 }),
    row('watches of files', 'watches', { unit: '', most: WATCHES }),
  ]
}

/** Makes and starts the projects with the tool itself, without watching them. */
const whileUp = async (
  tool: BenchTool,
  { projects }: { projects: readonly WatchedProject[] },
  work: () => Promise<void>,
) => {
  try {
    for (const { name, folder } of projects) {
      await cleanUp(engine, name)
      await timeCommand([...wordsOf(tool), 'up', '-d'], folder)
    }
    await work()
  } finally {
    for (const { name } of projects) await cleanUp(engine, name)
  }
}

const startWatch = async (tool: BenchTool, { folder }: WatchedProject) => {
  const began = performance.now()
  const watch = startCommand([...wordsOf(tool), 'watch', '--no-up'], { cwd: folder })
  let took: number | undefined
  const look = () => {
    if (watchWords.test(watch.output())) took ??= performance.now() - began
  }
  watch.child.stdout?.on('data', look)
  watch.child.stderr?.on('data', look)
  const stop = async () => {
    watch.signal('SIGINT')
    await watch.ends(20_000).catch(() => undefined)
  }
  try {
    await watch.prints(watchWords, LIMIT)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: watch.child.pid ?? 0, took: took ?? performance.now() - began, stop }
}

/** From the start of the process until it says that it watches, which a save right after it has to prove. */
const startOf = async (tool: BenchTool, project: WatchedProject): Promise<number> => {
  const { took, stop } = await startWatch(tool, project)
  try {
    if (tool === 'stack') await visibleAfter(project, { text: `${tool} ${performance.now()}` })
    return took
  } finally {
    await stop()
  }
}

const idleOf = async (tool: BenchTool, project: WatchedProject) => {
  const { pid, stop } = await startWatch(tool, project)
  try {
    await settle(pid)
    const before = await takenBy(pid)
    await pause(WINDOW)
    const after = await takenBy(pid)
    const percent = ((after.seconds - before.seconds) / (WINDOW / 1000)) * 100
    return { percent, megabytes: after.megabytes, watches: after.watches }
  } finally {
    await stop()
  }
}

/** Until it has done next to nothing for ten seconds, a minute at most: V8 collects what the start has left eight seconds after it. */
const settle = async (pid: number) => {
  for (let turn = 0; turn < 6; turn += 1) {
    const { seconds } = await takenBy(pid)
    await pause(10_000)
    if ((await takenBy(pid)).seconds - seconds <= 0.05) return
  }
}
