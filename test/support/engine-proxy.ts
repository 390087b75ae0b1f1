import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { engineHost } from './engine-api.ts'

/** How those who come while the connection is cut are turned away: no socket is there, or one that hangs up at once. */
export type Refusal = 'gone' | 'reset'

/** A way to the engine of this run that can be cut. */
export interface EngineProxy {
  /** For `DOCKER_HOST`. */
  readonly host: string
  /** Ends every connection, turns new ones away for so long, and serves again when it resolves. */
  readonly cut: (milliseconds: number, refusal: Refusal) => Promise<void>
  /** Ends every connection and turns new ones away until `serve`. */
  readonly refuse: (refusal: Refusal) => Promise<void>
  readonly serve: () => Promise<void>
  /** Lets each piece of an answer wait for so long. */
  readonly slowDown: (milliseconds: number) => void
  /** Connections so far. */
  readonly count: () => number
  readonly close: () => Promise<void>
}

const toEngine = (): Socket => {
  const host = engineHost()
  if (host.startsWith('unix://')) return connect({ path: host.slice('unix://'.length), allowHalfOpen: true })
  const url = new URL(host.replace(/^tcp:/, 'http:'))
  return connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true })
}

/** Bytes in, bytes out: it knows nothing of HTTP, so streams and taken-over connections pass like everything else. */
export const createEngineProxy = async (): Promise<EngineProxy> => {
  const folder = await mkdtemp(join(tmpdir(), 'stack-proxy-'))
  const path = join(folder, 'docker.sock')
  const open = new Set<Socket>()
  let delay = 0
  let count = 0
  let isRefusing = false
  let server: Server | undefined

  const carry = (client: Socket): void => {
    if (isRefusing) return void client.destroy()
    count += 1
    const engine = toEngine()
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    client.pipe(engine)
    let last = Promise.resolve()
    const after = (act: () => void): void => {
      last = delay === 0 ? last.then(act) : last.then(() => pause(delay)).then(act)
    }
    engine.on('data', (chunk: Buffer) => after(() => client.write(chunk)))
    engine.on('end', () => after(() => client.end()))
  }
  const listen = async (): Promise<void> => {
    isRefusing = false
    if (server !== undefined) return
    server = createServer({ allowHalfOpen: true }, carry).listen(path)
    await once(server, 'listening')
  }
  const cutAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  const unlisten = async (): Promise<void> => {
    const old = server
    server = undefined
    if (old === undefined) return
    const closed = once(old, 'close')
    old.close()
    cutAll()
    await closed
  }
  const refuse: EngineProxy['refuse'] = async (refusal) => {
    isRefusing = true
    if (refusal === 'gone') await unlisten()
    else cutAll()
  }
  await listen()
  return {
    host: `unix://${path}`,
    refuse,
    serve: listen,
    async cut(milliseconds, refusal) {
      await refuse(refusal)
      await pause(milliseconds)
      await listen()
    },
    slowDown: (milliseconds) => void (delay = milliseconds),
    count: () => count,
    async close() {
      await unlisten()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
