import { toReferencePath } from './registry/image-reference.ts'
import type { ObservedImage } from '../core/plan/observed.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { type EngineHealthcheck, toSeconds } from './to-observed-container.ts'

/** The engine's JSON of an image, as far as it is read. */
export type InspectedImage = {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Created?: string
  readonly Size?: number
  readonly Metadata?: { readonly LastTagTime?: string } | null
  readonly RootFS?: { readonly Layers?: readonly string[] | null | undefined } | null | undefined
  readonly Os?: string
  readonly Architecture?: string
  readonly Variant?: string | undefined
  readonly Manifests?:
    | readonly {
        readonly ID: string
        readonly Kind?: string
        readonly Available?: boolean
        readonly ImageData?:
          | {
              readonly Platform?: {
                readonly os?: string
                readonly architecture?: string
                readonly variant?: string | undefined
              }
            }
          | null
          | undefined
      }[]
    | null
    | undefined
  readonly Config?: {
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly Volumes?: Readonly<Record<string, unknown>> | null
    readonly User?: string
    readonly Env?: readonly string[] | null | undefined
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
    readonly Healthcheck?: EngineHealthcheck | null | undefined
    readonly Entrypoint?: string | readonly string[] | null | undefined
    readonly Cmd?: readonly string[] | null
    readonly WorkingDir?: string
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
    layers: found.RootFS?.Layers ?? [],
    volumes: Object.keys(config.Volumes ?? {}),
    user: config.User ?? '',
    environment: config.Env ?? [],
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    ...(test.length === 0 ? {} : { healthcheck: { test } }),
    entrypoint: [config.Entrypoint ?? []].flat(),
    command: config.Cmd ?? [],
    workingDirectory: config.WorkingDir ?? '',
    os: found.Os ?? '',
    architecture: found.Architecture ?? '',
    variant: found.Variant ?? '',
    ...toContents(found),
    size: found.Size ?? 0,
    createdAt: toSeconds(found.Created) ?? 0,
    ...(taggedAt === undefined ? {} : { taggedAt }),
  }
}

/** What is attested of an image, and what of it was never fetched, cannot be run. */
const toContents = ({ Manifests }: InspectedImage): Pick<ObservedImage, 'contents'> => {
  const runnable = (Manifests ?? []).filter(({ Kind, Available }) => Kind === 'image' && Available === true)
  if (runnable.length === 0) return {}
  return {
    contents: runnable.map(({ ID: id, ImageData }) => {
      const { os = '', architecture = '', variant = '' } = ImageData?.Platform ?? {}
      return architecture === '' ? { id } : { id, platform: { os, architecture, variant } }
    }),
  }
}

/** One look at an image, with what the engine has for each platform. Fails where there is none. */
export const readImage = async (
  { docker, negotiated }: Pick<DockerClient, 'docker' | 'negotiated'>,
  { reference, signal }: { readonly reference: string; readonly signal: AbortSignal | undefined },
): Promise<ObservedImage> => {
  const { api } = await negotiated(signal)
  const manifests = api.major > 1 || api.minor >= 48 ? { manifests: true } : {}
  return toObservedImage(await docker.getImage(toReferencePath(reference)).inspect(withSignal(signal, manifests)))
}
