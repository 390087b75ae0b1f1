import { createServer, type AddressInfo, type Server } from 'node:net'
import { Readable } from 'node:stream'
import { type CallOptions, Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  frameGrpc,
  grpcFailure,
  grpcStatus,
  readGrpcMessages,
  serveGrpc,
  unary,
} from '../../../src/docker/image-build/session/grpc-server.ts'

/** Our server, which BuildKit calls on a connection that we opened, held to the client of another implementation. */

const bytes = (value: Buffer): Buffer => value
let server: Server
let client: Client
let cancelled: Promise<unknown>

beforeAll(async () => {
  const seen = Promise.withResolvers<unknown>()
  cancelled = seen.promise
  server = createServer((socket) => {
    const session = serveGrpc(socket, {
      '/test/Echo': unary((message) => message),
      '/test/Fail': unary(() => {
        throw grpcFailure(grpcStatus.notFound, 'ключ "a b" is 100 % away\n')
      }),
      '/test/Bug': unary(() => {
        throw new Error('broken')
      }),
      '/test/EchoEach': async ({ messages, send }) => {
        for await (const message of messages) await send(message)
      },
      '/test/Endless': async ({ send }) => {
        try {
          for (;;) await send(Buffer.alloc(50_000))
        } catch (error) {
          seen.resolve(error)
          throw error
        }
      },
    })
    socket.on('close', () => session.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new Client(`127.0.0.1:${(server.address() as AddressInfo).port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  })
})
afterAll(async () => {
  client.close()
  await new Promise((resolve) => server.close(resolve))
})

const call = (path: string, message: Buffer, options: CallOptions = {}): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, bytes, bytes, message, new Metadata(), options, (error, value) =>
      error === null ? resolve(value ?? Buffer.alloc(0)) : reject(error),
    )
  })

const failure = async (work: Promise<unknown>): Promise<readonly [code: number, details: string]> => {
  const { code, details } = await work.then(
    () => ({ code: status.OK, details: 'it was answered' }),
    (error: unknown) => error as ServiceError,
  )
  return [code, details]
}

describe('our gRPC server, called by @grpc/grpc-js', () => {
  // A frame of HTTP/2 holds 16 KiB, a window 64 KiB at first; ours is 1 MiB.
  test.each([0, 1, 16_384, 65_536, 1_048_577, 5_000_000])('answers a message of %i bytes', async (size) => {
    const message = Buffer.alloc(size, 'x')
    expect((await call('/test/Echo', message)).equals(message)).toBe(true)
  })

  test('answers many calls at a time', async () => {
    const messages = Array.from({ length: 200 }, (_, index) => Buffer.from(`message ${index}`))
    const answers = await Promise.all(messages.map((message) => call('/test/Echo', message)))
    expect(answers.map(String)).toEqual(messages.map(String))
  })

  test('tells a failure with its code and its words, whatever they hold', async () => {
    expect(await failure(call('/test/Fail', Buffer.alloc(0)))).toEqual([status.NOT_FOUND, 'ключ "a b" is 100 % away\n'])
    expect(await failure(call('/test/Bug', Buffer.alloc(0)))).toEqual([status.INTERNAL, 'broken'])
    expect(await failure(call('/test/Nothing', Buffer.alloc(0)))).toEqual([status.UNIMPLEMENTED, 'unknown method'])
  })

  test('refuses a compressed message, as none is asked for', async () => {
    const { port } = server.address() as AddressInfo
    const gzip = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
    })
    const refused = new Promise((resolve, reject) => {
      gzip.makeUnaryRequest('/test/Echo', bytes, bytes, Buffer.alloc(1000), (error, value) =>
        error === null ? resolve(value) : reject(error),
      )
    })
    expect(await failure(refused)).toEqual([status.UNIMPLEMENTED, 'compressed messages are not read'])
    gzip.close()
  })

  test('refuses a message that is cut off, wherever it is', async () => {
    const frame = frameGrpc(Buffer.from('text'))
    for (let end = 1; end < frame.length; end += 1) {
      const messages = readGrpcMessages(Readable.from([frame, frame.subarray(0, end)]))
      expect(String((await messages.next()).value)).toBe('text')
      await expect(messages.next(), String(end)).rejects.toThrow('a message is cut off')
    }
  })

  test('streams both ways', async () => {
    const stream = client.makeBidiStreamRequest('/test/EchoEach', bytes, bytes, new Metadata())
    const sizes = [0, 5, 70_000, 1, 300_000]
    for (const size of sizes) stream.write(Buffer.alloc(size))
    stream.end()
    const seen: number[] = []
    for await (const message of stream) seen.push((message as Buffer).length)
    expect(seen).toEqual(sizes)
  })

  test('hears that a call is cancelled', async () => {
    const stream = client.makeServerStreamRequest('/test/Endless', bytes, bytes, Buffer.alloc(0), new Metadata())
    const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve))
    stream.once('data', () => stream.cancel())
    expect((await ended).code).toBe(status.CANCELLED)
    expect(await cancelled).toEqual(new Error('the call was cancelled'))
  })

  test('a deadline that passes is the end of a call', async () => {
    const never = client.makeBidiStreamRequest('/test/EchoEach', bytes, bytes, new Metadata(), {
      deadline: Date.now() + 50,
    })
    const ended = new Promise<ServiceError>((resolve) => never.on('error', resolve))
    never.resume()
    expect((await ended).code).toBe(status.DEADLINE_EXCEEDED)
  })
})
