import type { DockerClient } from './connection/client.ts'
import { readDockerConfig, type DockerConfig } from './registry/registry-auth.ts'

/** Keys of `proxies` in `config.json`, and the variables that they become: in both spellings, for programs know one or the other. */
const variables = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  noProxy: 'NO_PROXY',
  allProxy: 'ALL_PROXY',
} as const
const keys = Object.keys(variables) as (keyof typeof variables)[]

/**
 * The proxy variables that Docker's command line gives to containers and builds: those of the engine's address, else the
 * default ones (docker/cli, `ParseProxyConfig`).
 */
export const toProxyEnvironment = (
  { proxies }: Pick<DockerConfig, 'proxies'>,
  host: string,
): Readonly<Record<string, string>> => {
  const settings = proxies[host] ?? proxies['default'] ?? {}
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = settings[key]
      const name = variables[key]
      return value === undefined || value === ''
        ? []
        : [
            [name, value],
            [name.toLowerCase(), value],
          ]
    }),
  )
}

/** A configuration that cannot be read has no proxies: whoever needs a login from it says what is wrong with it. */
export const readProxyEnvironment = async ({
  address,
  environment,
}: Pick<DockerClient, 'address' | 'environment'>): Promise<Readonly<Record<string, string>>> => {
  const config = await readDockerConfig(environment).catch(() => ({ proxies: {} }))
  return toProxyEnvironment(config, address.host)
}
