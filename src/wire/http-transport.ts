import {
  Agent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from 'node:http'
import type { Duplex } from 'node:stream'
import type { Environment } from '../engine/ports/environment.ts'
import type { EngineAddress } from '../engine/ports/engine-address.ts'

export type HttpAsk = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** With version and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal | undefined
  /** Not over a connection that was kept, where that can be chosen: an engine that is ending takes no new ones. */
  readonly isFresh?: boolean
}

/** HTTP to one engine over whatever leads there. Errors are those of the connection, or the signal's reason. */
export type HttpTransport = {
  /** Resolves with the head of the answer, whatever its status; the body is read by the caller. */
  request(ask: HttpAsk): Promise<IncomingMessage>
  /** Takes the connection over. An answer that is not `101 Switching Protocols` comes back as it is. */
  upgrade(
    ask: HttpAsk & { readonly protocol?: string },
  ): Promise<{ readonly socket: Duplex } | { readonly refused: IncomingMessage }>
  close(): void
}

/** What `ssh` runs in. */
type Carrier = {
  readonly open: (options: RequestOptions, isFresh?: boolean) => ClientRequest
  readonly close: () => void
}

/** Opens nothing before the first request; connections are kept and used again. */
export const createHttpTransport = (address: EngineAddress, environment: Environment = {}): HttpTransport => {
  let carrier: Promise<Carrier> | undefined
  const dial = () => (carrier ??= createCarrier(address, environment))

  return {
    async request(ask) {
      const { open } = await dial()
      const first = await sendRequest(open, ask)
      if ('response' in first) return first.response
      // A kept connection that the engine had closed already: nothing of this request was seen by anybody.
      if (!first.stale || !isRepeatable(ask)) throw first.error
      const second = await sendRequest(open, ask)
      if ('response' in second) return second.response
      throw second.error
    },
    async upgrade(ask) {
      const { open } = await dial()
      return sendUpgrade(open, ask)
    },
    close() {
      void carrier?.then(
        ({ close }) => close(),
        () => undefined,
      )
    },
  }
}

const isRepeatable = (ask: HttpAsk): boolean => ask.method === 'GET' || ask.method === 'HEAD' || ask.method === 'DELETE'

const createCarrier = async (address: EngineAddress, environment: Environment): Promise<Carrier> => {
  switch (address.kind) {
    case 'unix':
    case 'npipe': {
      const agent = new Agent({ keepAlive: true })
      const socketPath = address.socketPath ?? ''
      return {
        open: (options, isFresh) => requestHttp({ ...options, socketPath, agent: isFresh === true ? false : agent }),
        close: () => agent.destroy(),
      }
    }
    case 'ssh': {
      const { connectThroughSsh } = await import('./ssh-connection.ts')
      const agent = new Agent({ keepAlive: true })
      agent.createConnection = () => connectThroughSsh(address, environment)
      return { open: (options) => requestHttp({ ...options, agent }), close: () => agent.destroy() }
    }
    case 'tcp': {
      const host = { host: address.hostname ?? 'localhost', port: address.port ?? 2375 }
      if (address.tls === undefined) {
        const agent = new Agent({ keepAlive: true })
        return {
          open: (options, isFresh) => requestHttp({ ...options, ...host, agent: isFresh === true ? false : agent }),
          close: () => agent.destroy(),
        }
      }
      const { Agent: TlsAgent, request: requestHttps } = await import('node:https')
      const { skipVerify = false, ...pem } = address.tls
      const agent = new TlsAgent({ keepAlive: true, ...pem, rejectUnauthorized: !skipVerify })
      return { open: (options) => requestHttps({ ...options, ...host, agent }), close: () => agent.destroy() }
    }
  }
}

type Sent = { readonly response: IncomingMessage } | { readonly error: unknown; readonly stale: boolean }

const sendRequest = (open: Carrier['open'], ask: HttpAsk): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const { signal } = ask
    if (signal?.aborted === true) return reject(signal.reason)
    const request = open({ method: ask.method, path: ask.path, headers: toHeaders(ask) }, ask.isFresh)
    let response: IncomingMessage | undefined
    const abort = () => (response ?? request).destroy(toError(signal?.reason))
    const forget = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    request.once('response', (message) => {
      response = message
      message.once('close', forget)
      resolve({ response: message })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      forget()
      if (signal?.aborted === true) return reject(signal.reason)
      resolve({ error, stale: request.reusedSocket && error.code === 'ECONNRESET' })
    })
    if (ask.headers?.['expect'] === undefined) writeBody(request, ask.body)
    else request.once('continue', () => writeBody(request, ask.body)).flushHeaders()
  })

const sendUpgrade = (
  open: Carrier['open'],
  ask: HttpAsk & { readonly protocol?: string },
): ReturnType<HttpTransport['upgrade']> =>
  new Promise((resolve, reject) => {
    const { signal } = ask
    if (signal?.aborted === true) return reject(signal.reason)
    const headers = { ...toHeaders(ask), connection: 'Upgrade', upgrade: ask.protocol ?? 'tcp' }
    const request = open({ method: ask.method, path: ask.path, headers })
    const abort = () => request.destroy(toError(signal?.reason))
    const forget = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    request.once('upgrade', (_message, socket, head) => {
      forget()
      if (signal?.aborted === true) return (socket.destroy(), reject(signal.reason))
      socket.setTimeout(0)
      if (head.length > 0) socket.unshift(head)
      resolve({ socket })
    })
    request.once('response', (refused) => {
      refused.once('close', forget)
      resolve({ refused })
    })
    request.on('error', (error) => {
      forget()
      reject(signal?.aborted === true ? signal.reason : error)
    })
    writeBody(request, ask.body)
  })

const toHeaders = (ask: HttpAsk): OutgoingHttpHeaders => {
  const length =
    typeof ask.body === 'string'
      ? Buffer.byteLength(ask.body)
      : ask.body instanceof Uint8Array
        ? ask.body.length
        : undefined
  const isEmptyPost = ask.body === undefined && ask.method !== 'GET' && ask.method !== 'HEAD'
  return {
    ...(length !== undefined ? { 'content-length': length } : isEmptyPost ? { 'content-length': 0 } : {}),
    ...(ask.headers as OutgoingHttpHeaders | undefined),
  }
}

const writeBody = (request: ClientRequest, body: HttpAsk['body']): void => {
  if (body === undefined) request.end()
  else if (typeof body === 'string' || body instanceof Uint8Array) request.end(body)
  else void pumpBody(request, body)
}

/** Obeys back-pressure. An engine that answers before it has read everything ends the request, not the process. */
const pumpBody = async (request: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> => {
  try {
    for await (const chunk of body) {
      if (request.destroyed) return
      if (!request.write(chunk)) await drained(request)
    }
    request.end()
  } catch (error) {
    request.destroy(toError(error))
  }
}

const drained = (request: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      request.off('drain', done).off('close', done)
      resolve()
    }
    request.once('drain', done).once('close', done)
  })

export const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))
