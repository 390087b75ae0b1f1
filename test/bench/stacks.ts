import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanUp } from '../support/cleanup.ts'
import { createEngineApi, serviceOf } from '../support/engine-api.ts'
import { type Case, commands, type Measured, toStackFile } from './cases.ts'
import { type BenchTool, createTimes, type Row, timeCommand, wordsOf } from './measure.ts'

const engine = createEngineApi()

const argumentsOf: Record<Measured, readonly string[]> = {
  up: ['up', '-d'],
  'no-op up': ['up', '-d'],
  ps: ['ps', '-q'],
  config: ['config'],
  down: ['down', '-v'],
}

export interface StackOptions {
  readonly root: string
  readonly repeats: number
  readonly tools: readonly BenchTool[]
  readonly say: (text: string) => void
}

/** Runs the commands of a case with each tool in turn; who begins alternates, and the first round is not counted. */
export const measureCase = async (one: Case, { root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const times = createTimes()
  const project = `bench-${one.name}`
  const folder = join(root, project)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'compose.yaml'), toStackFile(one))
  for (let round = 0; round <= repeats; round += 1) {
    for (const tool of round % 2 === 0 ? tools : [...tools].reverse()) {
      await cleanUp(engine, project)
      for (const [command, milliseconds] of await playRound(one, { tool, folder, project })) {
        if (round > 0) times.add(command, tool, milliseconds)
      }
    }
    say(`${one.name}: round ${round === 0 ? 'of warming up' : `${round} of ${repeats}`}`)
  }
  return commands.map((command) => {
    const bar = one.bars[command]
    return {
      case: one.name,
      command,
      times: times.of(command),
      ...(bar === undefined ? {} : { bar }),
      ...(command === 'up' && one.bareBar !== undefined ? { bareBar: one.bareBar } : {}),
    }
  })
}

interface Round {
  readonly tool: BenchTool
  readonly folder: string
  readonly project: string
}

const playRound = async (
  one: Case,
  { tool, folder, project }: Round,
): Promise<readonly (readonly [Measured, number])[]> => {
  const wanted = tool === 'bare' ? (['up', 'down'] as const) : commands
  const taken: (readonly [Measured, number])[] = []
  for (const command of wanted) {
    const words = tool === 'bare' ? [command, one.name, project] : argumentsOf[command]
    const { milliseconds } = await timeCommand([...wordsOf(tool), ...words], folder)
    taken.push([command, milliseconds])
    if (command === 'up' || command === 'no-op up') await proveUp(one, { tool, folder, project })
  }
  const left = await engine.containers(project)
  if (left.length > 0) throw new Error(`${tool} left ${left.length} containers of ${project}`)
  return taken
}

/** Speed counts only when the work was done: all run, and who needs a healthy service started after it was ready. */
const proveUp = async (one: Case, { tool, project }: Round) => {
  const containers = await engine.containers(project)
  const states = containers.map(({ State }) => State.Status)
  if (containers.length !== one.services.length || states.some((state) => state !== 'running')) {
    throw new Error(
      `after up, ${tool} has ${containers.length} of ${one.services.length} services: ${states.join(', ')}`,
    )
  }
  if (tool === 'bare') return
  const startOf = (name: string) => Date.parse(containers.find((each) => serviceOf(each) === name)!.State.StartedAt)
  for (const service of one.services.filter(({ needsHealth }) => needsHealth)) {
    for (const need of service.needs) {
      const after = one.services.find(({ name }) => name === need)?.ready?.after ?? 0
      const waited = startOf(service.name) - startOf(need)
      if (waited < after * 1000)
        throw new Error(`${tool} started ${service.name} ${waited} ms after ${need}, which was not ready`)
    }
  }
}
