import { StackError } from '../../core/errors/stack-error.ts'
import type { BuildSpec } from '../../engine/ports/image-runtime.ts'
import { toAttestations, type ImageStore } from './image-store.ts'
import { isAtLeast, type Negotiated } from '../connection/negotiate.ts'

/** @throws `engine/unsupported` for what no way to this engine's builder can express; nothing has been done then */
export const refuseBuild = (
  spec: BuildSpec,
  { buildkit, api, store }: Pick<Negotiated, 'buildkit' | 'api'> & { readonly store: ImageStore },
): void => {
  const { build, serviceName, platforms = [] } = spec
  const refuse = (key: string, needs: string, has: string) => {
    throw new StackError('engine/unsupported', { what: `build.${key} of service "${serviceName}"`, needs, has })
  }
  const isPlain = !buildkit || store === 'classic'
  const needed =
    'BuildKit and the containerd image store ("features": { "containerd-snapshotter": true } in the engine\'s daemon.json)'
  const had = buildkit ? 'the classic image store' : 'the old builder only'
  if (isPlain && platforms.length > 1) refuse('platforms with several platforms', needed, had)
  for (const name of isPlain ? Object.keys(toAttestations(spec)) : []) refuse(name, needed, had)
  // Older engines do have BuildKit, with a Dockerfile frontend that passes over what it does not know.
  const hasContexts = Object.keys(build.additional_contexts ?? {}).length > 0
  if (buildkit && hasContexts && !isAtLeast(api, 1, 42))
    refuse('additional_contexts', 'Docker Engine 23 (API 1.42)', `API ${api.major}.${api.minor}`)
  if (buildkit) return
  const needsBuildkit = {
    secrets: build.secrets,
    ssh: build.ssh,
    additional_contexts: build.additional_contexts,
    cache_to: build.cache_to,
    no_cache_filter: build.no_cache_filter,
    entitlements: build.entitlements,
  }
  for (const [key, value] of Object.entries(needsBuildkit))
    if (value !== undefined && Object.keys(value).length > 0) refuse(key, 'BuildKit', 'the old builder only')
  if (build.privileged === true) refuse('privileged', 'BuildKit', 'the old builder only')
}
