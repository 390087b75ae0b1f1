import { StackError } from '../../core/errors/stack-error.ts'
import type { BuildSpec } from '../../engine/ports.ts'
import { isAtLeast, type Negotiated } from '../negotiate.ts'

/** @throws `engine/unsupported` for what no way to this engine's builder can express; nothing has been done then */
export function refuseBuild({ build, serviceName }: BuildSpec, { buildkit, api }: Pick<Negotiated, 'buildkit' | 'api'>): void {
  const refuse = (key: string, needs: string, has: string) => {
    throw new StackError('engine/unsupported', { what: `build.${key} of service "${serviceName}"`, needs, has })
  }
  if ((build.platforms ?? []).length > 1) refuse('platforms with several platforms', 'an image store for several platforms and "docker buildx"', 'one image for one platform')
  if (build.provenance !== undefined && build.provenance !== false && build.provenance !== 'false') refuse('provenance', '"docker buildx"', 'no way to ask for it')
  if (build.sbom !== undefined && build.sbom !== false && build.sbom !== 'false') refuse('sbom', '"docker buildx"', 'no way to ask for it')
  // Older engines do have BuildKit, with a Dockerfile frontend that passes over what it does not know.
  const hasContexts = Object.keys(build.additional_contexts ?? {}).length > 0
  if (buildkit && hasContexts && !isAtLeast(api, 1, 42)) refuse('additional_contexts', 'Docker Engine 23 (API 1.42)', `API ${api.major}.${api.minor}`)
  if (buildkit) return
  const needsBuildkit = { secrets: build.secrets, ssh: build.ssh, additional_contexts: build.additional_contexts, cache_to: build.cache_to, no_cache_filter: build.no_cache_filter, entitlements: build.entitlements }
  for (const [key, value] of Object.entries(needsBuildkit)) if (value !== undefined && Object.keys(value).length > 0) refuse(key, 'BuildKit', 'the old builder only')
  if (build.privileged === true) refuse('privileged', 'BuildKit', 'the old builder only')
}
