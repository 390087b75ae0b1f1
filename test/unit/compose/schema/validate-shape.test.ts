import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { linkShapes } from '../../../../src/core/compose/schema/shape-table.ts'
import { stackFile } from '../../../../src/core/compose/schema/stack-file.ts'
import { validateShape } from '../../../../src/core/compose/schema/validate-shape.ts'
import { toTable } from '../../../../src/core/compose/schema/to-table.ts'
import { printTable } from '../../../../bin/write-schema.ts'
import { entries, mapping } from '../../../../src/core/compose/schema/zod-words.ts'
import { composeCases } from '../../../support/compose-cases.ts'

const explain = (text: string): string =>
  validateShape(parse(text))
    .map(
      ({ path, at, code, message, hint }) =>
        `${path.join('.')} (${at}) ${code}: ${message}${hint === undefined ? '' : ` ${hint}`}`,
    )
    .join('\n')

test('a key that does not exist: the nearest one, or where it belongs', () => {
  const file = `
servces: {}
image: nginx
db: {image: postgres}
services:
  web:
    imagee: nginx
    dockerfile: x
    volumes: [{type: bind, src: a}]
    zzz: 1
    configs: []
`
  expect(explain(file)).toMatchInlineSnapshot(`
    "servces (key) file/unknown-key: A stack file has no key "servces". Keys of your own start with "x-".
    image (key) file/unknown-key: A stack file has no key "image". It belongs to a service, below "services".
    db (key) file/unknown-key: A stack file has no key "db". A service stands below "services".
    services.web.imagee (key) file/unknown-key: A service has no key "imagee". Did you mean "image"?
    services.web.dockerfile (key) file/unknown-key: A service has no key "dockerfile". It belongs inside "build".
    services.web.volumes.0.src (key) file/unknown-key: A volume of a service has no key "src". Keys of your own start with "x-".
    services.web.zzz (key) file/unknown-key: A service has no key "zzz". Keys of your own start with "x-"."
  `)
})

test('a value of another form: what was wanted, what is there, and what to write', () => {
  const file = `
services:
  web:
    image: 5
    ports: "80:80"
    environment: [A: b]
    command: [sleep, 10]
    depends_on: {db: }
    volumes: [{source: a}]
    healthcheck: []
    build: 1.5
    cap_add: [A, A]
    cgroup: hosts
    scale: 1.5
    cpu_percent: 101
    pull_policy: sometimes
    networks: {"a b": }
    deploy: {update_config: {order: first}}
    hostname:
    user: true
  "bad name": {image: x}
`
  expect(explain(file)).toMatchInlineSnapshot(`
    "services.web.image (value) file/wrong-type: "image" must be text, and here is the number 5. Put it in quotes: "5".
    services.web.ports (value) file/wrong-type: "ports" must be a list, and here is the text "80:80". Make it an item of a list: ["80:80"].
    services.web.environment.0 (value) file/wrong-type: Item 1 of "environment" must be text, and here is a mapping. A colon followed by a space makes a mapping. Write "A=b" or put the whole item in quotes.
    services.web.command.1 (value) file/wrong-type: Item 2 of "command" must be text, and here is the number 10. Put it in quotes: "10".
    services.web.depends_on.db (value) file/wrong-type: "db" must be a mapping, and here is nothing. Give it a value, or remove the key.
    services.web.volumes.0 (value) file/missing-key: Item 1 of "volumes" has no "type", which a volume of a service needs. type: What is mounted.
    services.web.healthcheck (value) file/wrong-type: "healthcheck" must be a mapping, and here is an empty list. Write names with a value under each instead of items with a dash.
    services.web.build (value) file/wrong-type: "build" must be text or a mapping, and here is the number 1.5. Put it in quotes: "1.5".
    services.web.cap_add.1 (value) file/repeated-item: Item 2 of "cap_add" stands in the list twice. Remove one of the two.
    services.web.cgroup (value) file/wrong-value: "cgroup" must be "host" or "private", not "hosts". Did you mean "host"?
    services.web.scale (value) file/wrong-value: "scale" must be a whole number, not 1.5. scale: How many containers of the service there are.
    services.web.cpu_percent (value) file/wrong-value: "cpu_percent" must be a whole number from 0 to 100, not 101. cpu_percent: The share of all CPUs that a container may use (Windows).
    services.web.pull_policy (value) file/wrong-value: "pull_policy" must be always, never, missing, build, daily, weekly or every_<time>, such as every_12h, not "sometimes". pull_policy: When the image is pulled: \`always\`, \`never\`, \`missing\`, \`build\`, \`daily\`, …
    services.web.networks.a b (key) file/bad-name: "a b" cannot be a name here. Names are made of letters, digits, ".", "_" and "-".
    services.web.deploy.update_config.order (value) file/wrong-value: "order" must be "start-first" or "stop-first", not "first". order: Whether the new container starts before the old one stops.
    services.web.hostname (value) file/wrong-type: "hostname" must be text, and here is nothing. Give it a value, or remove the key.
    services.web.user (value) file/wrong-type: "user" must be text, and here is true. Put it in quotes: "true".
    services.bad name (key) file/bad-name: "bad name" cannot be a name here. Names are made of letters, digits, ".", "_" and "-"."
  `)
})

test('the quick check agrees with the zod schema on files that people broke', { timeout: 30_000 }, () => {
  const documents = composeCases()
    .flatMap(({ files }) => Object.entries(files))
    .flatMap(([name, text]) => {
      if (!/\.ya?ml$/.test(name)) return []
      try {
        // Through JSON, so that values stand for themselves and a circle of aliases is left out.
        return [JSON.parse(JSON.stringify(parse(text, { logLevel: 'silent' })))]
      } catch {
        return []
      }
    })
    .filter((document) => typeof document === 'object' && document !== null)
  const split = documents.filter(
    (document) => (validateShape(document).length === 0) !== stackFile.safeParse(document).success,
  )
  expect(split).toEqual([])
})

test('the quick check agrees with the zod schema on shapes and values at random', { timeout: 30_000 }, () => {
  const table = toTable(stackFile)
  const shapes = linkShapes(table.map(({ row }) => row))
  expect(shapes.length).toBeGreaterThan(100)
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('x', '', 'always', 'bind', null, true, 0, 1, -1, 1.5, 101, 'x-a'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('path', 'source', 'type', 'command', 'x-a', 'soft', 'hard', 'condition', 'a b', 'test'),
        tie('any'),
        { maxKeys: 3 },
      ),
    ),
  })).any
  fc.assert(
    fc.property(fc.nat(table.length - 1), value, (number, candidate) => {
      const isFine = table[number]!.schema.safeParse(candidate).success
      expect(validateShape(candidate, shapes[number]).length === 0).toBe(isFine)
    }),
    { numRuns: 3000 },
  )
})

test('for both, an item stands in a list twice whatever the order of its keys', () => {
  const document = { services: { web: { ports: [{ 'x-a': { a: 1, b: 2 } }, { 'x-a': { b: 2, a: 1 } }] } } }
  expect(validateShape(document).map(({ code }) => code)).toEqual(['file/repeated-item'])
  expect(stackFile.safeParse(document).success).toBe(false)
})

test('the table of shapes is that of the zod schema', () => {
  const file = new URL('../../../../src/core/compose/schema/shape-table.json', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(printTable())
})

test('shapes can be tested on their own', () => {
  const thing = mapping('a thing', {
    parts: z.array(entries('parts', z.string(), { names: /^[a-z]+$/ })).describe('Parts.'),
  })
  const shape = linkShapes(toTable(thing).map(({ row }) => row)).at(-1)
  expect(validateShape({ parts: [{ a: 'x' }] }, shape)).toEqual([])
  expect(validateShape({}, shape).map(({ message }) => message)).toEqual([
    'The stack file has no "parts", which a thing needs.',
  ])
  expect(validateShape({ parts: [{ A: 'x' }, { b: 1 }] }, shape).map(({ path }) => path.join('.'))).toEqual([
    'parts.0.A',
    'parts.1.b',
  ])
})
