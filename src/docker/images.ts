import type { ImageRuntime } from '../engine/ports/image-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { parseReference, toReferencePath } from './registry/image-reference.ts'
import { accept, guard, orUndefined } from './connection/guard.ts'
import { readImage, toObservedImage } from './to-observed-image.ts'

/** Images. What moves layers (pull, push, build) is loaded when it is used first. */
export const createImageCalls = (client: DockerClient): ImageRuntime => {
  const { docker } = client
  const inspectImage: ImageRuntime['inspectImage'] = (reference, { signal } = {}) =>
    guard(client, { what: `inspect image ${reference}`, signal }, () =>
      orUndefined(readImage(client, { reference, signal })),
    )
  return {
    inspectImage,
    listImages: ({ labels = [] }, { signal } = {}) =>
      guard(client, { what: 'list images', signal }, async () => {
        const query = labels.length === 0 ? {} : { filters: { label: [...labels] } }
        const listed = await docker.listImages(withSignal(signal, query))
        return listed.map((one) =>
          // A list does not tell the rest.
          ({
            ...toObservedImage({
              Id: one.Id,
              RepoTags: one.RepoTags ?? [],
              RepoDigests: one.RepoDigests ?? [],
              Size: one.Size,
              Config: { Labels: one.Labels ?? {} },
            }),
            createdAt: one.Created,
          }),
        )
      }),
    pullImage: async (reference, options = {}) => {
      const { pullImage } = await import('./registry/pull.ts')
      return pullImage(client, { reference, ...options })
    },
    pushImage: async (reference, options = {}) => {
      const { pushImage } = await import('./registry/push.ts')
      return pushImage(client, { reference, ...options })
    },
    buildImage: async (spec, options = {}) => {
      const { buildImage } = await import('./image-build/build-image.ts')
      return buildImage(client, { spec, ...options })
    },
    resolveDigest: async (reference, options = {}) => {
      const { resolveDigest } = await import('./registry/distribution.ts')
      return resolveDigest(client, { reference, ...options })
    },
    tagImage: (reference, tag, { signal } = {}) =>
      guard(client, { what: `tag image ${reference} as ${tag}`, subject: `image ${reference}`, signal }, async () => {
        const { repository, tag: name = 'latest' } = parseReference(tag)
        await docker.getImage(toReferencePath(reference)).tag(withSignal(signal, { repo: repository, tag: name }))
      }),
    // What is no reference (400) names no image, and so none that could be there.
    removeImage: (reference, { force = false, keepParents = false, signal } = {}) =>
      guard(client, { what: `remove image ${reference}`, subject: `Image ${reference}`, signal }, () =>
        accept(
          [400, 404],
          docker
            .getImage(toReferencePath(reference))
            .remove(withSignal(signal, { force, ...(keepParents ? { noprune: true } : {}) })),
        ),
      ),
  }
}
