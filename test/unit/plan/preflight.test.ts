import { expect, test } from 'vitest'
import type { MachineFacts, Observed, ObservedContainer } from '../../../src/core/plan/observed.ts'
import { planUp } from '../../../src/core/plan/plan-up.ts'
import { selectCheckedPaths } from '../../../src/core/plan/preflight.ts'
import type { Project } from '../../../src/core/project/project.ts'
import { isStackError } from '../../../src/core/errors/stack-error.ts'
import { applyPlan, emptyWorld, hashOptions, projectOf } from './world.ts'

const machineOf = (
  project: Project,
  more: Partial<MachineFacts> = {},
  present: readonly string[] = [],
): MachineFacts => ({
  isEngineHere: true,
  kinds: new Map(selectCheckedPaths(project).map((path) => [path, present.includes(path) ? 'file' : 'missing'])),
  busyPorts: [],
  ...more,
})

const problemsOf = (project: Project, world = emptyWorld(project), options = {}): string => {
  try {
    planUp(project, world, { ...hashOptions, ...options })
    return 'nothing'
  } catch (error) {
    if (!isStackError(error)) throw error
    return error.problems.map(({ code, path, message }) => `${path} ${code} ${message}`).join('\n')
  }
}

const upWorld = (project: Project): Observed =>
  applyPlan(project, emptyWorld(project), planUp(project, emptyWorld(project), hashOptions))

const port = { target: 80, published: '8080', protocol: 'tcp' }

const everything = projectOf(
  {
    web: {
      build: {
        context: '/shop/web',
        dockerfile: 'Gone',
        additional_contexts: { lib: '/shop/lib', other: 'service:db' },
      },
      ports: [port, { ...port, published: '9000-9010' }],
    },
    job: { build: { context: 'https://example.com/x.git#main' } },
    db: {
      secrets: [{ source: 'key' }],
      configs: [{ source: 'settings' }],
      volumes: [
        { type: 'bind', source: '/data', target: '/data', bind: {} },
        { type: 'bind', source: '/made', target: '/made', bind: { create_host_path: true } },
      ],
      security_opt: ['seccomp=profile.json', 'seccomp=unconfined'],
      networks: { out: null },
    },
    never: { pull_policy: 'never', image: 'nobody/has:it', volumes: [{ type: 'volume', source: 'far', target: '/x' }] },
  },
  {
    secrets: { key: { name: 'shop_key', file: '/shop/key' } },
    configs: { settings: { name: 'shop_settings', file: '/etc/settings' } },
    networks: { out: { name: 'outside', external: true } },
    volumes: { far: { name: 'far', external: true } },
  },
)

test('all that an up would stumble over is told at once, before a step is done', () => {
  const world = {
    ...emptyWorld(),
    machine: machineOf(everything, {
      busyPorts: [{ hostPort: 8080, protocol: 'tcp', hostIp: '0.0.0.0', holder: 'container x of project "y"' }],
    }),
  }
  expect(problemsOf(everything, world)).toMatchInlineSnapshot(`
    "services.never.image plan/image-missing The engine has no image "nobody/has:it" for service "never", and its pull policy is "never".
    networks.out plan/external-missing External network "outside" does not exist.
    volumes.far plan/external-missing External volume "far" does not exist.
    services.web.build.context plan/file-missing The build context of service "web" is /shop/web, which is not there.
    services.web.build.additional_contexts.lib plan/file-missing The context "lib" of service "web" is /shop/lib, which is not there.
    configs.settings.file plan/file-missing The config "settings" of service "db" comes from /etc/settings, which is not there.
    secrets.key.file plan/file-missing The secret "key" of service "db" comes from /shop/key, which is not there.
    services.db.volumes[0].source plan/file-missing Service "db" mounts /data, which is not there.
    services.db.security_opt[0] plan/file-missing The seccomp profile of service "db" is /shop/profile.json, which is not there.
    services.web.ports[0] engine/port-in-use Port 8080 of service "web" is already in use by container x of project "y"."
  `)
})

test('what is there, free, or of no matter for what is done hinders nobody', () => {
  const present = ['/shop/key', '/etc/settings', '/data', '/shop/profile.json']
  const db = projectOf(
    { db: everything.services['db'] ?? {}, web: { ports: [port] } },
    { ...everything, networks: { out: { name: 'outside' } } },
  )
  expect(problemsOf(db, { ...emptyWorld(db), machine: machineOf(db, {}, present) })).toBe('nothing')
  // The folder is there, and the file in it is not.
  const folder = machineOf(everything, {
    kinds: new Map([
      ['/shop/web', 'folder'],
      ['/shop/web/Gone', 'missing'],
    ]),
  })
  expect(problemsOf(projectOf({ web: everything.services['web'] ?? {} }), { ...emptyWorld(), machine: folder })).toBe(
    'services.web.build.dockerfile plan/file-missing The Dockerfile of service "web" is /shop/web/Gone, which is not there.',
  )
  // Nothing is made anew, and so nothing is looked at.
  expect(problemsOf(db, { ...upWorld(db), machine: machineOf(db) })).toBe('nothing')
  // An engine elsewhere has files of its own; those of the project are the same.
  const elsewhere = machineOf(db, { isEngineHere: false }, ['/shop/profile.json'])
  expect(problemsOf(db, { ...emptyWorld(db), machine: elsewhere })).toBe(
    'secrets.key.file plan/file-missing The secret "key" of service "db" comes from /shop/key, which is not there.',
  )
})

test('a port is taken when address and protocol meet', () => {
  const web = projectOf({ web: { ports: [{ ...port, host_ip: '127.0.0.1' }] } })
  const busy = (hostIp: string, protocol = 'tcp'): string =>
    problemsOf(web, {
      ...emptyWorld(web),
      machine: machineOf(web, { busyPorts: [{ hostPort: 8080, protocol, hostIp, holder: 'another program' }] }),
    })
  expect(busy('127.0.0.1')).toBe(
    'services.web.ports[0] engine/port-in-use Port 8080 of 127.0.0.1 of service "web" is already in use by another program.',
  )
  expect([busy('0.0.0.0') === 'nothing', busy('::') === 'nothing']).toEqual([false, false])
  expect([busy('10.0.0.1'), busy('127.0.0.1', 'udp')]).toEqual(['nothing', 'nothing'])
})

test("the port of a container of one's own is free where it makes room, and not where an orphan keeps it", () => {
  const old = projectOf({ web: { ports: [port] } })
  const withPorts = (service: string): readonly ObservedContainer[] =>
    upWorld(old).containers.map((container) => ({
      ...container,
      service,
      ports: [{ hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
    }))
  const changed = projectOf({ web: { ports: [port], image: 'web:1', command: ['other'] } })
  const world = (service: string) => ({ ...upWorld(old), containers: withPorts(service), machine: machineOf(changed) })
  expect(problemsOf(changed, world('web'))).toBe('nothing')
  expect(problemsOf(changed, world('gone'))).toContain('Port 8080 of service "web" is already in use by container')
  expect(problemsOf(changed, world('gone'), { removeOrphans: true })).toBe('nothing')
})

test('a device or a pipe has no content to be a secret, a config or a Dockerfile, and may be mounted', () => {
  const project = projectOf(
    {
      web: {
        build: { context: '/shop', dockerfile: '/dev/zero' },
        secrets: [{ source: 'key' }],
        volumes: [{ type: 'bind', source: '/run/docker.sock', target: '/x', bind: {} }],
      },
    },
    { secrets: { key: { name: 'shop_key', file: '/shop/pipe' } } },
  )
  const kinds = new Map([
    ['/shop', 'folder'],
    ['/dev/zero', 'special'],
    ['/shop/pipe', 'special'],
    ['/run/docker.sock', 'special'],
  ] as const)
  expect(problemsOf(project, { ...emptyWorld(), machine: machineOf(project, { kinds }) })).toMatchInlineSnapshot(`
    "secrets.key.file plan/file-missing The secret "key" of service "web" comes from /shop/pipe, which is no regular file.
    services.web.build.dockerfile plan/file-missing The Dockerfile of service "web" is /dev/zero, which is no regular file."
  `)
})
