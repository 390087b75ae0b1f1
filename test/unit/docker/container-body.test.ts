import { describe, expect, test } from 'vitest'
import type { Service } from '../../../src/core/project/service.ts'
import { toContainerBody } from '../../../src/docker/create-options/container-body.ts'
import type { ContainerSpec } from '../../../src/engine/ports/container-runtime.ts'

const api = { major: 1, minor: 51 }

type Body = Readonly<Record<string, unknown>> & {
  readonly HostConfig: Readonly<Record<string, unknown>>
  readonly NetworkingConfig: { readonly EndpointsConfig: Readonly<Record<string, unknown>> }
}

const bodyOf = (service: Partial<Service>, more: Partial<ContainerSpec> = {}, version = api): Body => {
  const project = {
    name: 'shop',
    networks: { default: { name: 'shop_default' }, back: { name: 'shop_back' } },
    volumes: {},
    configs: {},
    secrets: {},
    context: {} as never,
  }
  const whole: Service = { command: null, entrypoint: null, networks: { default: null }, ...service }
  const spec: ContainerSpec = {
    name: 'shop-web-1',
    project,
    serviceName: 'web',
    service: whole,
    image: 'busybox',
    labels: { 'com.docker.compose.container-number': '1' },
    networkNames: {},
    containersOf: {},
    ...more,
  }
  return toContainerBody(spec, { api: version }) as Body
}

describe('where we differ from Docker Compose on purpose', () => {
  test('the access of volumes_from reaches the engine', () => {
    expect(
      bodyOf({ volumes_from: ['db:ro', 'container:other:ro'] }, { containersOf: { db: 'id1' } }).HostConfig[
        'VolumesFrom'
      ],
    ).toEqual(['id1:ro', 'other:ro'])
  })

  test('a label of SELinux reaches the engine', () => {
    const volumes = [{ type: 'bind', source: '/a', target: '/b', bind: { selinux: 'z' } }] as const
    expect(bodyOf({ volumes }).HostConfig['Binds']).toEqual(['/a:/b:rw,z'])
  })
})

test('a replacement has the name of the container that it replaces as an alias', () => {
  expect(bodyOf({}, { name: '0123456789ab_shop-web-1' }).NetworkingConfig).toEqual({
    EndpointsConfig: { shop_default: { Aliases: ['shop-web-1', 'web'] } },
  })
})

test('anonymous volumes of the replaced container are kept, those of the image too', () => {
  const body = bodyOf(
    { volumes: [{ type: 'volume', target: '/own' }] },
    { inheritedVolumes: { '/own': 'aaa', '/from-image': 'bbb' } },
  )
  expect(body.HostConfig['Mounts']).toEqual([
    { Type: 'volume', Source: 'aaa', Target: '/own' },
    { Type: 'volume', Source: 'bbb', Target: '/from-image' },
  ])
})

test('a one-off publishes nothing, has no aliases and is never restarted, and its input is attached', () => {
  const service = { ports: [{ target: 80, published: '8080', protocol: 'tcp' }], restart: 'always', stdin_open: true }
  const body = bodyOf(service, {
    name: 'shop-web-run-1',
    oneOff: { servicePorts: false, useAliases: false, autoRemove: true },
  })
  expect(body.HostConfig).toMatchObject({ PortBindings: {}, RestartPolicy: { Name: 'no' }, AutoRemove: true })
  expect(body).toMatchObject({
    ExposedPorts: {},
    AttachStdin: true,
    StdinOnce: true,
    NetworkingConfig: { EndpointsConfig: { shop_default: { Aliases: ['shop-web-run-1'] } } },
  })
})

test('variables: providers and models above the service, and null takes one of the image away', () => {
  expect(bodyOf({ environment: { A: '1', B: null } }, { extraEnvironment: { A: '0', C: '3' } })['Env']).toEqual([
    'A=0',
    'B',
    'C=3',
  ])
})

test('gpus and devices of deploy are device requests, a CDI name too', () => {
  const body = bodyOf({
    gpus: [{ count: -1 }],
    devices: [{ source: 'vendor.com/gpu=0' }],
    deploy: {
      resources: { reservations: { devices: [{ driver: 'nvidia', count: 2, capabilities: ['gpu', 'utility'] }] } },
    },
  })
  expect(body.HostConfig['DeviceRequests']).toEqual([
    { Driver: 'nvidia', Count: 2, DeviceIDs: null, Capabilities: [['gpu', 'utility']], Options: null },
    { Driver: 'cdi', DeviceIDs: ['vendor.com/gpu=0'] },
    { Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: null },
  ])
})

test('without networks and network_mode there is no network', () => {
  expect(bodyOf({ networks: {} }).HostConfig['NetworkMode']).toBe('none')
})
