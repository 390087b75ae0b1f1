import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { nothingLeft, replicas, running, untouched } from '../support/checks.ts'
import { exits, failsWith, json, lines, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** What the tool makes of a file, seen through `config`: no engine is asked. */

const labelled = (value: string) => `services: { web: { ${sleeper}, labels: { seen: "${value}" } } }`
const label = (wanted: string) =>
  json(`web's label is "${wanted}"`, (model) => model.services.web.labels.seen === wanted)
const asJson = 'config --format json'

scenario(
  'the file is found from a folder below, and the project keeps its name',
  {
    files: { 'compose.yaml': labelled('here'), 'src/deep/readme.txt': 'nothing' },
  },
  async (s) => {
    await s.step(
      'from two folders below',
      { run: asJson, cwd: 'src/deep' },
      label('here'),
      json('the name is the folder of the file', (model, world) => model.name === world.project),
    )
  },
)

scenario(
  'an override file beside the file is merged without being named',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { A: base, B: base }, ports: ["80"] } }`,
      'compose.override.yaml': `services: { web: { environment: { B: over }, ports: ["81"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'both are there',
      asJson,
      json(
        'maps are merged and lists are joined',
        ({ services: { web } }) =>
          web.environment.A === 'base' && web.environment.B === 'over' && web.ports.length === 2,
      ),
    )
    await s.step(
      'a named file has no override',
      '-f compose.yaml config --format json',
      json('B is the base value', (model) => model.services.web.environment.B === 'base'),
    )
  },
)

scenario(
  'several -f files are merged in their order, paths against the folder of the first',
  {
    files: {
      'a/base.yaml': `services: { web: { image: stack-base/busybox, command: [one], volumes: ["./data:/data"] } }`,
      'b/over.yaml': `services: { web: { command: [two], volumes: ["./more:/more"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      '-f a/base.yaml -f b/over.yaml config --format json',
      json('the command is replaced', (model) => model.services.web.command.join() === 'two'),
      json('both volumes lie in a/', (model) =>
        model.services.web.volumes.every((one: { source: string }) => one.source.includes('/a/')),
      ),
    )
  },
)

scenario('a file can come through stdin', { files: { 'note.txt': '' } }, async (s) => {
  await s.step(
    'print its services',
    { run: '-f - config --services', input: `services: { piped: { ${sleeper} } }` },
    lines('piped'),
  )
})

scenario(
  'profiles decide which services are there',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper} }
  debug: { ${sleeper}, profiles: [debug] }
  test: { ${sleeper}, profiles: [test, ci] }
`,
    },
  },
  async (s) => {
    await s.step('none', 'config --services', lines('web'))
    await s.step('one', '--profile debug config --services', lines('web', 'debug'))
    await s.step(
      'by variable',
      { run: 'config --services', env: { COMPOSE_PROFILES: 'ci,debug' } },
      lines('web', 'debug', 'test'),
    )
    await s.step('all', ['--profile', '*', 'config', '--services'], lines('web', 'debug', 'test'))
    await s.step('their names', 'config --profiles', lines('debug', 'test', 'ci'))
  },
)

scenario(
  'a needed service that its profile leaves out is named in the error',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper}, profiles: [data] } }`,
    },
  },
  async (s) => {
    await s.step('it is refused', 'config', failsWith(3), stderr('db'))
    if (s.tool === 'stack')
      await s.step('and it tells which profile would bring it', 'config', exits(3), stderr('data'))
    await s.step('with the profile it is fine', '--profile data config -q')
  },
)

scenario(
  'the project name: -p over the variable over name: over the folder',
  {
    files: { 'compose.yaml': `name: e2e-from-file\n${labelled('x')}`, 'plain.yaml': labelled('x') },
  },
  async (s) => {
    const name = (wanted: string) => json(`the name is ${wanted}`, (model) => model.name === wanted)
    const env = { COMPOSE_PROJECT_NAME: 'e2e-from-variable' }
    await s.step('-p', { run: '-p e2e-from-flag config --format json', env }, name('e2e-from-flag'))
    await s.step('variable', { run: asJson, env }, name('e2e-from-variable'))
    await s.step('name:', asJson, name('e2e-from-file'))
    await s.step('folder', '-f plain.yaml config --format json', name(s.project))
  },
)

scenario(
  'a project name with capitals is refused when it is given, and made small when it is the folder',
  {
    files: { 'My.App/compose.yaml': labelled('x') },
  },
  async (s) => {
    await s.step(
      'derived',
      { run: asJson, cwd: 'My.App' },
      json('the name is myapp', (model) => model.name === 'myapp'),
    )
    await s.step(
      'given',
      { run: '-p My.App config', cwd: 'My.App' },
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
    )
  },
)

scenario(
  'anchors, merge keys and x- keys share settings',
  {
    files: {
      'compose.yaml': `x-base: &base\n  image: stack-base/busybox\n  environment: &vars { A: "1", B: "2" }\nservices:\n  one: { <<: *base, command: a }\n  two: { <<: *base, environment: { <<: *vars, B: "3" } }\n`,
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json(
        'two overrides what one has',
        ({ services: { one, two } }) =>
          one.environment.B === '2' && two.environment.A === '1' && two.environment.B === '3',
      ),
    )
  },
)

scenario(
  'extends takes a service of another file, and the extending one wins',
  {
    files: {
      'compose.yaml': `services: { web: { extends: { file: base/common.yaml, service: app }, environment: { WHO: web } } }`,
      'base/common.yaml': `services: { app: { ${sleeper}, environment: { WHO: app, WHERE: base }, volumes: ["./data:/data"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json(
        'values and paths are right',
        ({ services: { web } }) =>
          web.environment.WHO === 'web' &&
          web.environment.WHERE === 'base' &&
          web.volumes[0].source.endsWith('/base/data'),
      ),
    )
  },
)

scenario(
  'include brings another folder in with its own .env',
  {
    files: {
      'compose.yaml': `include: [part/compose.yaml]\nservices: { web: { ${sleeper}, depends_on: [db] } }`,
      'part/compose.yaml': `services: { db: { ${sleeper}, labels: { seen: "\${FROM}" } } }`,
      'part/.env': 'FROM=part\n',
      '.env': 'OTHER=1\n',
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json('db has its own value', (model) => model.services.db.labels.seen === 'part'),
    )
  },
)

scenario(
  '!reset removes and !override replaces what an earlier file said',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, ports: ["8080:80"], environment: { A: "1" } } }`,
      'compose.override.yaml': `services:\n  web:\n    ports: !override ["9090:80"]\n    environment: !reset null\n`,
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json(
        'one port and no environment are left',
        ({ services: { web } }) => web.ports.length === 1 && web.ports[0].published === '9090' && !web.environment?.A,
      ),
    )
  },
)

scenario(
  'the short forms of ports, volumes and dependencies become the long ones',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, ports: ["9090-9091:8080-8081", "127.0.0.1:53:53/udp"], volumes: ["data:/data:ro", "./src:/src"], depends_on: [db] }
  db: { ${sleeper} }
volumes: { data: {} }
`,
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json('the range is two ports and udp has its address', ({ services: { web } }) => {
        const ports = web.ports.map(
          (one: Record<string, unknown>) =>
            `${one['host_ip'] ?? ''}:${one['published']}:${one['target']}/${one['protocol']}`,
        )
        return ports.sort().join() === '127.0.0.1:53:53/udp,:9090:8080/tcp,:9091:8081/tcp'
      }),
      json(
        'volumes are typed',
        ({ services: { web } }) =>
          web.volumes
            .map((one: { type: string }) => one.type)
            .sort()
            .join() === 'bind,volume',
      ),
      json(
        'the condition is there',
        ({ services: { web } }) => web.depends_on.db.condition === 'service_started' && web.depends_on.db.required,
      ),
      json(
        'the default network is named',
        (model, world) => model.networks.default.name === `${world.project}_default`,
      ),
    )
  },
)

scenario(
  'config lists services, volumes, images and networks one a line',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"], networks: [front] }, api: { build: . } }\nvolumes: { data: {} }\nnetworks: { front: {} }\n`,
    },
  },
  async (s) => {
    await s.step('services', 'config --services', lines('web', 'api'))
    await s.step('volumes', 'config --volumes', lines('data'))
    await s.step('images', 'config --images', lines('stack-base/busybox', '%p-api'))
    await s.step('networks', 'config --networks', lines('default', 'front'))
  },
)

scenario(
  'config without interpolation keeps the variables',
  {
    files: { 'compose.yaml': labelled('${KEEP_ME:-x}') },
  },
  async (s) => {
    await s.step('print the file', 'config --no-interpolate', stdout('${KEEP_ME:-x}'))
    await s.step('and names them on request', 'config --variables', stdout('KEEP_ME'))
  },
)

scenario(
  'the printed config is a stack file that means the same',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { PRICE: "5 $$", ON: "yes" }, ports: ["8080:80"], healthcheck: { test: curl x, interval: 90s } } }`,
    },
  },
  async (s) => {
    const first = await s.step('print it', 'config')
    await s.write('again/compose.yaml', first.stdout)
    const second = await s.step('read the print and print again', '-f again/compose.yaml config')
    if (first.stdout !== second.stdout)
      throw new Error(`the second print differs:\n${first.stdout}\n---\n${second.stdout}`)
  },
)

scenario('config -q says nothing when all is well', { files: { 'compose.yaml': labelled('x') } }, async (s) => {
  await s.step('check', 'config -q', lines())
})

scenario(
  'a key that does not exist is refused with its name and its file',
  {
    files: { 'compose.yaml': `services:\n  web:\n    image: stack-base/busybox\n    prots: ["80:80"]\n` },
  },
  async (s) => {
    await s.step('it is refused', 'config', failsWith(3), stderr('prots'))
    if (s.tool === 'stack')
      await s.step('with line, column and a guess', 'config', exits(3), stderr(/compose\.yaml:4:5/), stderr('ports'))
  },
)

scenario(
  'all problems of a file are told at once, with their places',
  {
    differs: 'the reference stops at its first problem and gives no line',
    files: {
      'compose.yaml': `services:\n  web:\n    image: stack-base/busybox\n    prots: []\n    depends_on: [nobody]\n    networks: [nowhere]\n`,
    },
  },
  async (s) => {
    await s.step(
      'three problems',
      'config',
      failsWith(3),
      stderr(/compose\.yaml:4:/),
      stderr('nobody'),
      stderr('nowhere'),
    )
  },
)

scenario(
  'a circle of dependencies is refused and shown',
  {
    files: {
      'compose.yaml': `services: { a: { ${sleeper}, depends_on: [b] }, b: { ${sleeper}, depends_on: [c] }, c: { ${sleeper}, depends_on: [a] } }`,
    },
  },
  async (s) => {
    await s.step('it is refused', 'config', failsWith(3), stderr(/a -> b -> c|b -> c -> a|c -> a -> b|circle|cycle/))
  },
)

scenario(
  'an env_file of a service that is not wanted may be missing',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, other: { ${sleeper}, env_file: missing.env } }` },
  },
  async (s) => {
    await s.step('for the one service', 'up -d web', running('web'))
    await s.step('looking and stopping do not need it either', 'ps -q', prints(/./))
    await s.step('but the other does', 'up -d', failsWith(3), prints('missing.env'))
    await s.step('and taking it down works', 'down', nothingLeft())
  },
)

scenario(
  'an env_file or label_file that is missing is no obstacle to what looks, stops or makes nothing of it',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper}, env_file: db.env, label_file: l.env } }`,
      'db.env': 'A=1\\n',
      'l.env': 'L=1\\n',
    },
    differs: 'refuses scale, and every command where a label_file is missing',
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    for (const file of ['db.env', 'l.env']) await rm(join(s.folder, file))
    for (const look of ['ps web', 'logs', 'top', 'images', 'exec -T db true', 'config --services', 'config --hash web'])
      await s.step(look, look)
    await s.step('scale another', 'scale web=2', replicas('web', 1, 2), untouched('db'))
    await s.step('scale it down', 'scale db=1', replicas('db', 1), untouched('db'))
    await s.step('but not up', 'scale db=2', failsWith(3), stderr('db.env'), stderr('l.env'), replicas('db', 1))
    await s.step('its names are completed', ['__complete', 'logs', 'd'], stdout('db'))
    for (const stop of ['stop db', 'start db', 'restart db', 'kill db']) await s.step(stop, stop)
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'an optional env_file may be missing, and files come in their order below environment',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, env_file: [one.env, { path: two.env, required: false }, { path: not.env, required: false }], environment: { C: direct } } }`,
      'one.env': 'A=one\nB=one\nC=one\n',
      'two.env': 'B=two\n',
    },
  },
  async (s) => {
    await s.step(
      'print the model',
      asJson,
      json(
        'later wins',
        ({ services: { web } }) =>
          `${web.environment.A} ${web.environment.B} ${web.environment.C}` === 'one two direct',
      ),
    )
  },
)

scenario(
  'a variable of an env_file plays no part in the file itself',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, env_file: app.env, labels: { seen: "<\${ONLY_IN_ENV_FILE}>" } } }`,
      'app.env': 'ONLY_IN_ENV_FILE=1\n',
    },
  },
  async (s) => {
    await s.step('print the model', asJson, label('<>'))
  },
)

scenario(
  'version is obsolete and does no harm',
  {
    files: { 'compose.yaml': `version: "3.8"\n${labelled('x')}` },
  },
  async (s) => {
    await s.step('print the model', asJson, label('x'), silentAbout(/Error/))
  },
)

scenario(
  'two mounts on one place are refused',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./a:/data"], tmpfs: [/data] } }` },
  },
  async (s) => {
    await s.step('it is refused', 'config', failsWith(3), stderr('/data'))
  },
)

const several = `services:
  web: { ${sleeper}, volumes: ["v1:/x"], networks: [n1], depends_on: [db], env_file: web.env, label_file: web.env }
  db: { ${sleeper}, volumes: ["v2:/x"], networks: [n2], env_file: db.env, environment: { A: own, B: $NO_SUCH } }
  off: { ${sleeper}, volumes: ["v3:/x"], networks: [n3], profiles: [p], env_file: missing.env }
volumes: { v1: , v2: , v3: , unused: }
networks: { n1: , n2: , n3: , unused: }
`
const severalFiles = { 'compose.yaml': several, 'web.env': 'A=1\nC=pa ss\n', 'db.env': 'A=2\nD=$A\n' }

scenario(
  'config --hash prints the hashes that the containers get, those of services with env files too',
  { files: severalFiles, differs: 'prints another value for a service with an env_file or a label_file' },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    const labels: string[] = []
    for (const name of ['db', 'web']) {
      const container = await s.objects.inspect(`${s.project}-${name}-1`)
      labels.push(`${name} ${container.Config.Labels['com.docker.compose.config-hash']}`)
    }
    await s.step('all', ['config', '--hash', '*'], lines(...labels))
    await s.step('those that are named', 'config --hash web,db', lines(...labels))
    await s.step('one, and what another needs may be missing', 'config --hash db', lines(labels[0]!))
  },
)

scenario(
  'names that config lists obey profiles, --no-interpolate and named services',
  { files: severalFiles, differs: 'ignores --no-interpolate and named services, or fails with them' },
  async (s) => {
    for (const raw of [[], ['--no-interpolate']]) {
      const config = (...words: readonly string[]) => ['config', ...raw, ...words]
      const how = raw.join('')
      await s.step(`services ${how}`, config('--services'), lines('web', 'db'))
      await s.step(`with a profile ${how}`, ['--profile', 'p', ...config('--services')], lines('web', 'db', 'off'))
      await s.step(`of one ${how}`, config('--services', 'db'), lines('db'))
      await s.step(`of one that needs another ${how}`, config('--services', 'web'), lines('web', 'db'))
      await s.step(`its volumes ${how}`, config('--volumes', 'db'), lines('v2'))
      await s.step(`volumes ${how}`, config('--volumes'), lines('v1', 'v2'))
      await s.step(`networks ${how}`, config('--networks', 'off'), lines('n3'))
      await s.step(`a mistyped one ${how}`, config('--networks', 'bd'), exits(raw.length === 0 ? 3 : 1), stderr('bd'))
    }
    await s.step('a name without a meaning', 'config --environment web', stderr('"web" is ignored'))
    await s.step('names beside names', 'config --hash db web', stderr('"web" is ignored'), prints('db'))
    await s.step('one that is off', 'config --hash off', exits(1), stderr('--profile p'))
  },
)

scenario(
  'what an engine cannot give to all services is told with its place before anything is made',
  {
    files: {
      'name.yaml': `services: { a: { ${sleeper}, container_name: one }, b: { ${sleeper}, container_name: one } }`,
      'image.yaml': `services: { a: { image: "x:$NO_SUCH" }, b: { ${sleeper} } }`,
      'ports.yaml': `services: { a: { ${sleeper}, ports: ["18431:80"] }, b: { ${sleeper}, ports: ["18431:81"] } }`,
      'scale.yaml': `services: { a: { ${sleeper}, ports: ["18431:80"], scale: 3 } }`,
      'secret.yaml': `services: { a: { ${sleeper}, secrets: [s] } }\nsecrets: { s: { file: ./none.txt } }`,
    },
    differs: 'tells all but equal names when the engine refuses, with what was made until then left behind',
  },
  async (s) => {
    await s.step('equal names', '-f name.yaml config', exits(3), stderr('name.yaml:1'))
    for (const [file, word] of [
      ['image.yaml', 'NO_SUCH'],
      ['ports.yaml', '18431/tcp'],
      ['scale.yaml', '3 containers'],
    ] as const) {
      await s.step(`config of ${file}`, `-f ${file} config -q`, stderr(word))
      for (const command of ['plan', 'up -d'])
        await s.step(`${command} of ${file}`, `-f ${file} ${command}`, exits(3), stderr(`${file}:1`), nothingLeft())
    }
    await s.step('one service alone', '-f ports.yaml up -d a', running('a'))
    await s.step('down', '-f ports.yaml down', nothingLeft())
    await s.step(
      'a missing secret',
      '-f secret.yaml up -d',
      failsWith(1),
      stderr('secret "s"'),
      silentAbout(/create_host/),
    )
    await s.step('down again', '-f secret.yaml down', nothingLeft())
  },
)
