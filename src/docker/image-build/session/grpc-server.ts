import { Buffer } from 'node:buffer'
import { performServerHandshake, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Duplex, Readable } from 'node:stream'

/** Codes of google.rpc that are used here. */
export const grpcStatus = { ok: 0, notFound: 5, unimplemented: 12, internal: 13 } as const

export type GrpcCall = {
  readonly headers: IncomingHttpHeaders
  /** Messages of the other side, each whole. */
  readonly messages: AsyncIterable<Buffer>
  /** Resolves when there is room for more. */
  send(...messages: readonly Buffer[]): Promise<void>
}
/** Answers one call; what it throws becomes the call's status (a {@link GrpcFailure}'s own, else `internal`). */
export type GrpcMethod = (call: GrpcCall) => Promise<void>
export type GrpcFailure = Error & { readonly grpcCode?: number }

export const grpcFailure = (code: number, message: string): GrpcFailure =>
  Object.assign(new Error(message), { grpcCode: code })

/** A method with one message in and one out. */
export const unary =
  (answer: (request: Buffer) => Promise<Buffer> | Buffer): GrpcMethod =>
  async ({ messages, send }) => {
    for await (const message of messages) {
      await send(await answer(message))
      return
    }
    await send(await answer(Buffer.alloc(0)))
  }

/** Serves gRPC on a connection where we, who opened it, are the server: this is how BuildKit asks its client for things. */
export const serveGrpc = (socket: Duplex, methods: Readonly<Record<string, GrpcMethod>>): Http2Session => {
  const session = performServerHandshake(socket, {
    settings: { initialWindowSize: 1 << 20, maxConcurrentStreams: 1000 },
  })
  session.on('error', () => undefined) // the build itself fails and says why
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined)
    void serveCall(stream, { headers, method: methods[String(headers[':path'])] })
  })
  return session
}

const serveCall = async (
  stream: ServerHttp2Stream,
  { headers, method }: { readonly headers: IncomingHttpHeaders; readonly method: GrpcMethod | undefined },
): Promise<void> => {
  let status: Record<string, string> = { 'grpc-status': String(grpcStatus.ok) }
  stream.once('wantTrailers', () => stream.sendTrailers(status))
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  try {
    if (method === undefined) throw grpcFailure(grpcStatus.unimplemented, 'unknown method')
    await method({ headers, messages: readGrpcMessages(stream), send: createSender(stream) })
  } catch (error) {
    const { grpcCode = grpcStatus.internal, message } = error as GrpcFailure
    status = { 'grpc-status': String(grpcCode), 'grpc-message': encodeURIComponent(message) }
  }
  if (!stream.destroyed) stream.end()
}

const PREFIX = 5

/** A byte (compressed or not), the length, the message. */
export const frameGrpc = (message: Buffer): Buffer => {
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** Many senders may wait for the same stream: they share one wait. */
const createSender = (stream: Duplex): GrpcCall['send'] => {
  let room: Promise<void> | undefined
  const waitForRoom = () =>
    (room ??= new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => () => {
        stream.off('drain', drain).off('close', close)
        room = undefined
        settle()
      }
      const drain = end(resolve)
      const close = end(() => reject(new Error('the call was cancelled')))
      stream.once('drain', drain).once('close', close)
    }))
  return async (...messages) => {
    if (stream.destroyed) throw new Error('the call was cancelled')
    if (!stream.write(Buffer.concat(messages.map(frameGrpc)))) await waitForRoom()
  }
}

/** Whole messages. Leaving the loop leaves the stream open: an answer may still have to be sent on it. */
export const readGrpcMessages = async function* (stream: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= PREFIX) {
      if (rest[0] !== 0) throw grpcFailure(grpcStatus.unimplemented, 'compressed messages are not read')
      const end = PREFIX + rest.readUInt32BE(1)
      if (rest.length < end) break
      yield rest.subarray(PREFIX, end)
      rest = rest.subarray(end)
    }
  }
  if (rest.length > 0) throw grpcFailure(grpcStatus.internal, 'a message is cut off')
}
