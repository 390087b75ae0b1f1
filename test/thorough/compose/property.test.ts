import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LoadResult } from '../../../src/core/compose/sources/load-request.ts'
import { loadProject } from '../../../src/core/compose/load.ts'
import { printProject } from '../../../src/core/compose/print/print-project.ts'
import { composeCases, differences, loadCase } from '../../support/compose-cases.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const directory = '/projects/sample'
type Texts = readonly string[]

const load = (texts: Texts, environment: Readonly<Record<string, string>> = {}): LoadResult => {
  const files = Object.fromEntries(texts.map((text, index) => [`${directory}/${index}.yaml`, text]))
  return loadProject(
    { files: Object.keys(files), workingDirectory: directory, environment },
    createMemorySources(files),
  )
}

/** What `config` prints as YAML, the form that is meant to be read again, with its dollar signs doubled. */
const printed = (result: LoadResult): unknown => {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return JSON.parse(JSON.stringify(printProject(result.project, 'yaml')).replaceAll('$', '$$$$'))
}
const model = (texts: Texts): unknown => printed(load(texts))

/** Attributes of a service with valid values in several forms; a random project takes some of each. */
const attributes: Readonly<Record<string, readonly unknown[]>> = {
  command: ['a "b c"', ['a', '$$HOME'], '', null],
  environment: [{ A: 'b', N: 1, E: '', Z: null }, ['A=b', 'Z', 'X=y=z'], { D: 'cost$$' }],
  labels: [{ 'a.b': 'c' }, ['a=1', 'b']],
  ports: [['80:80', '9000-9002:90-92/udp'], [{ target: 80, published: '8080' }], [443]],
  expose: [[80, '90-92']],
  volumes: [
    ['./a:/a:ro', 'data:/d', '/anonymous'],
    [{ type: 'tmpfs', target: '/t', tmpfs: { size: '1m' } }],
    [{ type: 'bind', source: '~/x', target: '/x' }],
  ],
  tmpfs: ['/run', ['/tmp:size=1m']],
  networks: [['front'], { front: { aliases: ['x'], priority: 5 } }, { default: null }],
  healthcheck: [{ test: 'curl x', interval: '90s', retries: 3 }, { test: ['NONE'] }, { disable: true }],
  deploy: [
    { replicas: 2, resources: { limits: { cpus: '0.5', memory: '1g' } } },
    { restart_policy: { condition: 'any', delay: '5s' } },
  ],
  develop: [{ watch: [{ path: './src', action: 'sync', target: '/src', ignore: 'x' }] }],
  build: ['./ctx', { context: '.', args: ['A=1'], ssh: ['default'], tags: ['a:1'] }],
  secrets: [['key'], [{ source: 'key', target: 'k', mode: 288 }]],
  configs: [['conf']],
  ulimits: [{ nofile: 10, nproc: { soft: 1, hard: 2 } }],
  extra_hosts: [['a=1.1.1.1'], { b: '::1' }],
  devices: [['/dev/a:/dev/b', '/dev/c']],
  mem_reservation: ['512m', 1024],
  cpu_shares: [5, '1'],
  stop_grace_period: ['1m30s', '10s'],
  restart: ['no', 'on-failure:3'],
  init: [true, false],
  gpus: ['all', [{ driver: 'nvidia', count: 1 }]],
  logging: [{ driver: 'json-file', options: { 'max-file': '3' } }],
  post_start: [[{ command: 'echo hi', user: 'root' }]],
  blkio_config: [{ weight: 300, device_read_bps: [{ path: '/dev/a', rate: '1mb' }] }],
  sysctls: [{ 'net.core.somaxconn': 1024 }],
  'x-note': [{ a: [1, true, null, 'x'] }],
}

const service = fc
  .record(Object.fromEntries(Object.entries(attributes).map(([name, values]) => [name, fc.constantFrom(...values)])), {
    requiredKeys: [],
  })
  .map((chosen): Record<string, unknown> => ({ image: 'img', ...chosen }))

const project = fc.array(service, { minLength: 1, maxLength: 4 }).map((services) => ({
  services: Object.fromEntries(
    services.map((one, index) => [`s${index}`, index === 0 ? one : { depends_on: ['s0'], ...one }]),
  ),
  networks: { front: { driver: 'bridge', labels: ['a=b'] } },
  volumes: { data: null },
  secrets: { key: { file: './key' } },
  configs: { conf: { content: 'x=$$y' } },
}))

test('reading what config prints gives the same again', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(project, (document) => {
      const once = model([JSON.stringify(document)])
      expect(differences(once, model([JSON.stringify(once)]))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

/** Where what the reference prints is no file that it would read again, and ours is the same. */
const notReadable: Readonly<Record<string, string>> = {
  'build-context-empty': 'an empty context is printed as none',
  'depends-on-disabled-not-required': 'the dependency stays when the service it names is off',
  'devices-empty': 'a device without source and target is printed as an empty mapping',
  'environment-empty-key': 'names may be empty in a list only',
  'interpolation-keys-not': 'dollar signs are doubled in keys, too, where nobody halves them',
  'labels-empty-key': 'names may be empty in a list only',
  'mem-limit-negative': 'a negative number is printed as text',
  'memswap-limit-unlimited': 'a negative number is printed as text',
  'network-mode-empty': 'the empty mode is left out, and then there is a default network',
  'ports-long-and-short': 'two ports that differ only in the type of a number are printed alike',
  'ports-long-zero-target': 'a target of 0 is left out',
  'post-start-null-command': 'a null command is left out',
  'pre-stop-null-command': 'a null command is left out',
  'top-configs-content-empty': 'an empty content is left out',
  'top-configs-external-false': 'a false external is left out',
  'top-volumes-name-empty': 'an empty name is left out',
}

test('the same for every case of the reference that is accepted', { timeout: 60_000 }, () => {
  const changed = composeCases().flatMap((one) => {
    const result = loadCase(one)
    if (!result.ok || notReadable[one.name] !== undefined) return []
    const once = printed(result)
    const again = loadProject(
      {
        files: ['/again.yaml'],
        workingDirectory: one.folder,
        projectDirectory: one.folder,
        environment: {},
        profiles: ['*'],
      },
      createMemorySources({ '/again.yaml': JSON.stringify(once) }),
    )
    const found = again.ok ? differences(once, printed(again)) : again.problems.map(({ message }) => message)
    return found.length === 0 ? [] : [`${one.name}: ${found[0]}`]
  })
  expect(changed).toEqual([])
})

test('an empty file more changes nothing, before or after', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(project, fc.constantFrom('', '{}', '# nothing\n', 'services: {}', 'services:\n'), (document, empty) => {
      const text = JSON.stringify(document)
      const alone = model([text])
      expect(differences(alone, model([text, empty]))).toEqual([])
      if (empty.endsWith('}')) expect(differences(alone, model([empty, text]))).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('a file over itself changes nothing but what is appended by rule', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(attributes).filter((name) => !appended.has(name))), (name) => {
      for (const value of attributes[name] ?? []) {
        const text = JSON.stringify({
          services: { s: { image: 'img', [name]: value } },
          networks: { front: null },
          volumes: { data: null },
          secrets: { key: { file: 'k' } },
          configs: { conf: { content: 'x' } },
        })
        expect(differences(model([text]), model([text, text]))).toEqual([])
      }
    }),
  )
})

/** Lists without a key by which two of their items are the same one. */
const appended = new Set(['build', 'develop', 'deploy', 'gpus', 'post_start', 'blkio_config', 'x-note'])

const names = fc.string({
  unit: fc.constantFrom('$', '{', '}', 'A', 'b', '_', '-', ':', '?'),
  minLength: 1,
  maxLength: 12,
})

test('interpolation never touches a key', () => {
  fc.assert(
    fc.property(fc.uniqueArray(names, { minLength: 1, maxLength: 5 }), (keys) => {
      const labels = Object.fromEntries(keys.map((key) => [key, '${A}']))
      const result = load([JSON.stringify({ services: { s: { image: 'x', labels } } })], { A: 'value', b: 'other' })
      expect(result.ok && result.project.services['s']?.labels).toEqual(
        Object.fromEntries(keys.map((key) => [key, 'value'])),
      )
    }),
    { numRuns: 500 },
  )
})

test('a text without a dollar sign is what it was, and doubled ones are halved', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const result = load([
        JSON.stringify({ services: { s: { image: 'x', labels: { l: value.replaceAll('$', '$$$$') } } } }),
      ])
      expect(result.ok && result.project.services['s']?.labels).toEqual({ l: value })
    }),
    { numRuns: 500 },
  )
})
