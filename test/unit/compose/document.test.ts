import { expect, test } from 'vitest'
import { loadDocument } from '../../../src/core/compose/load.ts'
import { sortKeysNaturally } from '../../../src/core/compose/texts/natural-order.ts'
import { toPlain } from '../../../src/core/compose/tree/to-plain.ts'
import { writeYaml } from '../../../src/core/compose/print/write-yaml.ts'
import { folder, problemLines } from '../../support/load-memory.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

/** What `config --no-interpolate` prints of a file beside its name. */
const documentOf = (files: Readonly<Record<string, string>>): string => {
  const absolute = Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
  const request = { workingDirectory: folder, environment: { TOKEN: 'secret' }, interpolate: false }
  const result = loadDocument(request, createMemorySources(absolute))
  if (!result.ok) throw new Error(problemLines(result.problems).join('\n'))
  return writeYaml(sortKeysNaturally(toPlain(result.model)))
}

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
