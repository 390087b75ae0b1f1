import { createRuntime } from '../../src/docker/connect.ts'
import type { EngineAddress } from '../../src/engine/ports/engine-address.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { parseDockerHost } from '../../src/system/engines/docker-host.ts'
import { cleanUp } from '../support/cleanup.ts'
import { createEngineApi } from '../support/engine-api.ts'

export const shellImage = 'stack-base/busybox'

/** The engine of this run: `DOCKER_HOST`, else the usual socket. */
export const engineAddress = (): EngineAddress => {
  const address = parseDockerHost(process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock', {
    source: 'DOCKER_HOST',
  })
  if (typeof address === 'string') throw new Error(address)
  return address
}

export const openRuntime = (environment: Readonly<Record<string, string | undefined>> = process.env): Runtime =>
  createRuntime({ address: engineAddress(), environment })

export const removeProject = (project: string): Promise<void> => cleanUp(createEngineApi(), project)
