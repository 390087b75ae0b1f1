import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, test } from 'vitest'
import { saveArtifacts } from './artifacts.ts'
import { cleanUp } from './cleanup.ts'
import { createEngineApi, type EngineApi, type Inspected, serviceOf } from './engine-api.ts'
import { toMessage } from './eventually.ts'
import { createGate } from './gate.ts'
import { createLedger } from './ledger.ts'
import { createObjects, type Objects } from './objects.ts'
import {
  type Finished,
  runCommand,
  type Running,
  selectTool,
  startCommand,
  type ToolName,
  toolCommand,
} from './tool.ts'

/** What a check may look at. `before` is what the engine showed when the step began. */
export interface World {
  readonly tool: ToolName
  readonly project: string
  readonly folder: string
  readonly engine: EngineApi
  readonly before: readonly Inspected[]
  readonly last: Finished | undefined
  /** Containers as the engine shows them now, of one service or of all. */
  readonly containers: (service?: string) => Promise<readonly Inspected[]>
}

/** A named expectation of state. `test` throws an Error that says what is there instead. */
export interface Check {
  readonly says: string
  readonly test: (world: World) => Promise<void> | void
  /** True when the check is about the exit code; a step without such a check expects 0. */
  readonly aboutExit?: boolean
}

/** Words after the tool's name, as text (split at blanks) or as a list; or the same with surroundings. */
export type Command = string | readonly string[] | CommandInPlace

export interface CommandInPlace {
  /** What is started instead of the tool, and starts that itself. */
  readonly program?: string
  readonly run: string | readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Seen from the scenario's own folder. */
  readonly cwd?: string
  readonly input?: string
  readonly timeout?: number
}

export interface Scenario {
  readonly project: string
  readonly folder: string
  readonly tool: ToolName
  readonly engine: EngineApi
  /** Objects that the scenario makes itself, beside the tool: they carry no project label and are removed at the end. */
  readonly objects: Objects
  /** Runs the tool, then the checks in their order. Exit code 0 is expected unless a check is about it. */
  readonly step: (sentence: string, command: Command, ...checks: readonly Check[]) => Promise<Finished>
  /** Starts the tool and leaves it running; it is killed at the end of the scenario at the latest. */
  readonly start: (sentence: string, command: Command) => Running
  /** Checks of the state, without a command. */
  readonly check: (sentence: string, ...checks: readonly Check[]) => Promise<void>
  /** Writes a file below the folder: an edit of the user. */
  readonly write: (path: string, text: string) => Promise<void>
}

export interface ScenarioOptions {
  readonly files: Readonly<Record<string, string>>
  /** Only stack has this at all; the reason is reported when another tool runs the suite. */
  readonly only?: string
  /** The reference behaves otherwise on purpose; the reason is reported with what it did. */
  readonly differs?: string
  /** Milliseconds for all steps together. */
  readonly timeout?: number
}

const tool = selectTool()
const engine = createEngineApi()
const gate = createGate(Number(process.env['STACK_E2E_PARALLEL'] ?? 3))
const ledger = createLedger(tool)

afterAll(() => ledger.print())

/**
 * One behaviour that a user relies on: an intent, a folder that also runs by hand, and steps whose outcome is read
 * from the engine. The project's name is the folder's, so nothing but the folder is needed to repeat it by hand.
 */
export const scenario = (intent: string, options: ScenarioOptions, tell: (s: Scenario) => Promise<void>): void => {
  const limit = options.timeout ?? 90_000
  test.concurrent(intent, { timeout: limit * 4 }, async ({ skip }) => {
    if (tool === 'compose' && options.only !== undefined) {
      ledger.note({ intent, reason: options.only, outcome: 'not run, stack alone has it' })
      skip(options.only)
    }
    await gate.pass(async () => {
      const outcome = await playOut(intent, options, tell)
      if (tool === 'compose' && options.differs !== undefined) {
        ledger.note({ intent, reason: options.differs, outcome: outcome ? toOneLine(outcome) : 'passes all the same' })
      } else if (outcome !== undefined) throw outcome
    })
  })
}

const toOneLine = (error: Error) => error.message.split('\n').slice(1, 4).join(' · ').slice(0, 300)

/** Plays the scenario in a folder of its own and cleans up; the error that ended it is the answer. */
const playOut = async (intent: string, options: ScenarioOptions, tell: (s: Scenario) => Promise<void>) => {
  const root = await mkdtemp(join(tmpdir(), 'stack-e2e-'))
  const project = `e2e-${toSlug(intent)}-${randomBytes(2).toString('hex')}`
  const folder = join(root, project)
  const stage = createStage({ project, folder })
  let failure: Error | undefined
  try {
    for (const [path, text] of Object.entries(options.files)) await stage.scenario.write(path, text)
    await tell(stage.scenario)
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
    const saved = await saveArtifacts({ engine, project, folder, intent, error: failure, commands: stage.commands })
    failure.message += `\n  everything about it: ${saved}`
  }
  for (const running of stage.running) running.signal('SIGKILL')
  if (process.env['STACK_E2E_KEEP'] === '1') return failure
  await cleanUp(engine, project)
  await rm(root, { recursive: true, force: true })
  return failure
}

const toSlug = (intent: string) =>
  intent
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 28)
    .replaceAll(/^-|-$/g, '')

/** The scenario's own view, with what it has run so far. */
const createStage = ({ project, folder }: { project: string; folder: string }) => {
  const commands: Finished[] = []
  const running: Running[] = []
  const containers: World['containers'] = async (service) => {
    const all = await engine.containers(project)
    return service === undefined ? all : all.filter((one) => serviceOf(one) === service)
  }
  const worldWith = (before: World['before'], last?: Finished): World => ({
    tool,
    project,
    folder,
    engine,
    before,
    last,
    containers,
  })
  const begin = (command: Command) => {
    const { run, cwd, program: other, ...rest } = toPlace(command)
    const words = typeof run === 'string' ? run.split(' ').filter((word) => word !== '') : run
    const [program, ...first] = other === undefined ? toolCommand(tool) : ([other] as const)
    return { words: [program, ...first, ...words] as const, options: { ...rest, cwd: resolve(folder, cwd ?? '.') } }
  }

  const scenario: Scenario = {
    project,
    folder,
    tool,
    engine,
    objects: createObjects(engine, project),
    async step(sentence, command, ...checks) {
      const before = await containers()
      const { words, options } = begin(command)
      const last = await runCommand(words, options).catch((error: unknown) => fail(sentence, command, toMessage(error)))
      commands.push(last)
      const all = checks.some((check) => check.aboutExit) ? checks : [exitIsZero, ...checks]
      await testAll(all, worldWith(before, last), (message) => fail(sentence, command, `${message}${tailOf(last)}`))
      return last
    },
    start(_sentence, command) {
      const { words, options } = begin(command)
      const started = startCommand(words, options)
      running.push(started)
      started.ends(600_000).then(
        (end) => commands.push(end),
        () => undefined,
      )
      return started
    },
    async check(sentence, ...checks) {
      await testAll(checks, worldWith(await containers()), (message) => fail(sentence, '(state)', message))
    },
    async write(path, text) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    },
  }
  return { scenario, commands, running }
}

const exitIsZero: Check = {
  says: 'ends with exit code 0',
  aboutExit: true,
  test({ last }) {
    if (last?.code !== 0) throw new Error(`the exit code is ${last?.code}`)
  },
}

const testAll = async (checks: readonly Check[], world: World, fails: (message: string) => never) => {
  for (const check of checks) {
    try {
      await check.test(world)
    } catch (error) {
      fails(`expected: ${check.says}\n  but: ${toMessage(error)}`)
    }
  }
}

const toPlace = (command: Command): CommandInPlace =>
  typeof command === 'object' && 'run' in command ? command : { run: command }

const fail = (sentence: string, command: Command, message: string): never => {
  const { run, env } = toPlace(command)
  const words = typeof run === 'string' ? run : run.join(' ')
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value} `)
  throw new Error(`${sentence}\n  $ ${variables.join('')}${words}\n  ${message}`)
}

const tailOf = ({ stdout, stderr }: Finished) =>
  [...headed('stdout', stdout), ...headed('stderr', stderr)].map((line) => `\n  ${line}`).join('')

const headed = (name: string, text: string) =>
  text.trim() === ''
    ? []
    : [
        `${name}:`,
        ...text
          .trimEnd()
          .split('\n')
          .slice(-12)
          .map((line) => `  ${line}`),
      ]
