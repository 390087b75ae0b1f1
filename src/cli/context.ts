import type { Writable } from 'node:stream'
import type { Environment } from '../engine/ports/environment.ts'
import type { Agreements } from '../engine/ports/agreements.ts'
import type { EngineDeps, SessionDeps } from '../engine/deps.ts'
import type { Models } from '../engine/ports/models.ts'
import type { Clock } from '../engine/ports/clock.ts'
import type { Runtime } from '../engine/ports/runtime.ts'
import type { Repositories } from '../engine/ports/repositories.ts'
import type { GlobalFlags } from './table/global-flags.ts'
import type { Signals } from './signals.ts'
import { createClock } from '../system/clock.ts'
import type { Sources } from '../core/compose/sources/sources.ts'
import { StackError } from '../core/errors/stack-error.ts'
import { createTerminal, type Terminal, type Writer } from './screen/terminal.ts'

/** What a command is given of the world. Adapters are built here, when they are first asked for, and nowhere else. */
export type CliContext = {
  readonly global: GlobalFlags
  /** The process environment. */
  readonly env: Environment
  readonly workingDirectory: string
  readonly terminal: Terminal
  readonly stdout: Writer
  readonly stderr: Writer
  /** Whether standard output takes colours. */
  readonly color: boolean
  readonly signals: Signals
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, and when nobody reads our output any more. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** The files to load from. Standard input is read once and kept: it cannot be read again. */
  sources(): Promise<Sources>
  /** The text of standard input or of a pipe, if a stack file was read from there: for code frames. */
  readInput(file: string): string | undefined
  runtime(): Promise<Runtime>
  deps(): Promise<EngineDeps>
  sessionDeps(): Promise<SessionDeps>
  close(): void
}

export const createContext = (global: GlobalFlags, { signals }: { readonly signals: Signals }): CliContext => {
  const { env } = process
  const terminal = createTerminal(env, global)
  let runtime: Promise<Runtime> | undefined
  let sources: Sources | undefined
  const getRuntime = (): Promise<Runtime> => (runtime ??= connect(env))
  const clock = createClock()
  return {
    global,
    env,
    workingDirectory: process.cwd(),
    terminal,
    stdout: createWriter(process.stdout, terminal),
    stderr: createWriter(process.stderr, terminal),
    color: terminal.colors.stdout,
    signals,
    signal: signals.abortSignal,
    clock,
    sources: async () => (sources ??= (await import('../system/files.ts')).createSources()),
    readInput: (file) => sources?.kept?.(file),
    runtime: getRuntime,
    deps: async () => createDeps(await getRuntime(), { env, clock }),
    sessionDeps: async () => withWatch(await createDeps(await getRuntime(), { env, clock }), env),
    close: () => {
      runtime?.then(
        (each) => each.close(),
        () => undefined,
      )
    },
  }
}

const createWriter = (stream: Writable, { safe, raw }: Terminal): Writer => ({
  write: (text) => void stream.write(safe(text)),
  writeRaw: (text) => void stream.write(raw(text)),
})

const connect = async (env: Environment): Promise<Runtime> => {
  const [{ resolveEngineAddress }, { createRuntime }] = await Promise.all([
    import('../system/engines/engine-candidates.ts'),
    import('../docker/connect.ts'),
  ])
  const address = resolveEngineAddress(env)
  if (address === undefined) throw new StackError('engine/unreachable', { attempts: await describeAttempts(env) })
  const runtime = createRuntime({ address, environment: env })
  // Asked for now, the engine answers while the stack file is read. A failure is told by the first call that matters.
  runtime.facts().catch(() => undefined)
  return runtime
}

/** Only when there is nothing to connect to: every place is asked, so that the message can say why each failed. */
const describeAttempts = async (env: Environment): Promise<string> => {
  const { findEngine } = await import('../system/engines/find-engine.ts')
  const { attempts } = await findEngine(env, { signal: AbortSignal.timeout(20_000) })
  return attempts.map(({ address, source, failure }) => `  ${address} (${source}): ${failure}`).join('\n')
}

const createDeps = async (
  runtime: Runtime,
  { env, clock }: { readonly env: Environment; readonly clock: Clock },
): Promise<EngineDeps> => {
  const [{ createLock }, { toOtherDirectories, toStateDirectory }, { createHostFiles }, { createMachine }, { sha256 }] =
    await Promise.all([
      import('../system/lock.ts'),
      import('../system/state-directory.ts'),
      import('../system/host-files.ts'),
      import('../system/this-machine.ts'),
      import('./up/hash-options.ts'),
    ])
  return {
    runtime,
    clock,
    random: Math.random,
    digest: sha256,
    lock: createLock({ stateDirectory: toStateDirectory(env), elsewhere: toOtherDirectories(env) }),
    files: createHostFiles(),
    machine: createMachine(),
    providers: {
      run: async (call, options) =>
        (await import('../system/providers.ts')).createProviders({ environment: env }).run(call, options),
    },
    models: createLazyModels(env),
    repositories: createLazyRepositories(env),
  }
}

/** Most commands watch nothing. */
const withWatch = async (deps: EngineDeps, env: Environment): Promise<SessionDeps> => {
  const [{ createSourceFiles }, { createWatcher }] = await Promise.all([
    import('../system/source-files.ts'),
    import('../system/watch.ts'),
  ])
  return {
    ...deps,
    sources: createSourceFiles(),
    watcher: createWatcher({ environment: env }),
    writer: {
      write: async (root, change) => (await import('../system/host-writer.ts')).createHostWriter().write(root, change),
    },
    agreements: createLazyAgreements(env),
  }
}

/** Few projects have anything come back from a container. */
const createLazyAgreements = (environment: Environment): Agreements => {
  const open = async (): Promise<Agreements> => {
    const [{ createAgreements }, { toStateDirectory }] = await Promise.all([
      import('../system/agreements.ts'),
      import('../system/state-directory.ts'),
    ])
    return createAgreements(toStateDirectory(environment))
  }
  return {
    load: async (name) => (await open()).load(name),
    keep: async (name, text) => (await open()).keep(name, text),
  }
}

/** Few projects use models. */
const createLazyModels = (environment: Environment): Models => {
  const load = async () => (await import('../system/models.ts')).createModels({ environment })
  return {
    has: async (call, options) => (await load()).has(call, options),
    pull: async (call, options) => (await load()).pull(call, options),
    configure: async (call, options) => (await load()).configure(call, options),
    endpoint: async (call, options) => (await load()).endpoint(call, options),
  }
}

/** Most builds are made from folders. */
const createLazyRepositories = (environment: Environment): Repositories => {
  const load = async () => (await import('../system/git/git-checkouts.ts')).createRepositories({ environment })
  return {
    checkOut: async (wanted, options) => (await load()).checkOut(wanted, options),
    findFolder: async (checkout, wanted) => (await load()).findFolder(checkout, wanted),
  }
}
