import { expect, test } from 'vitest'
import { loadDocument } from '../../../src/core/compose/load.ts'
import { sortKeysNaturally } from '../../../src/core/compose/texts/natural-order.ts'
import { listDocument, selectDocument } from '../../../src/core/compose/print/select-document.ts'
import { toPlain } from '../../../src/core/compose/tree/to-plain.ts'
import { writeYaml } from '../../../src/core/compose/print/write-yaml.ts'
import { folder, problemLines } from '../../support/load-memory.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const load = (files: Readonly<Record<string, string>>, profiles: readonly string[] = []) => {
  const absolute = Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
  const request = { workingDirectory: folder, environment: { TOKEN: 'secret' }, profiles }
  const result = loadDocument(request, createMemorySources(absolute))
  if (!result.ok) throw new Error(problemLines(result.problems).join('\n'))
  return result
}

/** What `config --no-interpolate` prints of a file beside its name. */
const documentOf = (files: Readonly<Record<string, string>>): string =>
  writeYaml(sortKeysNaturally(toPlain(load(files).model)))

test('names that stand alone get no value from the environment or .env, wherever they stand', () => {
  const stack = `
include: [in/stack.yaml]
services:
  list: {image: x, environment: [TOKEN, FILE, "A=$A"], build: {context: ., args: [TOKEN, "B=$B"]}}
  map: {image: x, environment: {TOKEN: , A: $A}, build: {context: ., args: {FILE: , B: b}}}
  child: {extends: {file: base.yaml, service: base}}
secrets: {s: {environment: TOKEN}}
`
  const files = {
    'stack.yaml': stack,
    '.env': 'FILE=secret\n',
    'base.yaml': 'services: {base: {image: x, environment: [TOKEN], build: {context: ., args: [FILE]}}}',
    'in/stack.yaml': 'services: {within: {image: x, environment: [FILE]}}',
    'in/.env': 'FILE=secret\n',
  }
  const printed = documentOf(files)
  expect(printed).not.toContain('=secret')
  expect(printed).not.toContain(': secret')
  expect(printed).toMatchInlineSnapshot(`
    "networks:
      default:
        name: shop_default
    secrets:
      s:
        environment: TOKEN
        name: shop_s
    services:
      child:
        build:
          args:
            - FILE
          context: /work/shop
          dockerfile: Dockerfile
        environment:
          - TOKEN
        image: x
        networks:
          default: null
      list:
        build:
          args:
            - TOKEN
            - B=$B
          context: /work/shop
          dockerfile: Dockerfile
        environment:
          - TOKEN
          - FILE
          - A=$A
        image: x
        networks:
          default: null
      map:
        build:
          args:
            B: b
            FILE: null
          context: /work/shop
          dockerfile: Dockerfile
        environment:
          A: $A
          TOKEN: null
        image: x
        networks:
          default: null
      within:
        environment:
          - FILE
        image: x
        networks:
          default: null
    "
  `)
})

test('a list of ports in which one holds a variable stays as it is written, over several files', () => {
  const files = {
    'stack.yaml':
      'services: {a: {image: x, ports: ["8080:80", "${P}:81", "9000-9001:9000-9001"]}, b: {image: x, ports: ["1:1"]}}',
    'stack.override.yaml': 'services: {a: {ports: ["8081:80"]}, b: {ports: ["$P:2"]}}',
  }
  expect(documentOf(files)).toMatchInlineSnapshot(`
    "networks:
      default:
        name: shop_default
    services:
      a:
        image: x
        networks:
          default: null
        ports:
          - 8080:80
          - \${P}:81
          - 9000-9001:9000-9001
          - 8081:80
      b:
        image: x
        networks:
          default: null
        ports:
          - mode: ingress
            protocol: tcp
            published: "1"
            target: 1
          - $P:2
    "
  `)
})

const lists = `
services:
  web: {image: "w:$T", volumes: ["v1:/x", "./bind:/y"], networks: [n1], depends_on: [db], models: [m1], ports: ["$P:80"]}
  db: {volumes: ["v2:/x"], build: ., networks: {n2: {aliases: [d]}}, env_file: missing.env}
  off: {image: "off:$T", volumes: [{type: volume, source: v3, target: /x}], networks: [n3], profiles: [p], models: {m2: {}}}
volumes: {v1: , v2: , v3: , unused: }
networks: {n1: , n2: , n3: , unused: }
models: {m1: {model: one}, m2: {model: two}, unused: {model: three}}
`

test('names of what stands in a document obey profiles and named services', () => {
  const kinds = ['services', 'volumes', 'networks', 'models', 'profiles', 'images'] as const
  const show = (profiles: readonly string[], services: readonly string[]): string => {
    const raw = load({ 'stack.yaml': lists }, profiles)
    return kinds.map((kind) => `${kind}: ${listDocument({ ...raw, services }, kind).join(' ')}`).join(', ')
  }
  expect(
    [show([], []), show(['p'], []), show(['*'], []), show([], ['db']), show([], ['web']), show([], ['off'])].join('\n'),
  ).toMatchInlineSnapshot(`
    "services: db web, volumes: v1 v2, networks: n1 n2, models: one, profiles: p, images: w:$T shop-db
    services: db off web, volumes: v1 v2 v3, networks: n1 n2 n3, models: one two, profiles: p, images: w:$T shop-db off:$T
    services: db off web, volumes: v1 v2 v3, networks: n1 n2 n3, models: one two, profiles: p, images: w:$T shop-db off:$T
    services: db, volumes: v2, networks: n2, models: , profiles: p, images: shop-db
    services: db web, volumes: v1 v2, networks: n1 n2, models: one, profiles: p, images: w:$T shop-db
    services: off, volumes: v3, networks: n3, models: two, profiles: p, images: off:$T"
  `)
  expect(() => show([], ['wbe'])).toThrow('There is no service "wbe"')
})

test('all volumes are listed where the use of one holds a variable', () => {
  const raw = load({ 'stack.yaml': 'services: {a: {image: x, volumes: ["$V:/x"]}}\nvolumes: {v1: , v2: }' })
  expect(listDocument({ ...raw, services: [] }, 'volumes')).toEqual(['v1', 'v2'])
})

test('of a document with named services these and what they need are left', () => {
  const raw = load({ 'stack.yaml': lists })
  const names = (services: readonly string[]) =>
    Object.keys((toPlain(selectDocument({ ...raw, services })) as { services: object }).services)
  expect([names([]), names(['web']), names(['off'])]).toEqual([['web', 'db', 'off'], ['web', 'db'], ['off']])
})
