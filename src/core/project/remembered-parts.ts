import { type ConfigParts, type Digest, type HashOptions, toConfigParts } from './config-hash.ts'
import type { Project, ServiceName } from './project.ts'

/**
 * What a container was made from, as its label remembers it. The digests of parts are made with a key that whoever runs Stack
 * keeps to themselves: whoever reads labels, also of an image that was made of the container, cannot test with them what a
 * secret may be. Those of Stack before that were made without one.
 */
export type RememberedParts = {
  /** Which key; absent: made without one, by an older Stack. Empty: there was none that could be kept, so nothing can be compared. */
  readonly key?: string
  readonly parts: ConfigParts
}

/** The names of all parts; their digests only where there is a key for them. */
export const toRememberedParts = (project: Project, service: ServiceName, options: HashOptions): RememberedParts => {
  const { partKey, fileDigests } = options
  return {
    key: partKey?.id ?? '',
    parts: toConfigParts(project, service, { digest: partKey?.digest ?? noDigest, fileDigests }),
  }
}

const noDigest: Digest = () => ''

/** The label's text, read; undefined when it is none of ours. */
export const readRememberedParts = (text: string | undefined): RememberedParts | undefined => {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value)) return undefined
    const { key, parts } = value
    return typeof key === 'string' && isRecord(parts)
      ? { key, parts: parts as ConfigParts }
      : { parts: value as ConfigParts }
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** How the parts of today are digested to be compared with remembered ones; undefined when that is not in our power. */
export const findDigest = ({ key }: RememberedParts, { digest, partKey }: HashOptions): Digest | undefined => {
  if (key === undefined) return digest
  return partKey !== undefined && partKey.id === key ? partKey.digest : undefined
}

/** Without what cannot be compared: names alone. */
export const toNames = (parts: ConfigParts): ConfigParts =>
  Object.fromEntries(Object.keys(parts).map((name) => [name, '']))
