import { execFile, spawn, type SpawnOptionsWithoutStdio } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import type { Environment } from '../engine/ports/environment.ts'
import { StackError } from '../core/errors/stack-error.ts'
import { parseForeignJson } from '../wire/foreign-json.ts'
import { findCliPlugin, findExecutable } from './cli-plugins.ts'
import type { ProviderMessage, Providers } from '../engine/ports/providers.ts'

/**
 * Runs programs that provide services as Docker Compose does: the Docker CLI plugin `docker-<type>`, or a program of that
 * name, called as `compose --project-name <name> up|stop|down --<option>=<value>… <service>`, speaking lines of JSON. What it
 * says of itself with `compose metadata`, if anything, decides which options a command gets, and whether it has a `stop` at all.
 */
export const createProviders = ({
  environment = process.env,
}: { readonly environment?: Environment } = {}): Providers => ({
  run: async ({ type, command, project, service, options, directory, environment: own }, { signal, onMessage }) => {
    const program = await findProvider(type, environment)
    if (program === undefined) throw new StackError('provider/unavailable', { service, type })
    const place = { ...(directory === undefined ? {} : { cwd: directory }), env: { ...environment, ...own }, signal }
    const metadata = await readMetadata(program, place)
    if (command === 'stop' && metadata?.stop === undefined) return { exitCode: 0 }
    const taken = selectOptions(options, toParameters(metadata, command), { service, type })
    if (command === 'stop') onMessage({ kind: 'info', text: 'Stopping' })
    const child = spawn(program, ['compose', '--project-name', project, command, ...toFlags(taken), service], {
      ...place,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => onMessage(parseMessage(line)))
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) =>
        reject(
          signal.aborted
            ? signal.reason
            : new StackError('provider/failed', { service, type, why: error.message }, { cause: error }),
        ),
      )
      child.once('close', (code) => resolve(code ?? 1))
    })
    signal.throwIfAborted()
    if (command === 'stop' && exitCode === 0) onMessage({ kind: 'info', text: 'Stopped' })
    if (exitCode !== 0 && said.length > 0) onMessage({ kind: 'error', text: said.slice(-10).join('\n') })
    return { exitCode }
  },
})

const parameters = z.object({
  parameters: z.optional(z.array(z.object({ name: z.string(), required: z.optional(z.boolean()) }))),
})
const providerMetadata = z.object({
  description: z.optional(z.string()),
  up: z.optional(parameters),
  stop: z.optional(parameters),
  down: z.optional(parameters),
})
type Metadata = z.infer<typeof providerMetadata>
type Parameters = z.infer<typeof parameters>

/** A program that has no such command, or answers it with something else, says nothing of itself. */
const readMetadata = async (program: string, place: SpawnOptionsWithoutStdio): Promise<Metadata | undefined> => {
  const text = await new Promise<string>((resolve, reject) =>
    execFile(program, ['compose', 'metadata'], place, (error, stdout) => {
      if (place.signal?.aborted === true) reject(place.signal.reason)
      else resolve(error === null ? stdout : '')
    }),
  )
  try {
    return parseForeignJson(providerMetadata, text, 'a provider')
  } catch {
    return undefined
  }
}

/** Nothing for a program that describes neither itself nor what it takes. */
const toParameters = (metadata: Metadata = {}, command: 'up' | 'stop' | 'down'): Parameters | undefined => {
  const { description = '', up, down } = metadata
  const isEmpty = description === '' && up?.parameters === undefined && down?.parameters === undefined
  return isEmpty ? undefined : (metadata[command] ?? {})
}

/** The options that the command takes. Without metadata all of them go along, and the program decides. */
const selectOptions = (
  options: Readonly<Record<string, unknown>>,
  wanted: Parameters | undefined,
  named: { readonly service: string; readonly type: string },
): Readonly<Record<string, unknown>> => {
  if (wanted === undefined) return options
  const { parameters: known = [] } = wanted
  const missing = known.find(({ name, required }) => required === true && options[name] === undefined)
  if (missing !== undefined)
    throw new StackError('provider/failed', { ...named, why: `it needs the option "${missing.name}"` })
  return Object.fromEntries(Object.entries(options).filter(([key]) => known.some(({ name }) => name === key)))
}

const toFlags = (options: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(options).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => `--${key}=${String(item)}`),
  )

const providerMessage = z.object({
  type: z.enum(['info', 'debug', 'error', 'setenv', 'rawsetenv']),
  message: z.optional(z.string()),
})

/** What is no message of the protocol is something that the program wants to be read. */
const parseMessage = (line: string): ProviderMessage => {
  try {
    const { type, message = '' } = parseForeignJson(providerMessage, line, 'a provider')
    return { kind: type, text: message }
  } catch {
    // Not of the protocol.
  }
  return { kind: 'info', text: line }
}

const findProvider = async (type: string, environment: Environment): Promise<string | undefined> =>
  (await findCliPlugin(type, environment)) ??
  findExecutable(
    (environment['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, type)),
  )
