import { resolve } from 'node:path'
import { readNeededFile } from '../wire/named-file.ts'
import type { ContainerSpec } from '../engine/ports/container-runtime.ts'
import type { DockerClient } from './connection/client.ts'
import type { BodyFacts } from './create-options/body-facts.ts'
import { seccompFile } from './create-options/security-options.ts'

type LocalFacts = Pick<BodyFacts, 'proxyEnvironment' | 'seccompProfiles'>

/**
 * What files of this machine add to a container: the proxies of `config.json`, read once a run, and the seccomp profiles that
 * the service names.
 */
export const createReadLocalFacts = (client: DockerClient): ((spec: ContainerSpec) => Promise<LocalFacts>) => {
  let proxies: Promise<Readonly<Record<string, string>>> | undefined
  return async (spec) => {
    proxies ??= import('./proxy-environment.ts').then(({ readProxyEnvironment }) => readProxyEnvironment(client))
    return { proxyEnvironment: await proxies, seccompProfiles: readSeccompProfiles(spec) }
  }
}

const readSeccompProfiles = ({ service, project }: ContainerSpec): Record<string, string> => {
  const profiles: Record<string, string> = {}
  for (const option of service.security_opt ?? []) {
    const path = seccompFile(option)
    if (path !== undefined) profiles[path] = readNeededFile(resolve(project.context.directory, path)).toString('utf8')
  }
  return profiles
}
