import { expect, test } from 'vitest'
import { countProblems } from '../../../src/core/errors/limit-problems.ts'
import { loadFiles, loadGood, problemLines } from '../../support/load-memory.ts'

const problemsOf = (files: Readonly<Record<string, string>> | string, request = {}): string => {
  const result = loadFiles(typeof files === 'string' ? { 'stack.yaml': files } : files, request)
  return result.ok
    ? 'no problem'
    : problemLines(result.problems)
        .map((line) => line.split(' | ')[0])
        .join('\n')
}

test('problems of every kind in one file', () => {
  const text = `
services:
  web:
    image: nginx
    prots: [80]
    ports: ["80", "999999:80", 8080:90]
    depends_on: [dbb, db]
    networks: [bak]
    volumes: ["data", "a:b:c:d:e:f", "files:/files"]
    tty: perhaps
    command: [a, {b: c}]
    healthcheck: {test: curl x, interval: 5 parsecs, retries: many}
    deploy: {replicas: 2, resources: {limits: {memory: lots}}}
    env_file: gone.env
    mem_limit: 5 elephants
  db:
    image: postgres
    scale: {a: b}
    environment: 5
    secrets: [{source: key, mode: "999"}]
  cache:
    command: x
volumes: {data: }
secrets: {key: {}}
`
  expect(problemsOf(text)).toMatchInlineSnapshot(`
    "stack.yaml:5:5 file/unknown-key A service has no key "prots".
    stack.yaml:6:19 value/form The port "999999:80" cannot be read: "999999" is no host port (0 to 65535, or a range such as 8000-8005).
    stack.yaml:7:18 service/unknown-dependency Service "web" depends on "dbb", which does not exist.
    stack.yaml:8:16 service/unknown-network Service "web" uses the network "bak", which is not declared.
    stack.yaml:9:38 service/unknown-volume Service "web" uses the volume "files", which is not declared.
    stack.yaml:10:10 value/type "perhaps" is not true or false.
    stack.yaml:11:18 file/wrong-type Item 2 of "command" must be text, and here is a mapping.
    stack.yaml:12:43 value/invalid "5 parsecs" is no duration.
    stack.yaml:12:63 value/type "many" is not a whole number.
    stack.yaml:13:56 value/invalid "lots" is no size in bytes.
    stack.yaml:14:15 file/missing There is no file /work/shop/gone.env.
    stack.yaml:15:16 value/invalid "5 elephants" is no size in bytes.
    stack.yaml:18:12 file/wrong-type "scale" must be a whole number or text, and here is a mapping.
    stack.yaml:19:18 file/wrong-type "environment" must be a mapping or a list, and here is the number 5.
    stack.yaml:20:35 value/invalid "999" is no file mode.
    stack.yaml:21:3 service/no-image Service "cache" has neither an image nor a build.
    stack.yaml:24:11 secret/no-source The secret "key" does not say where it comes from."
  `)
})

test('problems of several files, each in its own place', () => {
  const files = {
    'a.yaml':
      'include: [inc/one.yaml, inc/gone.yaml]\nservices:\n  web: {image: x, ports: {}, extends: {file: base.yaml, service: base}}\n',
    'b.yaml':
      'services:\n  web: {ports: 5, restart: [x]}\n  api: {image: y, cpus: many, healthcheck: {interval: soon}}\n',
    'inc/one.yaml': 'services:\n  one: {image: x, tty: {}, volumes: ["::"]}\n',
    'base.yaml': 'services:\n  base: {image: x, stop_grace_period: never, "x y": 1}\n',
    'c.yaml': 'services:\n  web: {image: x\n',
  }
  expect(problemsOf(files, { files: ['a.yaml', 'b.yaml', 'c.yaml'] })).toMatchInlineSnapshot(`
    "a.yaml:1:25 file/missing There is no file /work/shop/inc/gone.yaml.
    a.yaml:3:26 file/wrong-type "ports" must be a list, and here is an empty mapping.
    b.yaml:2:16 file/wrong-type "ports" must be a list, and here is the number 5.
    b.yaml:2:28 file/wrong-type "restart" must be text, and here is a list.
    b.yaml:3:25 value/type "many" is not a number.
    b.yaml:3:55 value/invalid "soon" is no duration.
    c.yaml:3:1 yaml/syntax Flow map in block collection must be sufficiently indented and end with a }.
    base.yaml:2:39 value/invalid "never" is no duration.
    base.yaml:2:46 file/unknown-key A service has no key "x y".
    inc/one.yaml:2:24 file/wrong-type "tty" must be true or false or text, and here is an empty mapping."
  `)
})

const cases: readonly (readonly [string, string])[] = [
  ['an image that is no text', 'services: {web: {image: [x]}}'],
  ['a misspelt image', 'services: {web: {imgae: x}}'],
  ['a key that may have been meant as the image', 'services: {web: {from: x}}'],
  [
    'a section that is no mapping',
    'services: {web: {image: x, networks: [front], volumes: ["data:/d"]}}\nnetworks: [front]\nvolumes: {data: }',
  ],
  [
    'a misspelt section',
    'services: {web: {image: x, networks: [front], volumes: ["data:/d"]}}\nnetwork: {front: }\nvolumes: {data: }',
  ],
  ['a service at the top level', 'services: {web: {image: x, depends_on: [db]}}\ndb: {image: x}'],
  ['a service inside a service', 'services: {web: {image: x, depends_on: [db], db: {image: x}}}'],
  ['a service that is no mapping', 'services: {web: {image: x, depends_on: [db]}, db: postgres}'],
  [
    'a variable that must be set',
    'services: {web: {image: "${IMAGE:?say which}", depends_on: ["${NAME:?}"], scale: "${N:?}", ports: ["${P:?}:80"]}}',
  ],
  ['a base service that is not there', 'services: {web: {extends: base}}'],
  [
    'a file that is not there',
    'include: [gone.yaml]\nservices: {web: {image: x, depends_on: [db], networks: [front]}}',
  ],
  ['a port without a target', 'services: {web: {image: x, ports: [{published: 80}, {target: [80]}]}}'],
  [
    'a mount without a target',
    'services: {web: {image: x, volumes: [{type: bind}, {type: volume, target: 5}, {type: volume, source: a}]}}',
  ],
  [
    'a watch rule with a wrong target',
    'services: {web: {image: x, develop: {watch: [{path: a, action: sync, target: 5}]}}}',
  ],
  ['a secret with a wrong source', 'services: {web: {image: x, secrets: [a]}}\nsecrets: {a: {file: 5}}'],
  ['a list of tiers that is none', 'x-tiers: web\nservices: {web: {image: x, x-tier: web}}'],
  ['a name that cannot be one', 'services: {web: {image: x, networks: [bad name]}}\nnetworks: {"bad name": }'],
  [
    'limits of which one cannot be read',
    'services: {web: {image: x, mem_limit: lots, deploy: {resources: {limits: {memory: 5m}}}}}',
  ],
  [
    'a circle with a wrong link',
    'services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: {a: {condition: now}}}}',
  ],
]

test('what only follows from a problem is not told', () => {
  expect(cases.map(([what, text]) => `${what}\n${problemsOf(text).replace(/^/gm, '    ')}`).join('\n'))
    .toMatchInlineSnapshot(`
    "an image that is no text
        stack.yaml:1:25 file/wrong-type "image" must be text, and here is a list.
    a misspelt image
        stack.yaml:1:18 file/unknown-key A service has no key "imgae".
    a key that may have been meant as the image
        stack.yaml:1:18 file/unknown-key A service has no key "from".
    a section that is no mapping
        stack.yaml:2:11 file/wrong-type "networks" must be a mapping, and here is a list.
    a misspelt section
        stack.yaml:2:1 file/unknown-key A stack file has no key "network".
    a service at the top level
        stack.yaml:2:1 file/unknown-key A stack file has no key "db".
    a service inside a service
        stack.yaml:1:46 file/unknown-key A service has no key "db".
    a service that is no mapping
        stack.yaml:1:51 file/wrong-type "db" must be a mapping, and here is the text "postgres".
    a variable that must be set
        stack.yaml:1:26 variable/required The variable "IMAGE" is required and has no value: say which
        stack.yaml:1:62 variable/required The variable "NAME" is required and has no value
        stack.yaml:1:83 variable/required The variable "N" is required and has no value
        stack.yaml:1:101 variable/required The variable "P" is required and has no value
    a base service that is not there
        stack.yaml:1:27 extends/unknown-service The service "web" extends "base", and this file has no such service.
    a file that is not there
        stack.yaml:1:11 file/missing There is no file /work/shop/gone.yaml.
    a port without a target
        stack.yaml:1:36 value/incomplete This entry has no container port: "target".
        stack.yaml:1:62 file/wrong-type "target" must be a whole number or text, and here is a list.
    a mount without a target
        stack.yaml:1:38 value/incomplete This entry has no "target".
        stack.yaml:1:52 value/incomplete This entry has no "target".
        stack.yaml:1:79 value/incomplete This entry has no "target".
    a watch rule with a wrong target
        stack.yaml:1:78 file/wrong-type "target" must be text, and here is the number 5.
    a secret with a wrong source
        stack.yaml:2:21 file/wrong-type "file" must be text, and here is the number 5.
    a list of tiers that is none
        stack.yaml:1:10 file/wrong-type "x-tiers" must be a list, and here is the text "web".
    a name that cannot be one
        no problem
    limits of which one cannot be read
        stack.yaml:1:39 value/invalid "lots" is no size in bytes.
    a circle with a wrong link
        stack.yaml:1:86 file/wrong-value "condition" must be "service_started", "service_healthy" or "service_completed_successfully", not "now"."
  `)
})

test('a project without a name does not hide what is wrong with its file', () => {
  expect(problemsOf('services: {web: {image: x, depends_on: [db]}}', { projectName: 'Shop!' })).toMatchInlineSnapshot(`
    "project/name "Shop!" cannot be a project's name: only a-z, 0-9, _ and - can stand in it, and the first one is a letter or a digit.
    stack.yaml:1:41 service/unknown-dependency Service "web" depends on "db", which does not exist."
  `)
})

test('what is wrong in two places that one anchor fills is told for both', () => {
  expect(
    problemsOf(
      'x-base: &base {image: x, networks: [bak], prots: []}\nservices:\n  a: {<<: *base, depends_on: [zz]}\n  b: *base\n',
    ),
  ).toMatchInlineSnapshot(`
    "stack.yaml:1:37 service/unknown-network Service "a" uses the network "bak", which is not declared.
    stack.yaml:1:37 service/unknown-network Service "b" uses the network "bak", which is not declared.
    stack.yaml:1:43 file/unknown-key A service has no key "prots".
    stack.yaml:3:31 service/unknown-dependency Service "a" depends on "zz", which does not exist."
  `)
})

test('what is found out later has a place by its path, unless it is written nowhere', () => {
  const { project } = loadGood({
    'stack.yaml':
      'services:\n  web.one:\n    image: x\n    networks: [front]\n    ports: ["80:80"]\n    environment: ["A=1"]\n    container_name: "one"\n  api: {image: y}\nnetworks:\n  front: {external: true}\n',
  })
  const paths = [
    'services.web.one.container_name',
    'services.web.one.networks.front',
    'services.web.one.ports[0].target',
    'services.web.one.models',
    'services.web.one.environment.A',
    'services.api.networks.default',
    'networks.front',
    'networks.front.name',
    'networks.default',
    'nothing.at.all',
  ]
  expect(
    paths
      .map((path) => `${path} ${JSON.stringify(project.context.findPlace(path), ['line', 'column', 'length'])}`)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "services.web.one.container_name {"line":7,"column":21,"length":5}
    services.web.one.networks.front {"line":4,"column":16,"length":5}
    services.web.one.ports[0].target {"line":5,"column":13,"length":7}
    services.web.one.models {"line":2,"column":3,"length":7}
    services.web.one.environment.A {"line":6,"column":19,"length":5}
    services.api.networks.default undefined
    networks.front {"line":10,"column":3,"length":5}
    networks.front.name {"line":10,"column":3,"length":5}
    networks.default undefined
    nothing.at.all undefined"
  `)
})

test('neither a message nor a hint quotes a credential', () => {
  const text =
    'services:\n  web:\n    image: x\n    environment:\n      - PASSWORD: hunter2\n      - TOKEN: {a: hunter2}\n    command: "mysql --password=hunter2 \'"\n  api: {image: x, environment: {API_TOKEN: {a: hunter2}}}\n'
  const result = loadFiles({ 'stack.yaml': text })
  expect(JSON.stringify(result.ok ? result.project : result.problems)).not.toContain('hunter2')
  expect(result.ok ? '' : problemLines(result.problems).join('\n')).toMatchInlineSnapshot(`
    "stack.yaml:5:9 file/wrong-type Item 1 of "environment" must be text, and here is a mapping. | A colon followed by a space makes a mapping. Write "PASSWORD=*******" or put the whole item in quotes.
    stack.yaml:6:9 file/wrong-type Item 2 of "environment" must be text, and here is a mapping. | environment: Environment variables; one without a value is taken from the shell.
    stack.yaml:7:14 value/invalid The command cannot be split into words: a single quote is never closed. | Correct the value, or put it in quotes if it is meant as text.
    stack.yaml:8:44 file/wrong-type "API_TOKEN" must be text, a number, true or false or nothing, and here is a mapping. | A colon followed by a space makes a mapping. Write "a=…" or put the whole item in quotes."
  `)
})

test('the path of a problem counts the list items that were set aside before it', () => {
  const result = loadFiles({
    'stack.yaml':
      'services:\n  web:\n    image: x\n    ports: ["http", {target: 90, published: 1.5}]\n    develop:\n      watch:\n        - {path: [x], action: sync}\n        - {path: ., action: sync+exec, target: /x, exec: {command: "a ("}}\n',
  })
  expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual([
    'services.web.ports[0]',
    'services.web.ports[1].published',
    'services.web.develop.watch[0].path',
    'services.web.develop.watch[1].exec.command',
  ])
})

test('a quote that is never closed is shown where it opens', () => {
  expect(problemsOf('services:\n  web:\n    image: "x\n    tty: true\n')).toBe(
    'stack.yaml:3:12 yaml/syntax The " that opens here is never closed.',
  )
})

test('what the reference cannot read as YAML is a problem with a place, though others read it', () => {
  expect(problemsOf('services:\n  web:\n    image: x\n\t\n    tty: true\n')).toBe(
    'stack.yaml:4:1 yaml/syntax Lines are indented with spaces, and here is a tab.',
  )
  expect(problemsOf('x-a: &a.b {}\nservices: {web: {image: x}}\n')).toBe(
    'stack.yaml:1:6 yaml/syntax The name of an anchor has letters, digits, "_" and "-" only.',
  )
  expect(problemsOf('services: {web: {image: x, tty: !!bool yes}}\n')).toBe(
    'stack.yaml:1:40 yaml/tag "yes" is not what its tag !!bool says.',
  )
})

test('thousands of problems are counted, and a hundred are told in the order of their places', () => {
  const result = loadFiles({
    'stack.yaml': `services:\n  web:\n    image: x\n${Array.from({ length: 4000 }, (_, index) => `    wrong${index}: 1\n`).join('')}`,
  })
  if (result.ok) throw new Error('it is not right')
  expect(result.problems).toHaveLength(101)
  expect(problemLines(result.problems).slice(99)).toEqual([
    'stack.yaml:103:5 file/unknown-key A service has no key "wrong99". | Keys of your own start with "x-".',
    'problems/more There are 3900 more errors. | Those above come first.',
  ])
  expect(countProblems(result.problems)).toBe(4000)
})

test('a message quotes the beginning of what is long', () => {
  const found = problemsOf(`services: {web: {image: x, ports: ["${'9'.repeat(50_000)}"]}}`)
  expect(found.length).toBeLessThan(1000)
  expect(found).toMatch(/The port "9{299}…" cannot be read/)
})

test('services extend each other in a chain of thousands, from either end', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => `  s${index}: {extends: s${index + 1}}\n`).join('')
  const { project } = loadGood({ 'stack.yaml': `services:\n${chain}  s20000: {image: x}\n` })
  expect(project.services['s0']?.image).toBe('x')
})

const withHints = (text: string): string => {
  const result = loadFiles({ 'stack.yaml': text })
  return result.ok ? 'no problem' : problemLines(result.problems).join('\n')
}

test('a template is told once, at its first mark', () => {
  const jinja =
    'services:\n{% for s in services %}\n  {{ s.name }}:\n    image: {{ s.image }}\n    environment:\n    {% if s.env %}\n      A: {{ s.env }}\n    {% endif %}\n{% endfor %}\n'
  const go = 'services:\n  {{- range .Services }}\n  {{ .Name }}:\n    image: {{ .Image | quote }}\n  {{- end }}\n'
  expect([jinja, go, 'services: {a: {image: x}}\nx-a:\n  - {{ b }}\n'].map((text) => problemsOf(text)).join('\n'))
    .toMatchInlineSnapshot(`
      "stack.yaml:2:1 yaml/template This is a template and no YAML: what stands between "{{" and "}}" or "{%" and "%}" is for another program.
      stack.yaml:2:3 yaml/template This is a template and no YAML: what stands between "{{" and "}}" or "{%" and "%}" is for another program.
      stack.yaml:3:5 yaml/template This is a template and no YAML: what stands between "{{" and "}}" or "{%" and "%}" is for another program."
    `)
  // Texts that another program fills in later are texts.
  const texts =
    'services: {a: {image: x, command: "docker ps --format {{.ID}}"}}\nconfigs:\n  c:\n    content: |\n      {% if x %}\n      {{ range }}\n'
  expect(problemsOf(texts)).toBe('no problem')
  expect(problemsOf(`${texts}  d: [\n`)).not.toContain('template')
  expect(problemsOf('services: {a: {image: x}}\nx-a: "say {{ b }}\n')).not.toContain('template')
})

test('a variable without a value is told in the error of what it made', () => {
  const lines = [
    'volumes: ["${DB_DATA}:/data"]',
    'ports: ["80:${PORT}"]',
    'mem_limit: ${MEM}x',
    'devices: ["${A}:$B:c:d:e"]',
    'extra_hosts: ["${HOST}"]',
    'env_file: ${FILE}',
    'init: ${YES}',
  ]
  const all = lines.map((line) => withHints(`services:\n  a:\n    image: x\n    ${line}\n`))
  all.push(withHints('services:\n  a: {image: "${IMAGE}"}\n'))
  expect(all.join('\n')).toMatchInlineSnapshot(`
    "stack.yaml:4:15 value/volume The volume ":/data" cannot be read: there is nothing between two colons. The variable "DB_DATA" is not set. | Set it in the environment or in .env, or write a default: \${DB_DATA:-value}.
    stack.yaml:4:13 value/form The port "80:" cannot be read: it names no container port. The variable "PORT" is not set. | Set it in the environment or in .env, or write a default: \${PORT:-value}.
    stack.yaml:4:16 value/invalid "x" is no size in bytes. The variable "MEM" is not set. | Set it in the environment or in .env, or write a default: \${MEM:-value}.
    stack.yaml:4:15 value/form "::c:d:e" has too many parts for a device. The variables "A", "B" are not set. | Set them in the environment or in .env, or write a default: \${A:-value}.
    stack.yaml:4:19 value/invalid "" is no extra host. The variable "HOST" is not set. | Set it in the environment or in .env, or write a default: \${HOST:-value}.
    stack.yaml:4:15 env-file/no-path An env file needs a path, and here is an empty text. The variable "FILE" is not set. | Set it in the environment or in .env, or write a default: \${FILE:-value}.
    stack.yaml:4:11 value/type "", which is what "\${YES}" stands for, is not true or false. The variable "YES" is not set. | Set it in the environment or in .env, or write a default: \${YES:-value}.
    stack.yaml:2:14 service/no-image Service "a" has neither an image nor a build. The variable "IMAGE" is not set. | Set it in the environment or in .env, or write a default: \${IMAGE:-value}."
  `)
})

test('a hint to quotes is given only where a text is right', () => {
  const lines = [
    'healthcheck: {test: a, interval: 5, timeout: 1.5}',
    'stop_grace_period: 10',
    'pull_policy: 5',
    'develop: {watch: [{path: x, action: 7}]}',
    'user: 0',
    'hostname: 7',
  ]
  const all = lines.map((line) => withHints(`services:\n  a:\n    image: x\n    ${line}\n`).replace(/.* \| /, ''))
  expect(all.join('\n')).toMatchInlineSnapshot(`
    "Write the unit with it: 5s.
    stack.yaml:4:50 file/wrong-type "timeout" must be text, and here is the number 1.5. | Write the unit with it: 1.5s.
    Write the unit with it: 10s.
    pull_policy: When the image is pulled: \`always\`, \`never\`, \`missing\`, \`build\`, \`daily\`, …
    action: What to do on a change: build anew, copy, restart, or copy and then restart or run a command.
    Put it in quotes: "0".
    Put it in quotes: "7"."
  `)
})

const clashLines = (services: string, request: object = { clashes: 'start' }): string => {
  const result = loadFiles({ 'stack.yaml': `services:\n${services}` }, request)
  const problems = result.ok ? [] : problemLines(result.problems)
  const warnings = problemLines(result.warnings.filter(({ code }) => code.startsWith('service/')))
  return [...problems, ...warnings.map((line) => `warning ${line}`)].join('\n') || 'no problem'
}

test('containers of one name are told of with both places, whatever is asked for', () => {
  const pair = '  a: {image: x, container_name: one}\n  b: {image: x, container_name: one}\n'
  const told =
    'stack.yaml:3:33 service/name-used-twice Services "a" and "b" both name their container "one". | Give one of them another name, or leave "container_name" out.'
  for (const clashes of ['warn', 'create', 'start'] as const) expect(clashLines(pair, { clashes })).toBe(told)
  expect(clashLines(pair, {})).toBe('no problem')
  expect(clashLines(pair, { clashes: 'start', services: ['a'] })).toBe('no problem')
  expect(clashLines('  a: {image: x, container_name: shop-b-2}\n  b: {image: x, scale: 2}\n')).toMatchInlineSnapshot(
    `"stack.yaml:2:33 service/name-used-twice Service "a" names its container "shop-b-2", which is the name that a container of service "b" gets. | Give it another name, or leave "container_name" out."`,
  )
})

test('several containers of one name are told of where the command line asks for them', () => {
  const named = '  a: {image: x, container_name: one}\n'
  expect(clashLines(named, { clashes: 'start', scale: { a: 1 } })).toBe('no problem')
  expect(clashLines(named, { clashes: 'start', scale: { a: 2 } })).toBe(
    'stack.yaml:2:33 service/name-with-scale Service "a" would have 2 containers, which cannot all be called "one". | Remove "container_name", or have one container only.',
  )
})

test('an image name that is none is told of: where it is created a problem, in a look at the file a warning', () => {
  const images = ['x:', 'X', 'x y', '-x', 'x:a b', 'x@sha256:1', 'localhost:5000/A', 'x/', ':x', 'x:${UNSET}']
  const wrong = images.map((image) => `  a: {image: "${image}"}\n`)
  expect(wrong.map((text) => clashLines(text, { clashes: 'create' })).join('\n')).toMatchInlineSnapshot(`
    "stack.yaml:2:14 service/bad-image "x:" of service "a" is no name of an image. | Write a tag behind the colon, or leave the colon out.
    stack.yaml:2:14 service/bad-image "X" of service "a" is no name of an image. | Names of images are in small letters: x.
    stack.yaml:2:14 service/bad-image "x y" of service "a" is no name of an image. | There is no blank in the name of an image.
    stack.yaml:2:14 service/bad-image "-x" of service "a" is no name of an image. | Write it as name:tag, or host/name:tag.
    stack.yaml:2:14 service/bad-image "x:a b" of service "a" is no name of an image. | There is no blank in the name of an image.
    stack.yaml:2:14 service/bad-image "x@sha256:1" of service "a" is no name of an image. | Write it as name:tag, or host/name:tag.
    stack.yaml:2:14 service/bad-image "localhost:5000/A" of service "a" is no name of an image. | Names of images are in small letters: localhost:5000/a.
    stack.yaml:2:14 service/bad-image "x/" of service "a" is no name of an image. | Write it as name:tag, or host/name:tag.
    stack.yaml:2:14 service/bad-image ":x" of service "a" is no name of an image. | Write it as name:tag, or host/name:tag.
    stack.yaml:2:14 service/bad-image "x:" of service "a" is no name of an image. The variable "UNSET" is not set. | Set it in the environment or in .env, or write a default: \${UNSET:-value}."
  `)
  expect(clashLines(wrong[0] ?? '', { clashes: 'warn' })).toMatch(/^warning stack.yaml:2:14 service\/bad-image/)
  const right = [
    'x',
    'x:1',
    'a/b_c/d--e:V1.2',
    'localhost/x',
    'Host/x',
    'reg.io:5000/a/b:t',
    `x@sha256:${'0'.repeat(64)}`,
    '[::1]:5000/x',
    'a__b.c',
  ]
  for (const image of right) expect(clashLines(`  a: {image: "${image}"}\n`)).toBe('no problem')
  expect(
    clashLines(
      '  a: {image: x, volumes: [{type: image, source: "y:", target: /y}], pre_start: [{image: "Z", command: z}]}\n',
    ),
  ).toMatchInlineSnapshot(`
    "stack.yaml:2:49 service/bad-image "y:" of service "a" is no name of an image. | Write a tag behind the colon, or leave the colon out.
    stack.yaml:2:89 service/bad-image "Z" of service "a" is no name of an image. | Names of images are in small letters: z."
  `)
})

test('ports of the host that are wanted twice are told of', () => {
  const one = (...ports: readonly string[]): string =>
    `  a: {image: x, ports: [${ports.map((port) => `"${port}"`).join(', ')}]}\n`
  const clashing = [
    one('80:1', '80:2'),
    one('80:1', '127.0.0.1:80:1'),
    one('[::]:80:1', '[::1]:80:2'),
    `${one('80:1')}  b: {image: x, ports: ["80:2"]}\n`,
  ]
  expect(clashing.map((text) => clashLines(text)).join('\n')).toMatchInlineSnapshot(`
    "stack.yaml:2:33 service/port-used-twice Service "a" publishes two ports at port 80/tcp of the host. | Give one of them another port, or leave the one of the host out: then the engine picks a free one.
    stack.yaml:2:33 service/port-used-twice Service "a" publishes two ports at port 80/tcp of the host. | Give one of them another port, or leave the one of the host out: then the engine picks a free one.
    stack.yaml:2:38 service/port-used-twice Service "a" publishes two ports at port 80/tcp of the host. | Give one of them another port, or leave the one of the host out: then the engine picks a free one.
    stack.yaml:3:25 service/port-used-twice Services "a" and "b" both publish a port at port 80/tcp of the host. | Give one of them another port, or leave the one of the host out: then the engine picks a free one."
  `)
  for (const clashes of ['warn', 'create'] as const)
    expect(clashLines(clashing[0] ?? '', { clashes })).toMatch(/^warning .*port-used-twice/)
  const fine = [
    one('80:1', '80:1/udp'),
    one('127.0.0.1:80:1', '127.0.0.2:80:1'),
    one('80:1', '0.0.0.0:80:1'),
    one('0.0.0.0:80:1', '[::]:80:1'),
    one('1', '2'),
    one('80-89:1', '80-89:2'),
    `${one('80:1')}  b: {image: x, network_mode: host, ports: ["80:2"]}\n`,
    `${one('80:1')}  b: {image: x, scale: 0, ports: ["80:2"]}\n`,
    `${one('80:1')}  b: {image: x, profiles: [p], ports: ["80:2"]}\n`,
    `${one('80:1')}  b: {image: x, ports: ["80:2"], depends_on: {c: {condition: service_started}}}\n  c: {image: x, depends_on: {a: {condition: service_completed_successfully}}}\n`,
  ]
  for (const text of fine) expect(clashLines(text)).toBe('no problem')
})

test('more containers than host ports are told of, as the command line has their number', () => {
  const service = (port: string, more = ''): string => `  a: {image: x, ports: ["${port}"]${more}}\n`
  expect(
    [
      clashLines(service('80:80', ', scale: 3')),
      clashLines(service('80:80', ', deploy: {replicas: 3}')),
      clashLines(service('80-81:80', ', scale: 3')),
      clashLines(service('80:80'), { clashes: 'start', scale: { a: 2 } }),
      clashLines(service('80:80', ', scale: 3'), { clashes: 'warn' }),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "stack.yaml:2:25 service/port-with-scale Service "a" has 3 containers, and all of them publish port 80. | Leave the port of the host out, so that the engine picks free ones, or write a range such as "80-82:80".
    stack.yaml:2:25 service/port-with-scale Service "a" has 3 containers, and all of them publish port 80. | Leave the port of the host out, so that the engine picks free ones, or write a range such as "80-82:80".
    stack.yaml:2:25 service/port-with-scale Service "a" has 3 containers, and there are ports for 2 of them. | Leave the port of the host out, so that the engine picks free ones, or write a range such as "80-82:80".
    stack.yaml:2:25 service/port-with-scale Service "a" has 2 containers, and all of them publish port 80. | Leave the port of the host out, so that the engine picks free ones, or write a range such as "80-81:80".
    warning stack.yaml:2:25 service/port-with-scale Service "a" has 3 containers, and all of them publish port 80. | Leave the port of the host out, so that the engine picks free ones, or write a range such as "80-82:80"."
  `)
  expect(clashLines(service('80:80', ', scale: 3'), { clashes: 'start', scale: { a: 1 } })).toBe('no problem')
  expect(clashLines(service('80-82:80', ', scale: 3'))).toBe('no problem')
  expect(clashLines(service('80', ', scale: 3'))).toBe('no problem')
})
