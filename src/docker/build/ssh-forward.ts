import { Buffer } from 'node:buffer'
import { createConnection } from 'node:net'
import { grpcFailure, grpcStatus, unary, type GrpcMethod } from './grpc-server.ts'
import { readFields, readString, writeMessage } from './protobuf.ts'

/** `moby.sshforward.v1.SSH`: bytes between a `RUN --mount=type=ssh` and an agent of this machine. */
export function createSshForward(agents: Readonly<Record<string, string>>): Readonly<Record<string, GrpcMethod>> {
  const agentOf = (id: string): string => {
    const socket = agents[id === '' ? 'default' : id]
    if (socket === undefined) throw grpcFailure(grpcStatus.notFound, `unset ssh forward key ${id}`)
    return socket
  }
  return {
    '/moby.sshforward.v1.SSH/CheckAgent': unary((request) => {
      agentOf(readString(request, 1))
      return Buffer.alloc(0)
    }),
    '/moby.sshforward.v1.SSH/ForwardAgent': async ({ headers, messages, send }) => {
      const socket = createConnection(agentOf(String(headers['buildkit.ssh.id'] ?? '')))
      const answers = (async () => {
        for await (const chunk of socket) await send(writeMessage([[1, chunk as Buffer]]))
      })()
      try {
        for await (const message of messages) socket.write(readBytes(message))
        socket.end()
        await answers
      } finally {
        socket.destroy()
      }
    },
  }
}

/** `BytesMessage.data`. */
function readBytes(message: Buffer): Buffer {
  for (const { number, bytes } of readFields(message)) if (number === 1) return bytes
  return Buffer.alloc(0)
}
