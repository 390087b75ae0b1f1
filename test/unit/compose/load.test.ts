import { explanationLines } from '../../../src/cli/explain-lines.ts'
import { expect, test } from 'vitest'
import { loadProjectName } from '../../../src/core/compose/load-name.ts'
import { folder, loadFiles, loadGood, problemLines } from '../../support/load-memory.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const problemsOf = (files: Readonly<Record<string, string>>, request = {}): string => {
  const result = loadFiles(files, request)
  return result.ok ? 'no problem' : problemLines(result.problems).join('\n')
}

test('every problem of every file is told at once, in the order of files and lines', () => {
  const files = {
    'stack.yaml': 'services:\n  web:\n    imgae: nginx\n    ports: [http]\n    depends_on: [db]\n    extends: bse\n',
    'stack.override.yaml': 'services:\n  web:\n    command: "${A"\n    tty: perhaps\n',
  }
  expect(problemsOf(files)).toMatchInlineSnapshot(`
    "stack.yaml:3:5 file/unknown-key A service has no key "imgae". | Did you mean "image"?
    stack.yaml:4:13 value/form The port "http" cannot be read: "http" is no container port (0 to 65535, or a range such as 80-85). | Correct it, or write the long form with a key for each part.
    stack.yaml:5:18 service/unknown-dependency Service "web" depends on "db", which does not exist. | Add the service, or remove the dependency.
    stack.yaml:6:14 extends/unknown-service The service "web" extends "bse", and this file has no such service. | There is "web".
    stack.override.yaml:3:15 variable/invalid "\${A" is not a valid variable reference. | Write \${NAME}, \${NAME:-default}, \${NAME:?message} or \${NAME:+replacement}; a plain dollar sign is written $$.
    stack.override.yaml:4:10 value/type "perhaps" is not true or false. | Write a value of that kind."
  `)
})

test('an unknown key hides no other problem, unless others would only follow from it', () => {
  expect(
    problemsOf({
      'stack.yaml':
        'services:\n  web:\n    image: x\n    prots: []\n    depends_on: [nobody]\n    networks: [nowhere]\n',
    }),
  ).toMatchInlineSnapshot(`
    "stack.yaml:4:5 file/unknown-key A service has no key "prots". | Did you mean "ports"?
    stack.yaml:5:18 service/unknown-dependency Service "web" depends on "nobody", which does not exist. | Add the service, or remove the dependency.
    stack.yaml:6:16 service/unknown-network Service "web" uses the network "nowhere", which is not declared. | Declare it under "networks" at the top level of the file."
  `)
  expect(problemsOf({ 'stack.yaml': 'services:\n  web:\n    imgae: x\n    networks: [front]\nnetwroks: {front: }\n' }))
    .toMatchInlineSnapshot(`
    "stack.yaml:3:5 file/unknown-key A service has no key "imgae". | Did you mean "image"?
    stack.yaml:5:1 file/unknown-key A stack file has no key "netwroks". | Did you mean "networks"?"
  `)
})

test('what contradicts itself is told with the nearest name', () => {
  const stack =
    'services:\n  web:\n    image: x\n    networks: [fornt]\n    volumes: ["dta:/d"]\n    secrets: [key]\n    depends_on: [dp]\n  db: {image: x}\nnetworks: {front: }\nvolumes: {data: }\n'
  expect(problemsOf({ 'stack.yaml': stack })).toMatchInlineSnapshot(`
    "stack.yaml:4:16 service/unknown-network Service "web" uses the network "fornt", which is not declared. | Did you mean "front"?
    stack.yaml:5:15 service/unknown-volume Service "web" uses the volume "dta", which is not declared. | Did you mean "data"?
    stack.yaml:6:15 service/unknown-secret Service "web" uses the secret "key", which is not declared. | Declare it under "secrets" at the top level of the file.
    stack.yaml:7:18 service/unknown-dependency Service "web" depends on "dp", which does not exist. | Did you mean "db"?"
  `)
})

test('the stack file is looked for upwards, and our own names come first', () => {
  const files = {
    '/work/compose.yaml': 'services: {far: {image: x}}',
    'compose.yaml': 'services: {near: {image: x}}',
    'stack.yml': 'services: {own: {image: x}}',
  }
  const below = loadGood(files, { workingDirectory: `${folder}/a/b` })
  expect(Object.keys(below.project.services)).toEqual(['own'])
  expect(below.project.context.directory).toBe(folder)
  expect(problemLines(below.warnings)).toEqual([
    `file/several There are several stack files: ${folder}/stack.yml, ${folder}/compose.yaml. The first one is used. | Name the ones to use with -f.`,
  ])
  expect(Object.keys(loadGood({ '/work/compose.yaml': files['/work/compose.yaml'] }).project.services)).toEqual(['far'])
  expect(problemsOf({})).toMatchInlineSnapshot(
    `"file/not-found No stack file was found. Looked for stack.yaml, stack.yml, compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml here and in the folders above. | Change to the folder of the stack file, or name it with -f."`,
  )
})

test('.env may name the files, the project and the profiles', () => {
  const env =
    'COMPOSE_FILE=a.yaml;b.yaml\nCOMPOSE_PATH_SEPARATOR=;\nCOMPOSE_PROJECT_NAME=given\nCOMPOSE_PROFILES=one, two\n'
  const files = {
    '.env': env,
    'a.yaml': 'services: {a: {image: x, profiles: [two]}}',
    'b.yaml': 'services: {a: {hostname: "${COMPOSE_PROJECT_NAME}"}}',
  }
  const { project } = loadGood(files)
  expect(project.name).toBe('given')
  expect(project.context.files).toEqual([`${folder}/a.yaml`, `${folder}/b.yaml`])
  expect(project.services['a']?.hostname).toBe('given')
  expect(project.context.envFiles).toEqual([`${folder}/.env`])
})

test.each([
  ['the folder', {}, 'services: {}\n', 'shop'],
  ['the file', {}, 'name: ${WHO:-mine}\nservices: {}\n', 'mine'],
  ['the environment', { environment: { COMPOSE_PROJECT_NAME: 'env' } }, 'name: mine\nservices: {}\n', 'env'],
  [
    'the command line',
    { projectName: 'flag', environment: { COMPOSE_PROJECT_NAME: 'env' } },
    'name: mine\nservices: {}\n',
    'flag',
  ],
])('the project is named by %s, and its name alone is the same', (_, request, text, name) => {
  const files = { 'stack.yaml': text.replace('{}', '{a: {image: x}}') }
  expect(loadGood(files, request).project.name).toBe(name)
  const sources = createMemorySources({ [`${folder}/stack.yaml`]: files['stack.yaml'] })
  expect(loadProjectName({ workingDirectory: folder, environment: {}, ...request }, sources)).toMatchObject({
    ok: true,
    name,
  })
})

test('naming a service switches it and its profiles on, and leaves the others out', () => {
  const stack =
    'services:\n  web: {image: x, depends_on: [db]}\n  db: {image: x}\n  debug: {image: x, profiles: [dev], depends_on: [tool]}\n  tool: {image: x, profiles: [dev]}\n'
  const files = { 'stack.yaml': stack }
  const { project } = loadGood(files, { services: ['debug'] })
  expect(Object.keys(project.services)).toEqual(['debug', 'tool'])
  expect(Object.keys(project.context.disabled).sort()).toEqual(['db', 'web'])
  expect(project.context.activeProfiles).toEqual(['dev'])
  expect(Object.keys(loadGood(files).project.services)).toEqual(['db', 'web'])
  expect(problemsOf(files, { services: ['wbe'] })).toMatchInlineSnapshot(
    `"service/unknown There is no service "wbe". | Did you mean "web"?"`,
  )
})

test('inputs are all other files that a change of would matter', () => {
  const files = {
    'stack.yaml':
      'include: [more/inc.yaml]\nservices: {a: {extends: {service: b, file: base.yaml}, env_file: a.env, label_file: a.labels}}',
    'more/inc.yaml': 'services: {c: {image: x}}',
    'base.yaml': 'services: {b: {image: x}}',
    'a.env': 'A=1',
    'a.labels': 'l=1',
    '.env': 'X=1',
  }
  expect(loadGood(files).project.context.inputs.toSorted()).toEqual(
    ['.env', 'a.env', 'a.labels', 'base.yaml', 'more/inc.yaml'].map((file) => `${folder}/${file}`),
  )
})

test('env files may be missing where nothing is created, but for those whose values a hook takes over', () => {
  const files = {
    'stack.yaml':
      'services:\n  web: {image: x, env_file: gone.env}\n  job: {image: x, pre_start: [{command: [a]}], env_file: away.env}\n',
  }
  expect(problemsOf(files, { resolveEnvironment: false })).toBe('no problem')
  expect(problemsOf(files, { resolveEnvironment: 'hooks' })).toMatch(
    /^stack.yaml:3:\d+ file\/missing There is no file \S+away.env\. \| Make the file, or correct the path\.$/,
  )
  expect(problemsOf(files).split('\n')).toHaveLength(2)
})

test('circles of extends and include end, each told once', () => {
  expect(
    problemsOf({ 'stack.yaml': 'services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n' }),
  ).toMatchInlineSnapshot(
    `"stack.yaml:2:16 extends/cycle Services extend each other in a circle: "a" extends "b" extends "c" extends "a". | Move what they share to a service of its own."`,
  )
  expect(
    problemsOf({ 'stack.yaml': 'include: [b.yaml]\n', 'b.yaml': 'include: [stack.yaml]\n' }),
  ).toMatchInlineSnapshot(
    `"b.yaml:1:11 include/cycle Files include each other in a circle: /work/shop/stack.yaml includes /work/shop/b.yaml includes /work/shop/stack.yaml. | Remove one of these includes."`,
  )
})

test('where a value comes from, and what it took the place of', () => {
  const files = {
    'stack.yaml':
      'x-env: &env {LEVEL: info}\nservices:\n  web:\n    image: nginx:${TAG:-1}\n    environment:\n      <<: *env\n      DB_HOST: localhost\n',
    'stack.override.yaml': 'services:\n  web:\n    env_file: [a.env, b.env]\n    environment:\n      - DB_HOST=db\n',
    'a.env': 'A=1\nexport TZ=UTC\nDB_HOST=a\n',
    'b.env': '# time\nTZ=CET\n',
  }
  const { explain } = loadGood(files)
  expect(explain('services.web.image')).toMatchObject({
    found: true,
    won: { value: 'nginx:1', template: 'nginx:${TAG:-1}', span: { line: 4, column: 12 } },
    lost: [],
  })
  expect(explain('services.web.environment.DB_HOST')).toMatchObject({
    won: { value: 'db', span: { file: `${folder}/stack.override.yaml`, line: 5, column: 9 } },
    lost: [
      { value: 'localhost', span: { file: `${folder}/stack.yaml`, line: 7, column: 16 } },
      { value: 'a', span: { file: `${folder}/a.env`, line: 3, column: 1 } },
    ],
  })
  expect(explain('services.web.environment.TZ')).toMatchObject({
    won: { value: 'CET', span: { file: `${folder}/b.env`, line: 2, column: 1 } },
    lost: [{ value: 'UTC', span: { file: `${folder}/a.env`, line: 2, column: 8 } }],
  })
  expect(explain('services.web.environment.LEVEL')).toMatchObject({ won: { span: { line: 1, column: 21 } } })
  expect(explain('services.wbe.image')).toEqual({
    found: false,
    path: 'services.wbe.image',
    missing: 'wbe.image',
    known: ['web'],
  })
})

test('a needed service that is off by its profile is told once, and hinders nobody who makes nothing', () => {
  const files = {
    'stack.yaml':
      'services:\n  web: {image: x, depends_on: [db], profiles: [a]}\n  api: {image: x, network_mode: "service:db"}\n  db: {image: x, profiles: [b]}\n',
  }
  const web =
    'stack.yaml:2:32 service/dependency-disabled Service "web" depends on "db", which is switched off by its profile. | Switch it on with --profile b, give both the same profile, or add "required: false".'
  const api =
    'stack.yaml:3:33 service/dependency-disabled Service "api" depends on "db", which is switched off by its profile. | Switch it on with --profile b, give both the same profile, or add "required: false".'
  const apiOnly = { 'stack.yaml': files['stack.yaml'].replace(/ {2}web.*\n/, '') }
  expect(problemsOf(apiOnly)).toBe(api.replace('3:33', '2:33'))
  expect(problemsOf(apiOnly, { services: ['api'] })).toBe(api.replace('3:33', '2:33'))
  const webOnly = { 'stack.yaml': files['stack.yaml'].replace(/ {2}api.*\n/, '') }
  expect(problemsOf(webOnly, { services: ['web'] })).toBe(web)
  for (const purpose of ['start', 'look'] as const) {
    expect(Object.keys(loadGood(files, { purpose }).project.services)).toEqual(['api'])
    expect(Object.keys(loadGood(files, { purpose, services: ['web'] }).project.services)).toEqual(['web'])
  }
})

test('what contradicts itself hinders nobody who only looks or stops; a start wants an order', () => {
  const files = {
    'stack.yaml':
      'services:\n  web: {image: x, networks: [gone], volumes: [gone:/d], depends_on: [nobody]}\n  a: {depends_on: [b]}\n  b: {depends_on: [a]}\n',
  }
  expect(Object.keys(loadGood(files, { purpose: 'look' }).project.services)).toEqual(['a', 'b', 'web'])
  expect(problemsOf(files, { purpose: 'start' })).toBe(
    'stack.yaml:4:20 service/dependency-cycle Services depend on each other in a circle: a → b → a. | Remove one of the dependencies.',
  )
})

test('an env file or a label file that is missing is told where it is read, or remembered with its service', () => {
  const files = {
    'stack.yaml': 'services:\n  a: {image: x, env_file: [a.env, b.env], label_file: c.env}\n  b: {image: x}\n',
    'b.env': 'B=1\n',
  }
  const told = loadFiles(files)
  expect(told.ok ? [] : problemLines(told.problems).map((line) => line.split(' | ')[0])).toEqual([
    'stack.yaml:2:28 file/missing There is no file /work/shop/a.env.',
    'stack.yaml:2:55 file/missing There is no file /work/shop/c.env.',
  ])
  for (const resolveEnvironment of [false, 'hooks', ['b']] as const)
    expect(loadGood(files, { resolveEnvironment }).project.context.lacking).toBeUndefined()
  const { project } = loadGood(files, { missingEnvFiles: 'later' })
  expect(project.services['a']?.environment).toEqual({ B: '1' })
  expect(problemLines(project.context.lacking?.['a'] ?? [])).toEqual([
    'stack.yaml:2:28 file/missing There is no file /work/shop/a.env. | Make the file, or correct the path: a container of "a" has to be made.',
    'stack.yaml:2:55 file/missing There is no file /work/shop/c.env. | Make the file, or correct the path: a container of "a" has to be made.',
  ])
  expect(Object.keys(project.context.lacking ?? {})).toEqual(['a'])
})

test('a reference that is wrong is marked whole', () => {
  const stack = `services:
  a:
    image: "x:\${TAG?set it} and"
    hostname: \${NAME:?}
    domainname: x\${A:-\${B?inner}}y
    user: "\${A.b} c"
    working_dir: "say \\"\${Q?why}\\" "
    labels: {o: "\${UNSET:-}\${OTHER:-$IN}"}
`
  const result = loadFiles({ 'stack.yaml': stack })
  const lines = stack.split('\n')
  const marked = [...(result.ok ? [] : result.problems), ...result.warnings].map(({ span }) =>
    lines[(span?.line ?? 0) - 1]?.slice((span?.column ?? 0) - 1).slice(0, span?.length),
  )
  expect(marked).toEqual(['${TAG?set it}', '${NAME:?}', '${B?inner}', '${A.b}', '${Q?why}', '$IN'])
})

test('a value is explained with the lines of .env, or the shell, that its variables are from', () => {
  const files = {
    'stack.yaml':
      'include: [in/stack.yaml]\nservices:\n  web:\n    image: "x:${TAG:-$FALL}-$SH-$NONE-$COMPOSE_PROJECT_NAME"\n    environment: [TOKEN]\n    env_file: a.env\n',
    '.env': '# c\nTAG=\nFALL=2\nexport TOKEN=s\nSH=file\n',
    'a.env': 'S=$FALL\n',
    'in/stack.yaml': 'services: {in: {image: "y:$OWN-$TAG"}}\n',
    'in/.env': 'TAG=in\nOWN=1\n',
  }
  const { explain } = loadGood(files, { environment: { SH: '1' } })
  const show = (path: string): string =>
    explanationLines(explain(path), { workingDirectory: folder, format: undefined }).join('\n')
  const paths = [
    'services.web.image',
    'services.web.environment.TOKEN',
    'services.web.environment.S',
    'services.in.image',
  ]
  expect(paths.map(show).join('\n')).toMatchInlineSnapshot(`
    "services.web.image = x:2-1--shop
      from stack.yaml:4:12
           written as x:\${TAG:-$FALL}-$SH-$NONE-$COMPOSE_PROJECT_NAME
           TAG is from .env:2:1
           FALL is from .env:3:1
           SH is from the shell
           NONE is not set
           COMPOSE_PROJECT_NAME is given by Stack
    services.web.environment.TOKEN = s
      from stack.yaml:5:19
           written as $TOKEN
           TOKEN is from .env:4:8
    services.web.environment.S = 2
      from a.env:1:1
    services.in.image = y:1-
      from in/stack.yaml:1:24
           written as y:$OWN-$TAG
           OWN is from in/.env:2:1
           TAG is from .env:2:1"
  `)
  const wrong = [
    'services.wbe',
    'services.wbe.image',
    'services.zzzzz',
    'services.web.imag',
    'volumes.data',
    'volumes',
    'servces.web',
  ]
  expect(wrong.map(show).join('\n')).toMatchInlineSnapshot(`
    "services.wbe: there is no service "wbe".
    Did you mean "web"?
    services.wbe.image: there is no service "wbe".
    Did you mean "web"?
    services.zzzzz: there is no service "zzzzz".
    There is web, in.
    services.web.imag: there is no "imag" in services.web.
    Did you mean "image"?
    volumes.data: there is no volume "data".
    There are no volumes.
    volumes: there is no volume.
    There are no volumes.
    servces.web: there is no "servces" in the stack file.
    Did you mean "services"?"
  `)
})

test('UID and GID have values where nothing else gives them one, and a default of the text counts', () => {
  const labels = [
    'plain: "$UID:${GID}"',
    'default: "${UID:-1000}-${GID-5}"',
    'required: "${UID:?needed}-${GID?needed}"',
    'replaced: "${UID:+set}"',
    'nested: "${NONE:-$UID}"',
    'file: $ME',
    'other: "${EUID}"',
  ]
  const files = {
    'stack.yaml': `services:\n  a:\n    image: x\n    env_file: a.env\n    environment: [UID]\n    labels:\n      ${labels.join('\n      ')}\n`,
    '.env': 'ME=me-$UID\n',
    'a.env': 'A=${GID}\n',
  }
  const implied = { UID: '7', GID: '8' }
  const { project, warnings, explain } = loadGood(files, { implied })
  expect(project.services['a']?.labels).toEqual({
    plain: '7:8',
    default: '1000-5',
    required: '7-8',
    replaced: '',
    nested: '7',
    file: 'me-7',
    other: '',
  })
  expect(project.services['a']?.environment).toEqual({ A: '8', UID: null })
  expect(problemLines(warnings).map((line) => line.split(';')[0])).toEqual([
    'stack.yaml:13:15 variable/unset The variable "EUID" is not set',
  ])
  expect(explain('services.a.labels.plain')).toMatchObject({
    won: {
      variables: [
        { name: 'UID', from: 'stack' },
        { name: 'GID', from: 'stack' },
      ],
    },
  })
  const given = loadGood({ ...files, '.env': 'UID=9\nME=$UID\n' }, { implied, environment: { GID: '3' } })
  expect(given.project.services['a']?.labels).toMatchObject({
    plain: '9:3',
    default: '9-3',
    replaced: 'set',
    file: '9',
  })
})
