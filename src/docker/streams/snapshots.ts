import type { SnapshotRuntime } from '../../engine/ports/snapshots.ts'
import type { DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { guard, guardStream } from '../connection/guard.ts'
import { parseReference } from '../registry/image-reference.ts'
import { readChunks } from '../../wire/read-body.ts'

export const createSnapshotCalls = (client: DockerClient): SnapshotRuntime => ({
  commitContainer: (id, { reference, author, message, changes = [], pause }, { signal } = {}) =>
    guard(client, { what: `make an image of container ${shorten(id)}`, signal }, async () => {
      const { repository, tag } = reference === undefined ? {} : parseReference(reference)
      const query = { container: id, repo: repository, tag, author, comment: message, changes, pause }
      const { Id: imageId } = await client.ask<{ Id: string }>({
        method: 'POST',
        path: '/commit',
        query,
        json: {},
        signal,
      })
      return { imageId }
    }),
  exportContainer: (id, { signal } = {}) => {
    const context = { what: `export container ${shorten(id)}`, signal }
    return guard(client, context, async () => {
      const stream = await client.open({ method: 'GET', path: `/containers/${id}/export`, signal })
      return guardStream(client, context, () => readChunks(stream, signal))
    })
  },
})
