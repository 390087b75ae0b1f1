import { parseReference } from '../../docker/registry/image-reference.ts'
import type { Runtime } from '../../engine/ports/runtime.ts'

type Options = { readonly runtime: Pick<Runtime, 'resolveDigest'>; readonly signal: AbortSignal }

/**
 * The image by its whole name and the digest that the registry has for it now, `docker.io/library/nginx:1@sha256:…`. One that
 * has a digest keeps it and loses its tag, which says no more then (Docker's reference, `ParseDockerRef`).
 */
export const pinImage = async (image: string, { runtime, signal }: Options): Promise<string> => {
  const { repository, tag = 'latest', digest } = parseReference(image)
  const name = toFullName(repository)
  if (digest !== undefined) return `${name}@${digest}`
  return `${name}:${tag}@${await runtime.resolveDigest(`${name}:${tag}`, { signal })}`
}

/** With the registry and the folder that a short name leaves out. */
export const toFullName = (repository: string): string => {
  const [first = '', ...rest] = repository.split('/')
  const isHost = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost')
  const host = !isHost || first === 'index.docker.io' ? 'docker.io' : first
  const path = isHost ? rest.join('/') : repository
  return host === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${host}/${path}`
}
