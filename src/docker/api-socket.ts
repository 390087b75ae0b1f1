import { Buffer } from 'node:buffer'
import type { EngineAddress } from '../engine/ports/engine-address.ts'
import type { DockerClient } from './connection/client.ts'

/** Only a socket of this machine can be mounted into a container. */
export const toSocketPath = ({ kind, socketPath }: EngineAddress): string | undefined =>
  kind === 'unix' ? socketPath : undefined

/** `config.json` of Docker's command line with every login that is kept on this machine, and nothing else of it. */
export const readApiLogins = async ({ environment }: Pick<DockerClient, 'environment'>): Promise<Uint8Array> => {
  const { listCredentials } = await import('./registry/registry-auth.ts')
  const found = await listCredentials(environment)
  const auths = Object.fromEntries(
    Object.entries(found).map(([registry, { username, password, identityToken }]) => [
      registry,
      {
        ...(username === '' ? {} : { auth: Buffer.from(`${username}:${password}`).toString('base64') }),
        ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
      },
    ]),
  )
  return Buffer.from(JSON.stringify({ auths }, undefined, '\t'))
}
