import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import type { Environment } from '../engine/ports/environment.ts'
import { StackError } from '../core/errors/stack-error.ts'
import type { ModelCall, Models } from '../engine/ports/models.ts'
import { parseForeignJson } from '../wire/foreign-json.ts'
import { findCliPlugin } from './cli-plugins.ts'

type RunOptions = { readonly signal: AbortSignal; readonly onLine?: (line: string) => void }

/** Runs the Docker CLI plugin `docker-model`, with the calls that Docker Compose makes of it. */
export const createModels = ({ environment = process.env }: { readonly environment?: Environment } = {}): Models => {
  const run = async (args: readonly string[], call: ModelCall, { signal, onLine }: RunOptions): Promise<string> => {
    const program = await findCliPlugin('model', environment)
    if (program === undefined) throw new StackError('model/unavailable', { model: call.model.model })
    return runProgram(program, args, { call, environment, signal, onLine: onLine ?? (() => undefined) })
  }
  const ask = async <T>(
    schema: z.ZodMiniType<T>,
    args: readonly string[],
    { call, options }: { readonly call: ModelCall; readonly options: RunOptions },
  ): Promise<T> =>
    parseForeignJson(schema, await run(args, call, options), `the answer of "docker model ${args.join(' ')}"`)
  return {
    has: async (call, options) => {
      const models = await ask(listed, ['ls', '--json'], { call, options })
      return (models ?? []).some(({ tags }) => tags?.includes(call.model.model) === true)
    },
    pull: async (call, options) => void (await run(['pull', call.model.model], call, options)),
    configure: async (call, options) => {
      const { model, context_size: size = 0, runtime_flags: flags = [] } = call.model
      const takesFlags =
        flags.length > 0 && knowsFlags(await ask(metadata, ['docker-cli-plugin-metadata'], { call, options }))
      await run(
        [
          'configure',
          ...(size > 0 ? ['--context-size', String(size)] : []),
          model,
          ...(takesFlags ? ['--', ...flags] : []),
        ],
        call,
        options,
      )
    },
    endpoint: async (call, options) => {
      const { endpoint } = await ask(status, ['status', '--json'], { call, options })
      return endpoint ?? ''
    },
  }
}

const listed = z.optional(z.array(z.object({ tags: z.optional(z.array(z.string())) })))
const metadata = z.object({ Version: z.optional(z.string()) })
const status = z.object({ endpoint: z.optional(z.string()) })

/** Older ones take `--` for the name of a model: Docker Compose asks for 1.0.6 as well. */
const knowsFlags = ({ Version = '' }: z.infer<typeof metadata>): boolean => {
  const [major = 0, minor = 0, patch = 0] = (/\d+(?:\.\d+)*/.exec(Version)?.[0] ?? '').split('.').map(Number)
  return major > 1 || (major === 1 && (minor > 0 || patch >= 6))
}

type ProgramCall = {
  readonly call: ModelCall
  readonly environment: Environment
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
}

/** Standard output of the program; when it fails, what it wrote on standard error is the reason. */
const runProgram = async (
  program: string,
  args: readonly string[],
  { call, environment, signal, onLine }: ProgramCall,
): Promise<string> => {
  const child = spawn(program, args, {
    cwd: call.directory,
    env: { ...environment, ...call.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const written: string[] = []
  const complaints: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    written.push(line)
    if (line.trim() !== '') onLine(line)
  })
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        signal.aborted
          ? signal.reason
          : new StackError('model/failed', { model: call.model.model, why: error.message }, { cause: error }),
      ),
    )
    child.once('close', (exitCode) => resolve(exitCode ?? 1))
  })
  signal.throwIfAborted()
  if (code === 0) return written.join('\n')
  const why = complaints.length === 0 ? `it ended with code ${code}` : complaints.slice(-10).join('\n')
  throw new StackError('model/failed', { model: call.model.model, why: `"docker model ${args.join(' ')}": ${why}` })
}
