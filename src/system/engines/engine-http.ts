import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Duplex, type Readable } from 'node:stream'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'

export type EngineRequest = {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: Readable
  readonly contentType?: string
  readonly signal: AbortSignal
}

export type EngineResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * One plain HTTP request to an engine. For questions that must be cheap or must work before anything else does; all
 * else goes through docker/, which knows the API.
 * @throws what the connection throws (`ENOENT`, `ECONNREFUSED`, `EACCES`, a TLS failure), or the signal's reason
 */
export const requestEngine = async (address: EngineAddress, ask: EngineRequest): Promise<EngineResponse> => {
  const request = await openRequest(address, {
    method: ask.method ?? 'GET',
    path: ask.path,
    headers: {
      connection: 'close',
      // A refusal then comes before the body is sent, and not as a broken pipe in the middle of it.
      ...(ask.body === undefined ? {} : { expect: '100-continue' }),
      ...(ask.contentType === undefined ? {} : { 'content-type': ask.contentType }),
    },
    signal: ask.signal,
  })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', (error) => reject(ask.signal.aborted ? ask.signal.reason : error))
    const { body } = ask
    if (body === undefined) request.end()
    else
      request.once('continue', () => body.once('error', (error) => request.destroy(error)).pipe(request)).flushHeaders()
  })
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }
}

const openRequest = async (address: EngineAddress, options: RequestOptions): Promise<ClientRequest> => {
  switch (address.kind) {
    case 'unix':
    case 'npipe':
      return requestHttp({ ...options, socketPath: address.socketPath ?? '' })
    case 'ssh':
      return requestHttp({ ...options, createConnection: () => connectBySsh(address) })
    case 'tcp': {
      const place = { ...options, host: address.hostname ?? null, port: address.port ?? null }
      if (address.tls === undefined) return requestHttp(place)
      const { request: requestHttps } = await import('node:https')
      const { skipVerify = false, ...pem } = address.tls
      return requestHttps({ ...place, ...pem, rejectUnauthorized: !skipVerify })
    }
  }
}

/** As Docker's own command line reaches an engine by ssh: the far `docker` passes bytes between us and its engine. */
const connectBySsh = (address: EngineAddress): Duplex => {
  const port = address.port === undefined ? [] : ['-p', String(address.port)]
  const args = [
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    ...port,
    '--',
    address.hostname ?? '',
    'docker',
    'system',
    'dial-stdio',
  ]
  const child = spawn('ssh', args, { stdio: 'pipe' })
  const connection = toConnection(child)
  // What node:http expects of a socket and a pair of pipes has not.
  const nothing = (): Duplex => connection
  return Object.assign(connection, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  })
}

/** Ends when ssh has ended and not before, so that its own words are the failure and not a broken pipe. */
const toConnection = (child: ChildProcessWithoutNullStreams): Duplex => {
  const connection = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill()
      done(error)
    },
  })
  let said = ''
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => connection.push(chunk))
  child.once('error', (error) => connection.destroy(error))
  child.once('close', (code) => {
    if (code === 0 || code === null) connection.push(null)
    else connection.destroy(new Error(said.trim().split('\n').at(-1) ?? `ssh ended with ${code}`))
  })
  return connection
}
