import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import type { DockerClient } from '../../connection/client.ts'
import { findCredentials } from '../../registry/registry-auth.ts'
import { readNeededFile } from '../../../wire/named-file.ts'
import { createFileSync, type SharedFolder } from './file-sync.ts'
import { grpcFailure, grpcStatus, serveGrpc, unary, type GrpcMethod } from './grpc-server.ts'
import { readString, writeMessage } from './protobuf.ts'
import { createSshForward } from '../ssh/ssh-forward.ts'
import type { SshSource } from '../ssh/ssh-sources.ts'

export type SecretSource = { readonly file: string } | { readonly value: string }

export type SessionOffer = {
  /** Names the folder of the context: BuildKit keeps what it got of it under this name for the next build. */
  readonly sharedKey: string
  readonly folders: Readonly<Record<string, SharedFolder>>
  readonly secrets: Readonly<Record<string, SecretSource>>
  /** By id. */
  readonly ssh: Readonly<Record<string, SshSource>>
  readonly signal: AbortSignal | undefined
}

export type BuildSession = { readonly id: string; close(): void }

/**
 * The connection on which BuildKit asks its client for what it needs: folders, credentials of registries, secrets and ssh
 * agents. Only what the build names is given, and each registry gets its own credentials only.
 */
export const openBuildSession = async (client: DockerClient, offer: SessionOffer): Promise<BuildSession> => {
  const id = randomBytes(16).toString('hex')
  const methods = createMethods(client, offer)
  const headers = {
    'x-docker-expose-session-uuid': id,
    'x-docker-expose-session-name': 'stack',
    'x-docker-expose-session-sharedkey': createHash('sha256').update(offer.sharedKey).digest('hex'),
    'x-docker-expose-session-grpc-method': Object.keys(methods),
  }
  const socket = await client.beside.openSession(headers, offer.signal)
  const session = serveGrpc(socket, methods)
  return { id, close: () => (session.destroy(), socket.destroy()) }
}

const createMethods = (
  client: DockerClient,
  { folders, secrets, ssh }: SessionOffer,
): Readonly<Record<string, GrpcMethod>> => ({
  '/grpc.health.v1.Health/Check': unary(() => writeMessage([[1, 1]])),
  '/moby.filesync.v1.FileSync/DiffCopy': createFileSync(folders),
  '/moby.filesync.v1.Auth/Credentials': unary(async (request) => {
    const found = await findCredentials(readString(request, 1), client.environment)
    return writeMessage(
      found?.identityToken === undefined
        ? [
            [1, found?.username],
            [2, found?.password],
          ]
        : [[2, found.identityToken]],
    )
  }),
  '/moby.buildkit.secrets.v1.Secrets/GetSecret': unary(async (request) => {
    const id = readString(request, 1)
    const secret = secrets[id]
    if (secret === undefined) throw grpcFailure(grpcStatus.notFound, `secret ${id} not found`)
    return writeMessage([[1, 'file' in secret ? readNeededFile(secret.file) : Buffer.from(secret.value)]])
  }),
  ...(Object.keys(ssh).length === 0 ? {} : createSshForward(ssh)),
})
