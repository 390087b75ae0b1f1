import { createServer } from 'node:net'
import { objectLabel } from './cleanup.ts'
import type { EngineApi, Inspected } from './engine-api.ts'

export interface Objects {
  readonly container: (name: string, options?: Readonly<Record<string, unknown>>) => Promise<string>
  readonly network: (name: string) => Promise<string>
  readonly volume: (name: string) => Promise<void>
  /** Another name for an image that is there; it is removed with the scenario only through `untag`. */
  readonly tag: (source: string, name: string) => Promise<void>
  readonly untag: (name: string) => Promise<void>
  readonly inspect: (container: string) => Promise<Inspected>
  readonly hasVolume: (name: string) => Promise<boolean>
  readonly hasNetwork: (name: string) => Promise<boolean>
}

export const image = 'stack-base/busybox'

/** What a scenario makes beside the tool under test: foreign containers, external networks and volumes, tags. */
export const createObjects = (engine: EngineApi, project: string): Objects => {
  const Labels = { [objectLabel]: project }
  const found = async (path: string) => (await engine.raw('GET', path)).status === 200
  return {
    async container(name, options = {}) {
      const body = { Image: image, Cmd: ['sleep', '600'], HostConfig: { Init: true }, Labels, ...options }
      const { Id } = await engine.call<{ Id: string }>('POST', `/containers/create?name=${name}`, body)
      await engine.call('POST', `/containers/${Id}/start`)
      return Id
    },
    async network(name) {
      const { Id } = await engine.call<{ Id: string }>('POST', '/networks/create', { Name: name, Labels })
      return Id
    },
    volume: (name) => engine.call('POST', '/volumes/create', { Name: name, Labels }),
    async tag(source, name) {
      const [repo, tag = 'latest'] = name.split(':')
      await engine.call('POST', `/images/${source}/tag?repo=${repo}&tag=${tag}`)
    },
    untag: async (name) => void (await engine.raw('DELETE', `/images/${name}`)),
    inspect: (container) => engine.call('GET', `/containers/${container}/json`),
    hasVolume: (name) => found(`/volumes/${name}`),
    hasNetwork: (name) => found(`/networks/${name}`),
  }
}

/** Ports that somebody beside us has been given, and may not have taken yet. */
const given = new Set<number>()

/** `count` neighbouring ports below the range that the system hands out, all free at this moment. */
export const freePorts = async (count = 1): Promise<number> => {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const ports = Array.from({ length: count }, (_, index) => first + index)
    if (ports.some((port) => given.has(port))) continue
    for (const port of ports) given.add(port)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return first
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
