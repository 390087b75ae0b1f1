import { spawn } from 'node:child_process'
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
 * name, called as `compose --project-name <name> up|down --<option>=<value>… <service>`, speaking lines of JSON.
 */
export const createProviders = ({
  environment = process.env,
}: { readonly environment?: Environment } = {}): Providers => ({
  run: async ({ type, command, project, service, options, directory, environment: own }, { signal, onMessage }) => {
    const program = await findProvider(type, environment)
    if (program === undefined) throw new StackError('provider/unavailable', { service, type })
    const child = spawn(program, ['compose', '--project-name', project, command, ...toFlags(options), service], {
      ...(directory === undefined ? {} : { cwd: directory }),
      env: { ...environment, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
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
    if (exitCode !== 0 && said.length > 0) onMessage({ kind: 'error', text: said.slice(-10).join('\n') })
    return { exitCode }
  },
})

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
