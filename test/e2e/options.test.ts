import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  absent,
  eventually,
  exited,
  health,
  holds,
  inside,
  named,
  network,
  nothingLeft,
  running,
  says,
  shows,
  state,
  untouched,
  volume,
} from '../support/checks.ts'
import { exits, failsWith, json, prints, quickerThan, stderr, stdout } from '../support/output-checks.ts'
import { freePorts, image } from '../support/objects.ts'
import { scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

/** Options and variables that change how the tool works, and images by every kind of name. */

const one = { 'compose.yaml': `services: { web: { ${sleeper} } }` }

scenario(
  '--project-directory moves the base of relative paths and the name',
  {
    files: {
      'files/app.yaml': `services: { web: { ${sleeper}, volumes: ["./data:/data"] } }`,
      'home/data/here.txt': 'home\n',
    },
  },
  async (s) => {
    await s.step(
      'config',
      '-f files/app.yaml --project-directory home config --format json',
      json(
        'the volume lies in home',
        (model) => model.name === 'home' && model.services.web.volumes[0].source.endsWith('/home/data'),
      ),
    )
  },
)

scenario('--compatibility writes names with underscores', { files: one }, async (s) => {
  await s.step('up', '--compatibility up -d', named('web', '%p_web_1'))
  await s.step('down', '--compatibility down', nothingLeft())
})

scenario(
  'COMPOSE_REMOVE_ORPHANS removes who left the file',
  {
    files: { ...one, 'more.yaml': `services: { web: { ${sleeper} }, old: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up with both', '-f more.yaml up -d', running('old'))
    await s.step('up with one', { run: 'up -d', env: { COMPOSE_REMOVE_ORPHANS: '1' } }, absent('old'), untouched('web'))
  },
)

scenario(
  "COMPOSE_FILE names the files, with a separator of one's choice",
  {
    files: { 'a.yaml': `services: { a: { ${sleeper} } }`, 'b.yaml': `services: { b: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up -d', env: { COMPOSE_FILE: 'a.yaml;b.yaml', COMPOSE_PATH_SEPARATOR: ';' } },
      running('a'),
      running('b'),
    )
  },
)

scenario(
  'what no service uses is not made, unless it is asked for',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }\nnetworks: { spare: {} }\nvolumes: { spare: {} }` },
  },
  async (s) => {
    await s.step('up', 'up -d', network('default'), network('spare', false), volume('spare', false))
    await s.step('up with all resources', '--all-resources up -d', network('spare'), volume('spare'), untouched('web'))
  },
)

scenario(
  'the hash that config prints is the one on the container',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: { A: "1" } } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const { stdout: text } = await s.step('hash', 'config --hash web', stdout(/^web [0-9a-f]{64}$/m))
    await s.check(
      'it is the label',
      holds(
        'the label is the same',
        async (world) =>
          (await world.containers('web'))[0]!.Config.Labels['com.docker.compose.config-hash'] ===
          text.trim().split(' ')[1],
      ),
    )
  },
)

scenario(
  'another value of the shell for the same model does not recreate',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: { A: "\${A:-1}" } } }` },
  },
  async (s) => {
    await s.step('up', { run: 'up -d', env: { A: '1', SHELL_OF: 'one' } }, running('web'))
    await s.step('from another shell', { run: 'up -d', env: { SHELL_OF: 'two' } }, untouched('web'))
    await s.step('from a folder below', { run: 'up -d', cwd: '.' }, untouched('web'))
  },
)

scenario(
  'an image can be named by its id',
  {
    files: { 'compose.yaml': 'services: { web: { image: "${ID}", init: true, command: sleep 600 } }' },
  },
  async (s) => {
    const { Id } = await s.engine.call<{ Id: string }>('GET', `/images/${image}/json`)
    await s.step('up', { run: 'up -d', env: { ID: Id } }, running('web'), shows('web', 'Image', Id))
    await s.step('up again', { run: 'up -d', env: { ID: Id } }, untouched('web'))
  },
)

scenario(
  'a dry run does not need the image',
  {
    differs: 'the reference at hand asks the registry even so',
    files: { 'compose.yaml': 'services: { web: { image: "localhost:1/no/such-image:tag" } }' },
  },
  async (s) => {
    await s.step('up', '--dry-run up -d', absent('web'), network('default', false))
  },
)

scenario(
  '--pull never says which image is missing and asks nobody',
  {
    files: { 'compose.yaml': 'services: { web: { image: "localhost:1/no/such-image:tag" } }' },
  },
  async (s) => {
    await s.step('up', 'up -d --pull never', failsWith(1), prints('no/such-image'), absent('web'), quickerThan(8000))
  },
)

scenario(
  'a start interval without a start period is refused',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, healthcheck: { test: "exit 0", start_interval: 1s } } }` },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      prints('start_'),
    )
  },
)

scenario(
  'a healthcheck can be switched off',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, healthcheck: { disable: true } } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), shows('web', 'Config.Healthcheck', { Test: ['NONE'] }))
  },
)

scenario(
  'a service that ends again and again is named by up -d with the reason, and fails up --wait',
  {
    only: 'it takes what runs for a moment for running',
    files: {
      'compose.yaml': `services: { web: { image: ${image}, restart: always, command: ["sh", "-c", "echo Error: no cart; exit 4"] }, db: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up --wait',
      'up --wait',
      failsWith(1),
      running('db'),
      prints(/"web" is crash-looping: exit 4, \d+ crashes so far: Error: no cart/),
    )
    await s.step(
      'up -d',
      'up -d',
      exits(0),
      prints(/up to date but for web/),
      prints(/web {2}is crash-looping: .*: Error: no cart/),
    )
    await s.step('stop', 'stop', state('web', 'exited'))
  },
)

scenario(
  'the engine goes on to restart what should always run',
  {
    files: {
      'compose.yaml': `services: { web: { image: ${image}, restart: always, command: ["sh", "-c", "echo begun; sleep 0.3"] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d')
    await s.check('it begins again and again', eventually(says('web', /begun\s+begun/)))
    await s.step('stop ends it for good', 'stop', state('web', 'exited'))
  },
)

scenario(
  'ports of the host are checked for being free before anything is replaced',
  {
    only: 'the reference removes the old container first and then fails',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, ports: ["127.0.0.1:\${PORT}:80"], environment: { A: "\${A:-1}" } } }`,
    },
  },
  async (s) => {
    const [port, taken] = [await freePorts(), await freePorts()]
    await s.objects.container(`${s.project}-holder`, {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { Init: true, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(taken) }] } },
    })
    await s.step('up', { run: 'up -d', env: { PORT: String(port) } }, running('web'))
    await s.step(
      'up on a port that is taken',
      { run: 'up -d', env: { PORT: String(taken) } },
      failsWith(1),
      prints(String(taken)),
    )
    await s.step(
      'up on the old one mends it',
      { run: 'up -d', env: { PORT: String(port) } },
      running('web', 1),
      named('web', '%p-web-1'),
    )
  },
)

scenario(
  'tiers: neighbours reach each other, others do not, and each waits for the one behind it',
  {
    only: 'tiers are an addition of stack',
    files: {
      'compose.yaml': `x-tiers: [front, middle, back]
services:
  web: { ${sleeper}, x-tier: front }
  api: { ${sleeper}, x-tier: middle }
  db: { ${sleeper}, x-tier: back, healthcheck: { test: "true", interval: 300ms } }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      running('web'),
      running('api'),
      eventually(health('db', 'healthy')),
      inside('web', 'ping -c1 -W2 api', /1 packets received/),
      inside('api', 'ping -c1 -W2 db', /1 packets received/),
      inside('web', 'ping -c1 -W1 db 2>&1 || echo unreachable', /unreachable/),
    )
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'stack.yaml is found before compose.yaml',
  {
    only: 'the reference does not look for stack.yaml',
    files: { 'stack.yaml': `services: { mine: { ${sleeper} } }`, ...one },
  },
  async (s) => {
    await s.step(
      'config',
      'config --services',
      holds('mine is the service', ({ last }) => last!.stdout.trim() === 'mine'),
    )
  },
)

scenario(
  'doctor tells what is there and ends with 0',
  { only: 'doctor is a command of stack', files: { 'note.txt': '' } },
  async (s) => {
    await s.step('doctor', 'doctor', exits(0), stdout(/engine/i))
    await s.step(
      'as JSON',
      'doctor --json',
      json('it is a value', (value) => typeof value === 'object'),
    )
  },
)

scenario(
  'a provider that is not installed is named',
  {
    files: {
      'compose.yaml': `services: { db: { provider: { type: no-such-provider, options: { a: "1" } } }, web: { ${sleeper}, depends_on: [db] } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      {
        says: 'fails',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it did not')
        },
      },
      prints('no-such-provider'),
    )
  },
)

const cloud = `#!/bin/sh
[ "$2" = metadata ] && { echo '{ "up": { "parameters": [{ "name": "size" }] }, "stop": {}, "down": {} }'; exit; }
echo "$*" >> calls
echo '{ "type": "info", "message": "at work" }'
[ "$4" = up ] && echo '{ "type": "setenv", "message": "URL=here" }' && echo '{ "type": "rawsetenv", "message": "REGION=eu" }'
exit 0
`

scenario(
  'a provider gives its variables, and is told to stop and to let go after what depends on it',
  {
    differs: 'providers are told to stop since 5.1, and of variables that are taken since 5.0',
    files: {
      'bin/cloud': cloud,
      'compose.yaml': `services: { db: { provider: { type: cloud, options: { size: "1" } } }, web: { ${sleeper}, environment: { REGION: us }, depends_on: [db] } }`,
    },
  },
  async (s) => {
    await chmod(join(s.folder, 'bin/cloud'), 0o755)
    const env = { PATH: `${join(s.folder, 'bin')}:${process.env['PATH']}` }
    await s.step(
      'up',
      { run: 'up -d', env },
      running('web'),
      inside('web', 'echo $DB_URL $REGION', /^here eu$/m),
      stderr('sets REGION of service "web"'),
    )
    await s.step('stop', { run: 'stop', env }, exited('web', 143), stderr(/Service db {2}Stopped/))
    await s.step('down', { run: 'down', env }, nothingLeft())
    const calls = await readFile(join(s.folder, 'calls'), 'utf8')
    const wanted = ['up --size=1', 'stop', 'down']
      .map((words) => `compose --project-name ${s.project} ${words} db\n`)
      .join('')
    if (calls !== wanted) throw new Error(`it was called so:\n${calls}`)
  },
)

scenario(
  'many services at once come up and go down',
  {
    files: {
      'compose.yaml': `services:\n${Array.from({ length: 12 }, (_, n) => `  s${n}: { ${sleeper}${n < 4 ? '' : `, depends_on: [s${n - 4}]`} }`).join('\n')}\n`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      holds(
        'twelve run',
        async (world) => (await world.containers()).filter(({ State }) => State.Status === 'running').length === 12,
      ),
    )
    await s.step('up again', 'up -d', untouched('s0'), untouched('s11'))
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'a service with dots and capitals in its name works',
  {
    files: {
      'compose.yaml': `services: { "Web.App_1": { ${sleeper} }, ask: { ${job('ping -c1 -W3 Web.App_1')}, depends_on: ["Web.App_1"] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('Web.App_1'), eventually(exited('ask', 0)))
  },
)
