import { Buffer } from 'node:buffer'
import { createConnection } from 'node:net'
import { answerAsAgent } from './key-agent.ts'
import { grpcFailure, grpcStatus, unary, type GrpcMethod } from '../session/grpc-server.ts'
import { readFields, readString, writeMessage } from '../session/protobuf.ts'
import type { SshSource } from './ssh-sources.ts'

/** `moby.sshforward.v1.SSH`: bytes between a `RUN --mount=type=ssh` and an agent of this machine, or ourselves for key files. */
export const createSshForward = (
  sources: Readonly<Record<string, SshSource>>,
): Readonly<Record<string, GrpcMethod>> => {
  const sourceOf = (id: string): SshSource => {
    const source = sources[id === '' ? 'default' : id]
    if (source === undefined) throw grpcFailure(grpcStatus.notFound, `unset ssh forward key ${id}`)
    return source
  }
  return {
    '/moby.sshforward.v1.SSH/CheckAgent': unary((request) => {
      sourceOf(readString(request, 1))
      return Buffer.alloc(0)
    }),
    '/moby.sshforward.v1.SSH/ForwardAgent': async ({ headers, messages, send }) => {
      const source = sourceOf(String(headers['buildkit.ssh.id'] ?? ''))
      if ('keys' in source) {
        for await (const answer of answerAsAgent(source.keys, readData(messages)))
          await send(writeMessage([[1, answer]]))
        return
      }
      const socket = createConnection(source.socket)
      const answers = (async () => {
        for await (const chunk of socket) await send(writeMessage([[1, chunk as Buffer]]))
      })()
      try {
        for await (const data of readData(messages)) socket.write(data)
        socket.end()
        await answers
      } finally {
        socket.destroy()
      }
    },
  }
}

/** `BytesMessage.data`. */
const readData = async function* (messages: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const message of messages)
    for (const { number, bytes } of readFields(message)) if (number === 1) yield bytes
}
