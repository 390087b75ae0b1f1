import type { Project } from './project.ts'
import type { Service } from './service.ts'

/** `linux/arm64/v8` in its parts, each under the one name that containerd gives it (containerd/platforms `normalize`). */
export type Platform = { readonly os: string; readonly architecture: string; readonly variant: string }

const architectures: Readonly<Record<string, { readonly architecture: string; readonly variant?: string }>> = {
  i386: { architecture: '386' },
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
}
/** The variant that an architecture has when none is named, and that is left out. */
const usualVariants: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' }

const normalizePlatform = ({ os, architecture, variant }: Platform): Platform => {
  const known = architectures[architecture.toLowerCase()] ?? { architecture: architecture.toLowerCase() }
  const named = (known.variant ?? variant).toLowerCase().replace(/^(?=\d)/, 'v')
  return {
    os: os.toLowerCase() === 'macos' ? 'darwin' : os.toLowerCase(),
    architecture: known.architecture,
    variant: named === usualVariants[known.architecture] ? '' : named,
  }
}

/** `linux/arm64`, `linux/arm/v7`, and `arm64` or `linux` alone, which leave the rest to the engine. */
const parsePlatform = (text: string): Partial<Platform> => {
  const [first = '', second, variant = ''] = text.split('/')
  if (second !== undefined) return normalizePlatform({ os: first, architecture: second, variant })
  const { os, architecture } = normalizePlatform({ os: first, architecture: first, variant: '' })
  return ['linux', 'windows', 'darwin', 'freebsd'].includes(os) ? { os } : { architecture }
}

/** Whether what is made for `found` is what `wanted` asks for. */
export const isPlatform = (found: Platform, wanted: string): boolean => {
  const own = normalizePlatform(found)
  return Object.entries(parsePlatform(wanted)).every(([key, value]) => own[key as keyof Platform] === value)
}

/** The platform that a service's image and container are asked for, if any. */
export const platformOf = (
  { platform }: Pick<Service, 'platform'>,
  environment: Readonly<Record<string, string>>,
): string | undefined => platform || environment['DOCKER_DEFAULT_PLATFORM'] || undefined

/**
 * `DOCKER_DEFAULT_PLATFORM` as if it stood in the file, for services that are built: what they are made from says it, as with Docker
 * Compose (`applyPlatforms`). For others it decides which image is pulled and run, and is no part of the configuration.
 */
export const withDefaultPlatform = (project: Project): Project => {
  const { environment } = project.context
  if (!environment['DOCKER_DEFAULT_PLATFORM']) return project
  const change = (service: Service): Service => {
    const platform = platformOf(service, environment)
    return service.build === undefined || platform === undefined ? service : { ...service, platform }
  }
  return {
    ...project,
    services: Object.fromEntries(Object.entries(project.services).map(([name, service]) => [name, change(service)])),
  }
}
