import { expect, test } from 'vitest'
import type { Service } from '../../../src/core/project/service.ts'
import { unsupportedBy } from '../../../src/core/plan/unsupported.ts'

const ask = (service: Partial<Service>, minor: number): string =>
  unsupportedBy(
    { serviceName: 'web', service: { command: null, entrypoint: null, ...service } },
    { api: { major: 1, minor }, os: 'linux', podman: false },
  )
    .map(({ severity, message }) => `${severity}: ${message}`)
    .join('\n')

const everything: Partial<Service> = {
  annotations: { a: 'b' },
  healthcheck: { start_interval: '1s', start_period: '5s' },
  networks: { one: { mac_address: '02:42:ac:11:65:43', interface_name: 'eth7' }, two: { gw_priority: 1 } },
  volumes: [
    { type: 'volume', source: 'data', target: '/a', volume: { subpath: 'x' } },
    { type: 'bind', source: '/b', target: '/b', bind: { recursive: 'readonly' } },
    { type: 'image', source: 'busybox', target: '/c' },
  ],
}

test('an engine of API 1.41 says all that it cannot do at once', () => {
  expect(ask(everything, 41)).toMatchInlineSnapshot(`
    "warning: "annotations" of service "web" needs Docker Engine 24 (API 1.43) and this one has API 1.41: they are left out.
    warning: "healthcheck.start_interval" of service "web" needs Docker Engine 25 (API 1.44) and this one has API 1.41: the engine probes at its interval; Stack itself probes more often while the service starts.
    error: "networks.one.mac_address" of service "web" needs Docker Engine 25 (API 1.44) and this one has API 1.41.
    error: "volumes[1].bind.recursive" of service "web" needs Docker Engine 25 (API 1.44) and this one has API 1.41.
    error: "volumes[0].volume.subpath" of service "web" needs Docker Engine 26 (API 1.45) and this one has API 1.41.
    error: "volumes[2].type" of service "web" needs Docker Engine 28 (API 1.48) and this one has API 1.41.
    warning: "networks.two.gw_priority" of service "web" needs Docker Engine 28 (API 1.48) and this one has API 1.41: the engine chooses the gateway.
    error: "networks.one.interface_name" of service "web" needs Docker Engine 28.1 (API 1.49) and this one has API 1.41."
  `)
})

test('a current engine can do all of it', () => {
  expect(ask(everything, 51)).toBe('')
})

test('what only Windows containers have is refused on Linux', () => {
  expect(ask({ cpu_count: 2, isolation: 'hyperv', credential_spec: { file: 'x.json' } }, 51)).toMatchInlineSnapshot(`
    "error: "cpu_count" of service "web" needs Windows containers and this engine runs linux ones.
    error: "credential_spec" of service "web" needs Windows containers and this engine runs linux ones.
    error: "isolation" of service "web" needs Windows containers and this engine runs linux ones."
  `)
})

test('a service that works the engine needs its socket on this machine', () => {
  const facts = { api: { major: 1, minor: 51 }, os: 'linux', podman: false }
  const question = { serviceName: 'web', service: { command: null, entrypoint: null, use_api_socket: true } }
  expect(unsupportedBy(question, { ...facts, socketPath: '/var/run/docker.sock' })).toEqual([])
  expect(unsupportedBy(question, facts)).toMatchObject([
    {
      severity: 'error',
      path: 'services.web.use_api_socket',
      message: '"use_api_socket" of service "web" needs an engine behind a Unix socket of this machine.',
    },
  ])
})
