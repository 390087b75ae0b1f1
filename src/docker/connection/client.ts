import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import type { Environment } from '../../engine/ports/environment.ts'
import { createCallsBeside, type CallsBeside } from './calls-beside-dockerode.ts'
import { createDockerode, type Dockerode } from './dockerode.ts'
import { createEngineConnection, type ConnectionOptions, type EngineConnection } from './engine-connection.ts'
import { createModem } from './modem.ts'
import { createObjectNames, type ObjectNames } from './object-names.ts'

/** One engine: dockerode over our own connection, and the few calls that it has no method for. */
export type DockerClient = Pick<EngineConnection, 'negotiated' | 'close'> & {
  readonly docker: Dockerode
  readonly beside: CallsBeside
  readonly names: ObjectNames
  readonly address: EngineAddress
  readonly environment: Environment
}

export const createClient = ({ address, environment }: ConnectionOptions): DockerClient => {
  const connection = createEngineConnection({ address, environment })
  const { negotiated, close } = connection
  return {
    docker: createDockerode(createModem(connection)),
    beside: createCallsBeside(connection),
    names: createObjectNames(),
    address,
    environment,
    negotiated,
    close,
  }
}

/** A signal among the options of a call of dockerode's. */
export const withSignal = <T extends object>(
  signal: AbortSignal | undefined,
  options: T,
): T & { abortSignal?: AbortSignal } => (signal === undefined ? options : { ...options, abortSignal: signal })
