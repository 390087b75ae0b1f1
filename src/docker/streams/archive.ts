import type { IncomingMessage } from 'node:http'
import type { ContainerFile, ContainerRuntime, PathStat } from '../../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { guard, guardStream, orUndefined } from '../connection/guard.ts'
import { readChunks } from '../../wire/read-body.ts'
import { packTar } from '../../wire/write-tar.ts'

type ArchiveCalls = Pick<ContainerRuntime, 'putFiles' | 'putArchive' | 'getArchive' | 'statPath'>

export const createArchiveCalls = (client: DockerClient): ArchiveCalls => {
  const put = (
    id: string,
    path: string,
    more: {
      readonly body: Uint8Array | AsyncIterable<Uint8Array>
      readonly copyOwner?: boolean | undefined
      readonly keepKinds?: boolean | undefined
      readonly signal: AbortSignal | undefined
    },
  ) =>
    guard(
      client,
      {
        what: `put files under ${path} of container ${shorten(id)}`,
        subject: `folder ${path} in container ${shorten(id)}`,
        signal: more.signal,
      },
      async () => {
        const options = {
          path,
          ...(more.copyOwner === undefined ? {} : { copyUIDGID: more.copyOwner }),
          ...(more.keepKinds === undefined ? {} : { noOverwriteDirNonDir: more.keepKinds }),
        }
        await client.docker.getContainer(id).putArchive(more.body, withSignal(more.signal, options))
      },
    )
  return {
    putFiles: (id, path, files, { signal } = {}) => put(id, path, { body: packFiles(files), signal }),
    putArchive: (id, path, tar, { copyOwner, keepKinds, signal } = {}) =>
      put(id, path, { body: tar, copyOwner, keepKinds, signal }),
    statPath: (id, path, { signal } = {}) =>
      guard(client, { what: `look at ${path} of container ${shorten(id)}`, signal }, async () => {
        const found = await orUndefined(client.docker.getContainer(id).infoArchive(withSignal(signal, { path })))
        if (found === undefined) return undefined
        found.resume()
        return readStat(found, path)
      }),
    getArchive: (id, path, { signal } = {}) => {
      const context = {
        what: `read ${path} of container ${shorten(id)}`,
        subject: `file ${path} in container ${shorten(id)}`,
        signal,
      }
      return guard(client, context, async () => {
        const stream = await client.docker.getContainer(id).getArchive(withSignal(signal, { path }))
        return {
          stat: await readStat(stream, path),
          tar: guardStream(client, context, () => readChunks(stream, signal)),
        }
      })
    },
  }
}

const readStat = async ({ headers }: IncomingMessage, path: string): Promise<PathStat> => {
  const { parsePathStat } = await import('./path-stat.ts')
  return parsePathStat(String(headers['x-docker-container-path-stat'] ?? ''), path)
}

/** Folders on the way to a file are made by the engine. */
export const packFiles = (files: readonly ContainerFile[]): Uint8Array =>
  packTar(files.map((file) => ({ ...file, kind: 'file' })))
