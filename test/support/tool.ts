import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

/** The tool under test: `stack`, or `docker compose` in its place to see whether a scenario tells the truth. */
export type ToolName = 'stack' | 'compose'

export const selectTool = (): ToolName => {
  const wanted = process.env['STACK_E2E_TOOL'] ?? 'stack'
  if (wanted !== 'stack' && wanted !== 'compose') throw new Error(`STACK_E2E_TOOL is stack or compose, not "${wanted}"`)
  return wanted
}

/** The words that start the tool. `STACK_E2E_COMMAND` names another build of stack, such as an installed one. */
export const toolCommand = (tool: ToolName): readonly [string, ...string[]] => {
  if (tool === 'compose') return ['docker', 'compose']
  const other = process.env['STACK_E2E_COMMAND']?.split(' ').filter((word) => word !== '')
  if (other?.[0] !== undefined) return [other[0], ...other.slice(1)]
  // Node reads an `--env-file` anywhere on its command line as its own, up to the first `--`.
  return [fileURLToPath(new URL('../../bin/stack.js', import.meta.url))]
}

/** Only what a shell of a user would have, so that a variable of this machine cannot decide a scenario. */
export const cleanEnvironment = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const kept = ['PATH', 'HOME', 'DOCKER_HOST', 'LANG', 'TMPDIR', 'NODE_COMPILE_CACHE']
  const pairs = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  return { ...Object.fromEntries(pairs), NO_COLOR: '1', ...extra }
}

export interface Finished {
  readonly command: string
  /** The exit code, or 128 plus the signal's number as a shell would say. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Milliseconds after which the command is killed and counted as hanging. */
  readonly timeout?: number
}

export interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  /** Waits until everything printed so far matches; fails at once when the process has ended without it. */
  readonly prints: (pattern: RegExp, timeout?: number) => Promise<void>
  /** Sends the signal to the whole process group, as a terminal does. */
  readonly signal: (name: NodeJS.Signals) => void
  readonly ends: (timeout?: number) => Promise<Finished>
}

const signalNumbers: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** Starts a command in its own process group and gathers what it prints. */
export const startCommand = (words: readonly [string, ...string[]], options: RunOptions): Running => {
  const began = performance.now()
  const [program, ...rest] = words
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const printed: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  child.stdin?.on('error', () => undefined).end(options.input)

  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({
        command: words.join(' '),
        code: code ?? 128 + (signalNumbers[signal ?? ''] ?? 0),
        ...printed,
        milliseconds: performance.now() - began,
      }),
    )
  })
  finished.catch(() => undefined)
  const output = () => printed.stdout + printed.stderr
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }

  return {
    child,
    output,
    signal,
    async prints(pattern, timeout = 20_000) {
      const fault = () => new Error(`nothing matches ${pattern} in what it printed:\n${output()}`)
      const look = () => {
        if (!pattern.test(output())) throw fault()
      }
      await Promise.race([eventually(look, timeout), finished.then(look)])
    },
    ends: (timeout = 60_000) => endOf(finished, { signal, output, timeout }),
  }
}

interface EndOptions {
  readonly signal: Running['signal']
  readonly output: () => string
  readonly timeout: number
}

const endOf = async (finished: Promise<Finished>, { signal, output, timeout }: EndOptions): Promise<Finished> => {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      signal('SIGKILL')
      reject(new Error(`it had not ended after ${timeout} ms; it had printed:\n${output()}`))
    }, timeout)
  })
  try {
    return await Promise.race([finished, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

export const runCommand = async (words: readonly [string, ...string[]], options: RunOptions): Promise<Finished> =>
  startCommand(words, options).ends(options.timeout ?? 60_000)
