import type { ObservedImage } from '../core/plan/observed.ts'
import { type EngineHealthcheck, toSeconds } from './to-observed-container.ts'

/** The engine's JSON of an image, as far as it is read. */
export type InspectedImage = {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Created?: string
  readonly Size?: number
  readonly Metadata?: { readonly LastTagTime?: string } | null
  readonly Os?: string
  readonly Architecture?: string
  readonly Config?: {
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly Volumes?: Readonly<Record<string, unknown>> | null
    readonly User?: string
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
    readonly Healthcheck?: EngineHealthcheck | null | undefined
    readonly Entrypoint?: string | readonly string[] | null | undefined
    readonly Cmd?: readonly string[] | null
  } | null
}

export const toObservedImage = (found: InspectedImage): ObservedImage => {
  const config = found.Config ?? {}
  const test = config.Healthcheck?.Test ?? []
  const taggedAt = toSeconds(found.Metadata?.LastTagTime)
  return {
    id: found.Id,
    tags: found.RepoTags ?? [],
    digests: found.RepoDigests ?? [],
    labels: config.Labels ?? {},
    volumes: Object.keys(config.Volumes ?? {}),
    user: config.User ?? '',
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    ...(test.length === 0 ? {} : { healthcheck: { test } }),
    entrypoint: [config.Entrypoint ?? []].flat(),
    command: config.Cmd ?? [],
    os: found.Os ?? '',
    architecture: found.Architecture ?? '',
    size: found.Size ?? 0,
    createdAt: toSeconds(found.Created) ?? 0,
    ...(taggedAt === undefined ? {} : { taggedAt }),
  }
}
