import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanUp } from '../support/cleanup.ts'
import { image } from '../support/objects.ts'
import { type InTerminal, startInTerminal } from '../support/pty.ts'
import { type BenchTool, createTimes, type Row, timeCommand, wordsOf } from './measure.ts'
import { engineSeconds, takenBy } from './processes.ts'
import type { StackOptions } from './stacks.ts'
import { engine } from './watched.ts'

/** A terminal as large as half of a laptop's screen, with colours. */
const terminal = { columns: 160, rows: 48, env: { NO_COLOR: '' } }

const names = Array.from({ length: 14 }, (_, index) => `service-${String(index + 1).padStart(2, '0')}`)
const serviceOf = (name: string) => `  ${name}: { image: ${image}, init: true, command: ["sleep", "3600"] }`

/** Writes so many lines a second, none like another, and makes up for a moment in which nobody could write. */
const floodOf = (rate: number) =>
  `let n = 0; const began = Date.now(); setInterval(() => { let text = ''; for (const due = (Date.now() - began) * ${rate / 1000}; n < due; n += 1) text += 'line ' + n + ' GET /api/items/' + (n * 7919 % 100003) + ' 200 in ' + n % 97 + ' ms\\n'; process.stdout.write(text) }, 20)`

const writerOf = (rate: number) =>
  `  writer: { image: "stack-base/node:24", init: true, command: ["node", "-e", ${JSON.stringify(floodOf(rate))}] }`

interface Project {
  readonly name: string
  readonly folder: string
}

const writeProject = async (root: string, name: string, services: readonly string[]): Promise<Project> => {
  const folder = join(root, name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'compose.yaml'), ['services:', ...services, ''].join('\n'))
  return { name, folder }
}

/** Around work on a project that runs. */
const whileUp = async ({ name, folder }: Project, work: () => Promise<void>) => {
  await cleanUp(engine, name)
  try {
    await timeCommand([...wordsOf('stack'), 'up', '-d'], folder)
    await work()
  } finally {
    await cleanUp(engine, name)
  }
}

/** `stack up` in a terminal, and away from it again: everything goes on. */
const inDashboard = async <T>({ folder }: Project, work: (shown: InTerminal) => Promise<T>): Promise<T> => {
  const dashboard = startInTerminal([...wordsOf('stack'), 'up'], folder, terminal)
  try {
    return await work(dashboard)
  } finally {
    dashboard.type('d')
    await dashboard.ends().catch(() => dashboard.kill())
  }
}

const percentOf = async (pid: number, seconds: number): Promise<number> => {
  const before = await takenBy(pid)
  await pause(seconds * 1000)
  return (((await takenBy(pid)).seconds - before.seconds) / seconds) * 100
}

const enginePercent = async (seconds: number): Promise<number> => {
  const before = await engineSeconds()
  await pause(seconds * 1000)
  return (((await engineSeconds()) - before) / seconds) * 100
}

const isAllUp = (screen: string) => screen.includes('14/14 up')

/** The line with the cursor, from which a move of the cursor can be told. */
const cursorOf = (screen: string) => screen.split('\n').findIndex((line) => line.includes('▸'))

/** Moves the cursor of the services up and down: milliseconds from each key to the screen that shows it. */
const moveCursor = async (dashboard: InTerminal, times: number): Promise<readonly number[]> => {
  const taken: number[] = []
  for (let turn = 0; turn < times; turn += 1) {
    await pause(60 + ((turn * 61) % 100))
    const from = cursorOf(await dashboard.screen())
    const began = performance.now()
    dashboard.type(turn % 2 === 0 ? 'j' : 'k')
    taken.push((await dashboard.becomes((screen) => ![-1, from].includes(cursorOf(screen)))) - began)
  }
  return taken
}

type Add = (command: string, tool: BenchTool, value: number) => void

/** Start, keys, the cost of a frame, and what it takes when nothing happens. */
const measureQuiet = async (project: Project, { repeats }: StackOptions, add: Add) => {
  const before = await enginePercent(20)
  for (let round = 0; round <= repeats; round += 1) {
    const began = performance.now()
    await inDashboard(project, async (dashboard) => {
      const first = await dashboard.becomes((screen) => names.every((name) => screen.includes(name)))
      if (round > 0) add('first frame', 'stack', first - began)
      await dashboard.becomes(isAllUp)
    })
  }
  await inDashboard(project, async (dashboard) => {
    await dashboard.becomes(isAllUp)
    await pause(12_000)
    const [engineWith, shown] = await Promise.all([enginePercent(30), percentOf(dashboard.pid, 30)])
    add('14 services shown with their stats', 'stack', shown)
    add('and in the engine, above nothing', 'stack', Math.max(0, engineWith - before))
    const [frames, seconds] = [dashboard.frames(), (await takenBy(dashboard.pid)).seconds]
    const keys = await moveCursor(dashboard, 200)
    for (const milliseconds of keys) add('key to screen', 'stack', milliseconds)
    const taken = (await takenBy(dashboard.pid)).seconds - seconds
    add('processor time of a frame', 'stack', (taken * 1000) / (dashboard.frames() - frames))
    dashboard.type('?')
    await pause(3_000)
    add('14 services behind the help', 'stack', await percentOf(dashboard.pid, 30))
  })
}

const FLOOD = { rate: 50_000, seconds: 60 }

/** Keys while 20,000 lines a second come. */
const measureKeysInFlood = (project: Project, add: Add) =>
  whileUp(project, () =>
    inDashboard(project, async (dashboard) => {
      await dashboard.becomes((screen) => /line \d+ GET/.test(screen))
      await pause(3_000)
      for (const milliseconds of await moveCursor(dashboard, 200))
        add('key to screen, 20,000 lines/s', 'stack', milliseconds)
    }),
  )

const lastLine = (screen: string) =>
  Math.max(0, ...[...screen.matchAll(/line (\d+) GET/g)].map((match) => Number(match[1])))

/** 50,000 lines a second: what it takes while it shows the newest of them. */
const measureFlood = (project: Project, tools: readonly BenchTool[], add: Add) =>
  whileUp(project, async () => {
    await inDashboard(project, async (dashboard) => {
      const shows = async () => lastLine(await dashboard.screen())
      await dashboard.becomes((screen) => lastLine(screen) > 0)
      await pause(5_000)
      const [from, early] = [await shows(), await takenBy(dashboard.pid)]
      add('50,000 lines/s for 60 s: processor', 'stack', await percentOf(dashboard.pid, FLOOD.seconds))
      const [to, late] = [await shows(), await takenBy(dashboard.pid)]
      if (to - from < FLOOD.rate * FLOOD.seconds * 0.9)
        throw new Error(`of ${FLOOD.rate} lines a second only ${Math.round((to - from) / FLOOD.seconds)} were shown`)
      add('memory after 3,000,000 lines', 'stack', late.megabytes)
      add('and more than after 5 s', 'stack', Math.max(0, late.megabytes - early.megabytes))
    })
    if (tools.includes('compose')) {
      const [program, ...words] = wordsOf('compose')
      const child = spawn(program, [...words, 'logs', '--follow', '--since', '1s'], {
        cwd: project.folder,
        stdio: 'ignore',
      })
      await pause(5_000)
      add('50,000 lines/s for 60 s: processor', 'compose', await percentOf(child.pid!, 20))
      child.kill('SIGKILL')
    }
  })

/** The dashboard in a terminal, on 14 services at rest and on one that floods its log. */
export const measureDashboard = async (options: StackOptions): Promise<readonly Row[]> => {
  if (process.platform !== 'linux') {
    options.say('dashboard: NOT RUN, it reads /proc')
    return []
  }
  const times = createTimes()
  const quiet = await writeProject(options.root, 'bench-dashboard', names.map(serviceOf))
  await whileUp(quiet, () => measureQuiet(quiet, options, times.add))
  options.say('dashboard: at rest')
  const flood = (name: string, rate: number) =>
    writeProject(options.root, name, [writerOf(rate), ...names.slice(0, 3).map(serviceOf)])
  await measureKeysInFlood(await flood('bench-dashboard-keys', 20_000), times.add)
  options.say('dashboard: keys in a flood')
  await measureFlood(await flood('bench-dashboard-flood', FLOOD.rate), options.tools, times.add)
  options.say('dashboard: flood')
  const row = (command: string, rest: Partial<Row>): Row => ({
    case: 'dashboard',
    command,
    times: times.of(command),
    ...rest,
  })
  return [
    row('first frame', { most: 250 }),
    row('key to screen', { most: 30, statistic: 'p95' }),
    row('key to screen, 20,000 lines/s', { most: 50, statistic: 'p95' }),
    row('processor time of a frame', { most: 3 }),
    row('14 services behind the help', { most: 0.5, unit: '%' }),
    row('14 services shown with their stats', { most: 2, unit: '%' }),
    row('and in the engine, above nothing', { most: 2, unit: '%' }),
    row('50,000 lines/s for 60 s: processor', { most: 35, unit: '%' }),
    row('memory after 3,000,000 lines', { most: 170, unit: 'MB' }),
    row('and more than after 5 s', { unit: 'MB' }),
  ]
}
