import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRuntime } from '../../src/docker/connect.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { freePorts } from '../support/objects.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject } from './engine.ts'

const project = `hb-failures-${process.pid}`
let runtime: Runtime
const { run, create } = createContainerFixture(() => runtime, project)

beforeAll(() => {
  runtime = openRuntime()
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})

const messageOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'it succeeded',
    (error: Error) => error.message,
  )

describe('an engine that refuses', () => {
  test('a port that a container has names the port and the container', async () => {
    const port = await freePorts()
    const ports = [{ target: 80, published: String(port), protocol: 'tcp' }]
    await run('first', 'sleep 1000', { ports })
    const second = await create('second', 'sleep 1000', { ports })
    const error = await runtime.startContainer(second).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'engine/port-in-use',
      data: { port, holder: `container ${project}-first-1 of project "${project}"` },
    })
    expect((error as Error).message).toBe(
      `Port ${port} is already in use by container ${project}-first-1 of project "${project}".`,
    )
  })

  test('an image that is not there is named', async () => {
    expect(await messageOf(create('noimage', 'true', { image: 'nobody/knows-it:7' }))).toBe(
      'There is no image "nobody/knows-it:7". Looked on the engine.',
    )
  })

  test('what names no image is not there to be removed', async () => {
    for (const reference of ['x:', 'Upper', 'a b', 'x?y#z']) await runtime.removeImage(reference)
  })

  test('a folder to mount that is not there is named', async () => {
    const volumes = [{ type: 'bind', source: '/no/such/folder', target: '/x', bind: {} }] as const
    expect(await messageOf(create('nofolder', 'true', { volumes }))).toBe(
      `/no/such/folder does not exist on the engine's machine, and so the engine did not create container ${project}-nofolder-1.`,
    )
  })

  test('a volume and a network in use say by whom, a network by the container that uses it', async () => {
    const labels = { 'com.docker.compose.project': project }
    await runtime.createVolume({ volume: { name: `${project}_used` }, labels })
    await create('user', 'true', { volumes: [{ type: 'volume', source: `${project}_used`, target: '/x' }] })
    await expect(runtime.removeVolume(`${project}_used`)).rejects.toMatchObject({ code: 'engine/in-use' })
  })

  test('a port that is published twice, or by another container of the service, is no other program', async () => {
    const port = await freePorts()
    const twice = [80, 81].map((target) => ({ target, published: String(port), protocol: 'tcp' }))
    const itself = await create('twice', 'sleep 1000', { ports: twice })
    expect(await messageOf(runtime.startContainer(itself))).toBe(
      `Port ${port} is already in use by service "twice" itself, which publishes it twice.`,
    )
    const first = await run('many', 'sleep 1000', { ports: twice.slice(1) })
    await runtime.renameContainer(first, `${project}-many-2`)
    const second = await create('many', 'sleep 1000', { ports: twice.slice(1) })
    expect(await messageOf(runtime.startContainer(second))).toBe(
      `Port ${port} is already in use by container ${project}-many-2 of the same service.`,
    )
  })

  test('an address that the machine has not is no port in use', async () => {
    const port = await freePorts()
    const ports = [{ target: 80, published: String(port), protocol: 'tcp', host_ip: '192.0.2.7' }]
    expect(await messageOf(runtime.startContainer(await create('nowhere', 'sleep 1000', { ports })))).toBe(
      `The engine refused to start container ${project}-nowhere-1: the engine's machine has no address 192.0.2.7, at which port ${port} is to be published.`,
    )
  })

  test('a seccomp profile that is not there is no engine that does not answer', async () => {
    expect(await messageOf(create('profile', 'true', { security_opt: ['seccomp=gone.json'] }))).toBe(
      'The seccomp profile /gone.json of service "profile" cannot be read: it is not there.',
    )
  })

  test('a command that cannot be run says so', async () => {
    const id = await create('badcommand', 'true', { command: ['/no/such/program'], init: false })
    expect(await messageOf(runtime.startContainer(id))).toContain('/no/such/program')
  })
})

describe('an engine that is not there', () => {
  const at = (socketPath: string) =>
    createRuntime({
      address: { kind: 'unix', host: `unix://${socketPath}`, socketPath, source: 'DOCKER_HOST' },
      environment: {},
    })

  test('a socket that does not exist is named with what named it', async () => {
    expect(await messageOf(at('/no/such.sock').listContainers({}))).toBe(
      'No container engine answers. Tried:\n  unix:///no/such.sock (DOCKER_HOST): the socket does not exist',
    )
  })

  test('nobody behind tcp is named', async () => {
    const port = await freePorts()
    const tcp = createRuntime({
      address: { kind: 'tcp', host: `tcp://127.0.0.1:${port}`, hostname: '127.0.0.1', port, source: 'context "far"' },
      environment: {},
    })
    expect(await messageOf(tcp.facts())).toBe(
      `No container engine answers. Tried:\n  tcp://127.0.0.1:${port} (context "far"): nobody listens there (the engine is not running)`,
    )
  })

  test('ssh says in its own words why it failed', async () => {
    const ssh = createRuntime({
      address: {
        kind: 'ssh',
        host: 'ssh://nobody@127.0.0.1:1',
        hostname: 'nobody@127.0.0.1',
        port: 1,
        source: 'DOCKER_HOST',
      },
      environment: {},
    })
    expect(await messageOf(ssh.listContainers({}))).toMatch(/ssh/)
  })
})

test('an API version that is asked for is used', async () => {
  const old = openRuntime({ ...process.env, DOCKER_API_VERSION: '1.40' })
  expect((await old.facts()).api).toEqual({ major: 1, minor: 40 })
  old.close()
})

test('two hundred calls at once, and none of them warns or waits for another', async () => {
  const controller = new AbortController()
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  await Promise.all(
    Array.from({ length: 200 }, () => runtime.listContainers({ project }, { signal: controller.signal })),
  )
  process.off('warning', note)
  expect(warnings).toEqual([])
})
