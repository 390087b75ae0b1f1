import { StackError } from '../core/errors/stack-error.ts'
import { parseReference } from '../docker/image-reference.ts'
import type { Runtime } from '../engine/ports.ts'

type Options = { readonly runtime: Runtime; readonly signal: AbortSignal }

/**
 * The image with the digest under which the engine knows it, `docker.io/library/nginx:1@sha256:…`.
 * @throws StackError cli/not-built when the engine has no digest for it, since the registry is not asked yet
 */
export async function resolveImageDigest(image: string, { runtime, signal }: Options): Promise<string> {
  const { repository, tag } = parseReference(image)
  const found = await runtime.inspectImage(image, { signal })
  const digest = found?.digests.map((one) => one.split('@')).find(([name]) => name === repository || toFull(name ?? '') === toFull(repository))?.[1]
  if (digest === undefined) {
    throw new StackError('cli/not-built', { what: `The digest of ${image}, which the engine does not have from a registry: asking the registry for it` })
  }
  return `${toFull(repository)}${tag === undefined ? ':latest' : `:${tag}`}@${digest}`
}

/** With the registry and folder that a short name leaves out. */
const toFull = (repository: string): string => {
  const [first = '', ...rest] = repository.split('/')
  if (rest.length === 0) return `docker.io/library/${repository}`
  return /[.:]/.test(first) || first === 'localhost' ? repository : `docker.io/${repository}`
}
