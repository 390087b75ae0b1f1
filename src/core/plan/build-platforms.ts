import type { Problem } from '../errors/problem.ts'
import { platformOf } from '../project/platform.ts'
import type { Service } from '../project/service.ts'

type Environment = Readonly<Record<string, string>>

/**
 * Platforms to build for, none meaning the builder's own. `stack build` builds for all that the file lists; a container
 * needs one: its own, the only one listed, or the builder's (Docker Compose, `applyPlatforms`).
 */
export const selectBuildPlatforms = (
  service: Service,
  { all, environment }: { readonly all: boolean; readonly environment: Environment },
): readonly string[] => {
  const listed = service.build?.platforms ?? []
  const wanted = platformOf(service, environment)
  if (wanted !== undefined && (!all || listed.length === 0)) return [wanted]
  return !all && listed.length > 1 ? [] : listed
}

/** Whether DOCKER_DEFAULT_PLATFORM is one that the service is built for; `platform` itself is looked at when the file is read. */
export const checkBuildPlatforms = (
  name: string,
  { service, environment }: { readonly service: Service; readonly environment: Environment },
): readonly Problem[] => {
  const listed = service.build?.platforms ?? []
  const wanted = platformOf(service, environment)
  if (wanted === undefined || listed.length === 0 || listed.includes(wanted)) return []
  return [{
    severity: 'error',
    code: 'plan/platform-not-built',
    path: `services.${name}.build.platforms`,
    message: `Service "${name}" is built for ${listed.join(', ')}, and not for ${wanted}, which DOCKER_DEFAULT_PLATFORM names.`,
    hint: `Add "${wanted}" to build.platforms, or unset DOCKER_DEFAULT_PLATFORM.`,
  }] // prettier-ignore
}
