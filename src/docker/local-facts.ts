import { resolve } from 'node:path'
import { StackError } from '../core/errors/stack-error.ts'
import { describeFault, readNamedFile } from '../wire/named-file.ts'
import type { ContainerSpec } from '../engine/ports/container-runtime.ts'
import type { DockerClient } from './connection/client.ts'
import type { BodyFacts } from './create-options/body-facts.ts'
import { seccompFile } from '../core/project/seccomp-file.ts'

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

const readSeccompProfiles = (spec: ContainerSpec): Record<string, string> => {
  const { service, serviceName, project } = spec
  const profiles: Record<string, string> = {}
  for (const [index, option] of (service.security_opt ?? []).entries()) {
    const path = seccompFile(option)
    if (path === undefined) continue
    const file = resolve(project.context.directory, path)
    try {
      profiles[path] = readNamedFile(file).toString('utf8')
    } catch (error) {
      const at = project.context.findPlace(`services.${serviceName}.security_opt[${index}]`)
      throw new StackError(
        'object/unreadable-file',
        { what: 'seccomp profile', file, user: `service "${serviceName}"`, why: describeFault(error as Error) },
        { cause: error, ...(at === undefined ? {} : { at }) },
      )
    }
  }
  return profiles
}
