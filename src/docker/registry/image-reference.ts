export type Reference = { readonly repository: string; readonly tag?: string; readonly digest?: string }

/** `host:5000/name:tag@sha256:…`: a colon before a slash belongs to a port. */
export const parseReference = (text: string): Reference => {
  const [name = '', digest] = text.split('@')
  const colon = name.lastIndexOf(':')
  const hasTag = colon > name.lastIndexOf('/')
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    ...(hasTag ? { tag: name.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** The registry of an image: what stands before the first slash if it looks like a host, else Docker Hub. */
export const registryOf = (reference: string): string => {
  const first = reference.split('/')[0] ?? ''
  const isHost = reference.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  return !isHost || first === 'index.docker.io' || first === 'registry-1.docker.io' ? 'docker.io' : first
}

/** A reference as part of a path: whatever was written, the engine is asked about it and nothing else. */
export const toReferencePath = (reference: string): string => reference.split('/').map(encodeURIComponent).join('/')
