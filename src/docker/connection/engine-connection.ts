import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import type { Ask, EngineFailure, Query } from './ask.ts'
import { createHttpTransport, type HttpAsk } from '../../wire/http-transport.ts'
import { negotiate, type Negotiated } from './negotiate.ts'
import { readAll } from '../../wire/read-body.ts'

/** Every way to ask one engine, with the version that both sides speak. Only dockerode and what it has no method for use it. */
export type EngineConnection = {
  /** One ping, the first time. */
  negotiated(signal?: AbortSignal): Promise<Negotiated>
  /** The answer as a stream. Throws an {@link EngineFailure} when the status is no success. */
  open(ask: Ask): Promise<IncomingMessage>
  /** Takes the connection over. Throws an {@link EngineFailure} when the engine does not let it. */
  hijack(ask: Ask & { readonly protocol?: string }): Promise<Duplex>
  close(): void
}

export type ConnectionOptions = {
  readonly address: EngineAddress
  /** The process environment, or what stands for it: `DOCKER_API_VERSION`, `DOCKER_CONFIG`, `SSH_AUTH_SOCK`, `HOME`, `PATH`. */
  readonly environment: Environment
}

export const createEngineConnection = ({ address, environment }: ConnectionOptions): EngineConnection => {
  const transport = createHttpTransport(address, environment)
  let known: Promise<Negotiated> | undefined

  const negotiated = (signal?: AbortSignal): Promise<Negotiated> => {
    known ??= negotiate(transport, { address, forced: environment['DOCKER_API_VERSION'] }).catch((error: unknown) => {
      known = undefined // the engine may come up; a lasting failure would outlive it
      throw error
    })
    return signal === undefined ? known : orAborted(known, signal)
  }

  const prepare = async (ask: Ask): Promise<HttpAsk> => {
    const { prefix } = await negotiated(ask.signal)
    const { query, json, path, ...rest } = ask
    const full = { ...rest, path: prefix + path + toQueryString(query) }
    return json === undefined
      ? full
      : { ...full, body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...ask.headers } }
  }

  const open = async (ask: Ask): Promise<IncomingMessage> => {
    const response = await transport.request(await prepare(ask))
    const status = response.statusCode ?? 0
    if (status >= 200 && status < 300) return response
    throw await readFailure(response, ask.signal)
  }

  return {
    negotiated,
    open,
    async hijack(ask) {
      const result = await transport.upgrade({
        ...(await prepare(ask)),
        ...(ask.protocol === undefined ? {} : { protocol: ask.protocol }),
      })
      if ('socket' in result) return result.socket
      throw await readFailure(result.refused, ask.signal)
    },
    close: () => transport.close(),
  }
}

/** Many calls may wait for the one ping: an abort ends the waiting of its own call only. */
const orAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

const toQueryString = (query: Query | undefined): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    if (Array.isArray(value)) for (const one of value as string[]) params.append(key, one)
    else params.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

const readFailure = async (response: IncomingMessage, signal: AbortSignal | undefined): Promise<EngineFailure> => {
  const text = (await readAll(response, signal)).toString('utf8').trim()
  const statusCode = response.statusCode ?? 0
  return Object.assign(new Error(readMessage(text) || `status ${statusCode}`), { statusCode })
}

const readMessage = (text: string): string => {
  try {
    // By hand: a failure is told whatever its answer looks like.
    const { message, cause } = JSON.parse(text) as { readonly message?: unknown; readonly cause?: unknown }
    return [message, cause].find((part) => typeof part === 'string') ?? text
  } catch {
    return text
  }
}
