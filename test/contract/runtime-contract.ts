import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isStackError } from '../../src/core/errors/stack-error.ts'
import type { Service } from '../../src/core/project/service.ts'
import { eventually } from '../support/eventually.ts'
import type { ContainerSpec, LogChunk } from '../../src/engine/ports/container-runtime.ts'
import type { EngineEvent, Runtime } from '../../src/engine/ports/runtime.ts'

/** What the main process of a container does; without an end it runs until it is stopped, and obeys SIGTERM. */
export type Program = { readonly writes?: readonly string[]; readonly exitCode?: number }

export type RuntimeFixture = {
  readonly runtime: Runtime
  readonly image: string
  /** Nobody else's; everything that the contract makes is in it. */
  readonly project: string
  /** Makes the containers of a service behave so, and returns the command that does it (`null`: the image's). */
  readonly toCommand: (service: string, program: Program) => readonly string[] | null
  /** Removes what is left of the project. */
  readonly cleanUp: () => Promise<void>
}

const label = 'com.docker.compose'

/** What the engine's rooms rely on, whatever stands behind the port: the real engine and the one in memory both run it. */
export const describeRuntime = (open: () => Promise<RuntimeFixture>): void => {
  let fixture: RuntimeFixture
  beforeAll(async () => {
    fixture = await open()
    await fixture.cleanUp()
    const network = { name: `${fixture.project}_default` }
    await fixture.runtime.createNetwork({
      network,
      labels: { [`${label}.project`]: fixture.project, [`${label}.network`]: 'default' },
    })
  })
  afterAll(async () => {
    await fixture.cleanUp()
    fixture.runtime.close()
  })

  const toSpec = (serviceName: string, program: Program, more: Partial<Service> = {}): ContainerSpec => {
    const { project, image } = fixture
    const service: Service = {
      image,
      command: fixture.toCommand(serviceName, program),
      entrypoint: null,
      init: true,
      networks: { default: null },
      ...more,
    }
    return {
      name: `${project}-${serviceName}-1`,
      project: {
        name: project,
        networks: { default: { name: `${project}_default` } },
        volumes: { data: { name: `${project}_data` } },
        configs: {},
        secrets: {},
        context: {} as never,
      },
      serviceName,
      service,
      image,
      labels: {
        [`${label}.project`]: project,
        [`${label}.service`]: serviceName,
        [`${label}.container-number`]: '1',
        [`${label}.oneoff`]: 'False',
      },
      networkNames: { default: `${project}_default` },
      containersOf: {},
    }
  }
  const create = async (serviceName: string, program: Program, more: Partial<Service> = {}): Promise<string> =>
    (await fixture.runtime.createContainer(toSpec(serviceName, program, more))).id

  describeContainers({ fixture: () => fixture, create, toSpec })
  describeStreams({ fixture: () => fixture, create })
  describeObjects(() => fixture)
}

type Tools = {
  readonly fixture: () => RuntimeFixture
  readonly create: (service: string, program: Program, more?: Partial<Service>) => Promise<string>
}

/** The code of the error, or what came instead of one. */
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ succeeded: value }),
    (error: unknown) => (isStackError(error) ? error.code : error),
  )

const describeContainers = ({
  fixture,
  create,
  toSpec,
}: Tools & { readonly toSpec: (service: string, program: Program) => ContainerSpec }): void => {
  describe('containers', () => {
    test('a container is created, started, stopped and removed, and each of these twice', async () => {
      const { runtime, project } = fixture()
      const id = await create('life', {})
      const states = async () =>
        (await runtime.listContainers({ project })).filter((one) => one.id === id).map(({ state }) => state)
      expect(await states()).toEqual(['created'])
      await runtime.startContainer(id)
      await runtime.startContainer(id)
      expect(await states()).toEqual(['running'])
      const seen: string[] = []
      await runtime
        .stopContainer(id, { graceSeconds: 5, onExit: () => seen.push('exit') })
        .then(() => seen.push('stopped'))
      expect(seen).toEqual(['exit', 'stopped'])
      await runtime.stopContainer(id, { onExit: () => seen.push('exit of a container that does not run') })
      expect(seen).toHaveLength(2)
      expect(await states()).toEqual(['exited'])
      await runtime.removeContainer(id)
      await runtime.removeContainer(id)
      expect(await states()).toEqual([])
      expect(await runtime.inspectContainer(id)).toBeUndefined()
    })

    test('a list says who a container is', async () => {
      const { runtime, project } = fixture()
      const id = await create('listed', {})
      const [found] = await runtime.listContainers({ project, labels: [`${label}.service=listed`] })
      expect(found).toMatchObject({
        id,
        name: `${project}-listed-1`,
        project,
        service: 'listed',
        number: 1,
        oneOff: false,
        state: 'created',
      })
      expect(found?.networks.map(({ name }) => name)).toEqual([`${project}_default`])
      await runtime.removeContainer(id)
    })

    test('a name that is taken is refused by its name', async () => {
      const { runtime, project } = fixture()
      const id = await create('twice', {})
      const second = await fixture()
        .runtime.createContainer(toSpec('twice', {}))
        .catch((error: unknown) => error)
      expect(second).toMatchObject({
        code: 'engine/name-in-use',
        data: { what: 'container', name: `${project}-twice-1` },
      })
      await runtime.removeContainer(id)
    })

    test('a renamed container has its new name', async () => {
      const { runtime, project } = fixture()
      const id = await create('renamed', {})
      await runtime.renameContainer(id, `${project}-other-1`)
      expect((await runtime.inspectContainer(id))?.name).toBe(`${project}-other-1`)
      await runtime.removeContainer(id)
    })

    test('a process that ends tells its exit code to who waits, to a list and to an inspection', async () => {
      const { runtime, project } = fixture()
      const id = await create('ends', { exitCode: 3 })
      const ended = runtime.waitContainer(id, { condition: 'next-exit' })
      await runtime.startContainer(id)
      expect(await ended).toEqual({ exitCode: 3 })
      expect(await runtime.inspectContainer(id)).toMatchObject({ state: 'exited', exitCode: 3 })
      // A list is made from a copy that the engine brings up to date a moment later.
      await eventually(async () => {
        const [found] = (await runtime.listContainers({ project })).filter((one) => one.id === id)
        expect(found).toMatchObject({ state: 'exited', exitCode: 3 })
      })
      await runtime.removeContainer(id)
    })

    test('a paused container says so and goes on', async () => {
      const { runtime } = fixture()
      const id = await create('paused', {})
      await runtime.startContainer(id)
      await runtime.pauseContainer(id)
      expect((await runtime.inspectContainer(id))?.state).toBe('paused')
      await runtime.unpauseContainer(id)
      expect((await runtime.inspectContainer(id))?.state).toBe('running')
      await runtime.removeContainer(id, { force: true })
    })

    test('what runs is removed by force only', async () => {
      const { runtime } = fixture()
      const id = await create('forced', {})
      await runtime.startContainer(id)
      expect(await codeOf(runtime.removeContainer(id))).toBe('engine/refused')
      await runtime.removeContainer(id, { force: true })
      expect(await runtime.inspectContainer(id)).toBeUndefined()
    })

    test('an abort rejects with its own reason', async () => {
      const { runtime } = fixture()
      const id = await create('aborted', {})
      await runtime.startContainer(id)
      const controller = new AbortController()
      const reason = new Error('enough')
      const waiting = runtime.waitContainer(id, { signal: controller.signal }).catch((error: unknown) => error)
      controller.abort(reason)
      expect(await waiting).toBe(reason)
      expect(await runtime.listContainers({}, { signal: controller.signal }).catch((error: unknown) => error)).toBe(
        reason,
      )
      await runtime.removeContainer(id, { force: true })
    })

    test('what is asked of a container that is not there is an error that says so', async () => {
      expect(await codeOf(fixture().runtime.startContainer('nobody-knows-it'))).toBe('engine/not-found')
    })
  })
}

const describeStreams = ({ fixture, create }: Tools): void => {
  describe('streams', () => {
    test('logs are whole lines with their times, and end with the process when they are followed', async () => {
      const { runtime } = fixture()
      const id = await create('writes', { writes: ['one', 'two', 'three'], exitCode: 0 })
      await runtime.startContainer(id)
      const followed = await linesOf(runtime.logs(id, { follow: true }))
      expect(followed.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
      for (const { at, timestamp } of followed) expect(Math.abs(Date.parse(timestamp) - at)).toBeLessThan(1)
      expect((await linesOf(runtime.logs(id, { follow: false, tail: 1 }))).map(({ text }) => text)).toEqual(['three'])
      await runtime.removeContainer(id)
    })

    test('a followed log is left by an abort', async () => {
      const { runtime } = fixture()
      const id = await create('follows', { writes: ['one'] })
      await runtime.startContainer(id)
      const controller = new AbortController()
      const reason = new Error('enough')
      const seen: string[] = []
      const reading = (async () => {
        for await (const { lines } of runtime.logs(id, { follow: true }, { signal: controller.signal })) {
          seen.push(...lines.map(({ text }) => text))
          controller.abort(reason)
        }
      })()
      expect(await reading.catch((error: unknown) => error)).toBe(reason)
      expect(seen).toEqual(['one'])
      await runtime.removeContainer(id, { force: true })
    })

    test('events tell the life of a container', async () => {
      const { runtime, project } = fixture()
      const controller = new AbortController()
      const seen: EngineEvent[] = []
      const since = Date.now() / 1000 - 1
      const id = await create('eventful', {})
      const reading = (async () => {
        // The engine may hear of the start before it hears that somebody listens.
        for await (const event of runtime.events({ project, since }, { signal: controller.signal })) {
          if (event.id === id) seen.push(event)
          if (event.id === id && event.action === 'destroy') return
        }
      })()
      await runtime.startContainer(id)
      await runtime.stopContainer(id, { graceSeconds: 5 })
      await runtime.removeContainer(id)
      await Promise.race([
        reading,
        new Promise((_, reject) =>
          setTimeout(() => reject(new Error(seen.map(({ action }) => action).join(', '))), 10_000).unref(),
        ),
      ])
      controller.abort()
      expect(seen.map(({ action }) => action)).toEqual(expect.arrayContaining(['start', 'die', 'destroy']))
      expect(seen.find(({ action }) => action === 'die')).toMatchObject({
        kind: 'container',
        service: 'eventful',
        project,
      })
    })
  })
}

const linesOf = async (chunks: AsyncIterable<LogChunk>): Promise<LogChunk['lines'][number][]> => {
  const lines: LogChunk['lines'][number][] = []
  for await (const chunk of chunks) lines.push(...chunk.lines)
  return lines
}

const describeObjects = (fixture: () => RuntimeFixture): void => {
  describe('networks, volumes and images', () => {
    test('the engine is there and tells its own time, up to which its events come to an end', async () => {
      const { runtime, project } = fixture()
      await runtime.assertThere()
      const now = await runtime.readClock()
      const events: EngineEvent[] = []
      for await (const event of runtime.events({ project, since: now / 1000 - 60, until: now / 1000 }, {}))
        events.push(event)
      expect(events.length).toBeGreaterThan(0)
      expect(events.every(({ at }) => at <= now)).toBe(true)
    })

    test('a network is made once, found by its exact name and removed twice', async () => {
      const { runtime, project } = fixture()
      const network = { name: `${project}_extra` }
      const labels = { [`${label}.project`]: project, [`${label}.network`]: 'extra' }
      const { id } = await runtime.createNetwork({ network, labels })
      expect(await runtime.findNetwork(network.name)).toMatchObject({ id, name: network.name, labels })
      expect(await runtime.findNetwork(`${project}_ext`)).toBeUndefined()
      expect(await codeOf(runtime.createNetwork({ network, labels }))).toBe('engine/name-in-use')
      expect((await runtime.listNetworks({ project })).map(({ name }) => name).toSorted()).toEqual([
        `${project}_default`,
        network.name,
      ])
      await runtime.removeNetwork(id)
      await runtime.removeNetwork(id)
      expect(await runtime.findNetwork(network.name)).toBeUndefined()
    })

    test('a volume is made twice, listed by its project and removed twice', async () => {
      const { runtime, project } = fixture()
      const volume = { name: `${project}_data` }
      const labels = { [`${label}.project`]: project, [`${label}.volume`]: 'data' }
      await runtime.createVolume({ volume, labels })
      await runtime.createVolume({ volume, labels })
      expect(await runtime.listVolumes({ project })).toMatchObject([{ name: volume.name, labels }])
      expect((await runtime.measureVolumes()).get(volume.name)).toBe(0)
      await runtime.removeVolume(volume.name)
      await runtime.removeVolume(volume.name)
      expect(await runtime.findVolume(volume.name)).toBeUndefined()
    })

    test('an image is known by its reference, and what is not there is undefined', async () => {
      const { runtime, image } = fixture()
      expect((await runtime.inspectImage(image))?.id).toMatch(/^sha256:/)
      expect(await runtime.inspectImage('nobody/knows-it:1')).toBeUndefined()
    })
  })
}
