import type { SnapshotRuntime } from '../../engine/ports/snapshots.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { guard, guardStream } from '../connection/guard.ts'
import { parseReference } from '../registry/image-reference.ts'
import { readChunks } from '../../wire/read-body.ts'

export const createSnapshotCalls = (client: DockerClient): SnapshotRuntime => ({
  commitContainer: (id, { reference, author, message, changes = [], pause }, { signal } = {}) =>
    guard(client, { what: `make an image of container ${shorten(id)}`, signal }, async () => {
      const { repository, tag } = reference === undefined ? {} : parseReference(reference)
      const options = { repo: repository, tag, author, comment: message, changes, pause, _body: {} }
      const { Id: imageId } = await client.docker.getContainer(id).commit(withSignal(signal, options))
      return { imageId }
    }),
  exportContainer: (id, { signal } = {}) => {
    const context = { what: `export container ${shorten(id)}`, signal }
    return guard(client, context, async () => {
      const stream = await client.docker.getContainer(id).export(withSignal(signal, {}))
      return guardStream(client, context, () => readChunks(stream, signal))
    })
  },
})
