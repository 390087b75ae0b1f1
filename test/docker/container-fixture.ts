import type { Service } from '../../src/core/project/service.ts'
import type { ContainerSpec } from '../../src/engine/ports/container-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { shellImage } from './engine.ts'

export type ContainerFixture = {
  /** Creates a container of a service of its own and starts it unless told otherwise; its network is the engine's own bridge. */
  readonly run: (service: string, command: string, more?: Partial<Service>) => Promise<string>
  readonly create: (service: string, command: string, more?: Partial<Service>) => Promise<string>
}

export const createContainerFixture = (runtime: () => Runtime, project: string): ContainerFixture => {
  const create: ContainerFixture['create'] = async (serviceName, command, more = {}) => {
    const service: Service = {
      image: shellImage,
      command: ['sh', '-c', command],
      entrypoint: null,
      init: true,
      network_mode: 'bridge',
      ...more,
    }
    const spec: ContainerSpec = {
      name: `${project}-${serviceName}-1`,
      project: {
        name: project,
        networks: {},
        volumes: {},
        configs: {},
        secrets: {},
        context: { directory: '/', findPlace: () => undefined } as never,
      },
      serviceName,
      service,
      image: service.image ?? shellImage,
      labels: {
        'com.docker.compose.project': project,
        'com.docker.compose.service': serviceName,
        'com.docker.compose.container-number': '1',
        'com.docker.compose.oneoff': 'False',
      },
      networkNames: {},
      containersOf: {},
    }
    return (await runtime().createContainer(spec)).id
  }
  return {
    create,
    run: async (...args) => {
      const id = await create(...args)
      await runtime().startContainer(id)
      return id
    },
  }
}
