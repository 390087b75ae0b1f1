import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  absent,
  endedAfter,
  eventually,
  exited,
  holds,
  inside,
  nothingLeft,
  recreated,
  restarted,
  running,
  says,
  startedAfter,
  state,
  untouched,
} from '../support/checks.ts'
import { exits, failsWith, prints, quickerThan, silentAbout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { daemon, healthyAtOnce, job, sleeper } from '../support/snippets.ts'

/** start, stop, restart, kill, rm, pause, unpause, wait and down of parts. */

const pair = { 'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper} } }` }
const any = { says: 'ends', aboutExit: true, test: () => undefined }

scenario('stop stops all and keeps the containers, start starts the same ones', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('stop', 'stop', state('web', 'exited'), state('db', 'exited'), endedAfter('db', 'web'))
  await s.step('stop again does nothing', 'stop', untouched('web'))
  await s.step('start', 'start', restarted('web'), restarted('db'), startedAfter('web', 'db'))
  await s.step('start again does nothing', 'start', untouched('web'), untouched('db'))
})

scenario('stop and start of one service', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('stop web', 'stop web', state('web', 'exited'), untouched('db'))
  await s.step('start web', 'start web', restarted('web'), untouched('db'))
})

scenario('start of one service starts what it needs', { files: pair }, async (s) => {
  await s.step('create', 'create', state('web', 'created'))
  await s.step('start web', 'start web', running('web'), running('db'))
})

scenario(
  'what a profile leaves out, and others need, hinders nobody who only acts on what is there',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper}, profiles: [data] } }`,
    },
    differs: 'it refuses every command but "version"',
  },
  async (s) => {
    await s.step('up with the profile', '--profile data up -d', running('web'), running('db'))
    for (const command of ['ps', 'ps web', 'logs', 'logs web', 'top', 'images', 'port web 80'])
      await s.step(command, command, ...(command.startsWith('port') ? [exits(1)] : []), untouched('web'))
    await s.step('stop', 'stop', state('web', 'exited'), state('db', 'exited'), endedAfter('db', 'web'))
    await s.step('start brings what is needed, too', 'start', startedAfter('web', 'db'))
    await s.step('restart', 'restart web', restarted('web'), untouched('db'))
    await s.step('kill', 'kill web', state('web', 'exited'), untouched('db'))
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'what names no image, network or volume hinders nobody who makes nothing',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, bad: { image: "\${IMAGE:-stack-base/busybox}", profiles: [off] } }`,
      'bad.yaml': `
services:
  web: { ${sleeper} }
  bad: { image: "\${IMAGE}", networks: [n], volumes: ["v:/v"] }
networks: { n: { external: true, name: "no/net work" } }
volumes: { v: { external: true, name: "no/volume ?" } }
`,
    },
    differs: 'it refuses what is no reference only when it makes something of it, and down --rmi fails of it',
  },
  async (s) => {
    for (const IMAGE of ['x:', 'a b', 'x?y#z']) {
      const by = (run: string) => ({ run: `-f bad.yaml ${run}`, env: { IMAGE } })
      await s.step('up', 'up -d', running('web'))
      await s.step('ps', by('ps'), untouched('web'))
      await s.step('logs', by('logs'), untouched('web'))
      await s.step('restart', by('restart'), restarted('web'))
      await s.step('stop', by('stop'), state('web', 'exited'))
      await s.step('start', by('start'), restarted('web'))
      await s.step('pause', by('pause'), state('web', 'paused'))
      await s.step('unpause', by('unpause'), untouched('web'))
      await s.step('kill', by('kill'), state('web', 'exited'))
      await s.step('rm', by('rm -f'), absent('web'))
      await s.step('up again', 'up -d', running('web'))
      await s.step('down', by(IMAGE === 'a b' ? 'down --rmi local -v' : 'down'), nothingLeft())
    }
  },
)

scenario(
  'where the state folder cannot be written to the lock is held elsewhere, and what stops needs none',
  {
    files: { ...pair, file: '' },
    only: 'the other tool keeps no lock',
  },
  async (s) => {
    const nowhere = {
      XDG_STATE_HOME: `${s.folder}/file`,
      XDG_RUNTIME_DIR: `${s.folder}/file`,
      TMPDIR: `${s.folder}/file`,
    }
    const bad = (run: string) => ({ run, env: nowhere })
    const named = prints(
      /error\[state\/unwritable\]: .*\/file\/stack, because the file .*\/file is in its place.*did nothing/,
    )
    const warned = prints(/warning\[state\/unwritable\]/)
    await s.step('up without any place', bad('up -d'), exits(1), named, nothingLeft())
    const elsewhere = { run: 'up -d', env: { ...nowhere, TMPDIR: s.folder } }
    await s.step('up with another place', elsewhere, running('web'), warned)
    await s.step(
      'without a home',
      { run: 'up -d', env: { HOME: `${s.folder}/file`, XDG_STATE_HOME: '' } },
      running('web'),
    )
    await s.step('with an empty home', { run: 'ps', env: { HOME: '', XDG_STATE_HOME: '' } }, prints('web'))
    await s.step('ps', bad('ps'), prints('web'), silentAbout(/unwritable/))
    await s.step('logs', bad('logs'), silentAbout(/unwritable/))
    await s.step('restart', bad('restart web'), restarted('web'), warned)
    await s.step('stop', bad('stop'), state('web', 'exited'), warned)
    await s.step('start', bad('start'), running('web'), warned)
    await s.step('kill', bad('kill web'), state('web', 'exited'), warned)
    await s.step('rm', bad('rm -f web'), absent('web'), warned)
    await s.step('down', bad('down'), nothingLeft(), warned)
  },
)

scenario('start of what was never created is an error', { files: pair }, async (s) => {
  await s.step(
    'start',
    'start',
    {
      says: 'fails',
      aboutExit: true,
      test: ({ last }) => {
        if (last?.code === 0) throw new Error('it did not')
      },
    },
    absent('web'),
  )
})

scenario(
  'start waits for the health of what is needed',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: { db: { condition: service_healthy } } }, db: { ${sleeper}, ${healthyAtOnce} } }`,
    },
  },
  async (s) => {
    await s.step('create', 'create', state('web', 'created'))
    await s.step('start', 'start', running('web'), startedAfter('web', 'db'))
  },
)

scenario(
  'stop waits as long as it is told and then kills',
  {
    files: {
      'compose.yaml': `services: { deaf: { image: stack-base/busybox, init: true, command: ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], stop_grace_period: 60s } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('deaf'))
    await s.check('its trap is set', eventually(says('deaf', /deaf/)))
    await s.step('stop within a second', 'stop -t 1', exited('deaf', 137), quickerThan(30_000))
  },
)

scenario(
  'stop sends the signal that the service wants',
  {
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, stop_signal: SIGUSR1, command: ["sh", "-c", "trap 'exit 21' USR1; echo ready; while :; do sleep 0.1; done"] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.check('its trap is set', eventually(says('web', /ready/)))
    await s.step('stop', 'stop', exited('web', 21))
  },
)

scenario('restart starts the same containers anew', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('restart', 'restart', restarted('web'), restarted('db'), running('web'), running('db'))
})

scenario(
  'restart keeps the order of the dependencies',
  {
    differs: 'the reference restarts side by side what does not ask for restart: true',
    files: pair,
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('restart', 'restart', restarted('web'), restarted('db'), startedAfter('web', 'db'))
  },
)

scenario(
  'restart of one service touches who asks for it and no other',
  {
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, depends_on: { db: { condition: service_started, restart: true } } }
  calm: { ${sleeper}, depends_on: [db] }
  db: { ${sleeper} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('calm'))
    await s.step('restart db', 'restart db', restarted('db'), restarted('web'), untouched('calm'))
    await s.step('restart db alone', 'restart --no-deps db', restarted('db'), untouched('web'))
  },
)

scenario('restart brings a stopped service back', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('stop', 'stop web', state('web', 'exited'))
  await s.step('restart', 'restart web', running('web'), untouched('db'))
})

scenario('kill ends at once, with the signal that is asked for', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('kill web', 'kill web', exited('web', 137), untouched('db'))
  await s.step('kill with a signal', 'kill -s TERM db', eventually(exited('db', 143)))
})

scenario('rm removes stopped containers, -s stops them first', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('rm of what runs removes nothing', 'rm -f', untouched('web'), untouched('db'))
  await s.step('stop web', 'stop web')
  await s.step('rm', 'rm -f', absent('web'), untouched('db'))
  await s.step('rm -s', 'rm -sf', absent('db'))
})

scenario(
  'rm -v removes anonymous volumes too',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, volumes: [/data] } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const [web] = await s.engine.containers(s.project)
    const [mount] = web!['Mounts'] as { Name: string }[]
    await s.step(
      'rm',
      'rm -fsv web',
      absent('web'),
      holds('its volume is gone', async () => !(await s.objects.hasVolume(mount!.Name))),
    )
  },
)

scenario('pause halts and unpause goes on', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('pause one', 'pause web', state('web', 'paused'), running('db'))
  await s.step('unpause', 'unpause web', running('web'), untouched('web'))
})

scenario('a paused project can be taken down', { files: pair }, async (s) => {
  await s.step('up', 'up -d', running('web'))
  await s.step('pause', 'pause', state('db', 'paused'))
  await s.step('down', 'down -t 1', nothingLeft())
})

scenario(
  'wait ends with the exit code of the container',
  {
    files: { 'compose.yaml': `services: { job: { ${job('sleep 2; exit 17')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d')
    await s.step('wait', 'wait job', exits(17), exited('job', 17), quickerThan(30_000))
  },
)

scenario(
  'wait --down-project takes the project down at the end',
  {
    files: { 'compose.yaml': `services: { job: { ${job('sleep 2')} }, web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('wait', 'wait --down-project job', nothingLeft())
  },
)

scenario(
  'down of one service leaves the others',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, db: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('down web', 'down web', absent('web'), untouched('db'))
  },
)

scenario(
  'down works by name from anywhere, without the file',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, depends_on: [db] }, db: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
      'else/where.txt': '',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.write('compose.yaml', '')
    await s.step('down from elsewhere', ['-p', s.project, '--project-directory', '/', 'down', '-v'], any)
    await s.step('and again by name alone', { run: ['-p', s.project, 'down', '-v'], cwd: 'else' }, any, nothingLeft())
  },
)

scenario(
  'down does not wait for the grace of one level before it stops the next more than it must',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, stop_grace_period: 60s, depends_on: [api] }, api: { ${sleeper}, stop_grace_period: 60s, depends_on: [db] }, db: { ${sleeper}, stop_grace_period: 60s } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('down', 'down', nothingLeft(), quickerThan(30_000))
  },
)

scenario(
  'down -t 0 does not wait for who does not listen',
  {
    files: {
      'compose.yaml': `services: { deaf: { ${daemon("trap '' TERM; while :; do sleep 0.1; done")}, stop_grace_period: 60s } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('deaf'))
    await s.step('down', 'down -t 0', nothingLeft(), quickerThan(30_000))
  },
)

scenario('down removes one-off containers too', { files: pair }, async (s) => {
  await s.step('run', 'run -d web sleep 600')
  await s.step('down', 'down --remove-orphans', nothingLeft())
})

scenario(
  'an unknown service is an error for every command that takes services, and changes nothing',
  { files: pair },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    for (const command of ['up -d', 'stop', 'restart', 'logs', 'kill', 'pause', 'rm -f', 'create']) {
      await s.step(command, `${command} nobody`, failsWith(1), prints('nobody'), untouched('web'), untouched('db'))
    }
  },
)

scenario(
  'restart starts the container as it is and says what has changed; up applies it, and so does --apply',
  {
    differs: 'the reference restarts in silence, and has no --apply',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper}, env_file: web.env, depends_on: { db: { condition: service_started, restart: true } } }
  db: { ${sleeper}, environment: { A: "\${A:-1}" } }`,
      'web.env': 'LEVEL=1\n',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    await s.step('nothing to say', 'restart', silentAbout(/changed/), restarted('web'), restarted('db'))
    await s.write('web.env', 'LEVEL=2\n')
    const told = [prints('environment LEVEL changed'), prints('stack up web')]
    await s.step('restart', 'restart web', ...told, restarted('web'), untouched('db'))
    await s.step('only of what is named', 'restart --no-deps db', silentAbout(/changed/), untouched('web'))
    await s.step('--apply', 'restart --apply', recreated('web'), restarted('db'), startedAfter('web', 'db'))
    await s.step('is applied', 'restart', silentAbout(/changed/), restarted('web'))
    await s.step('a variable', { run: 'restart db', env: { A: '2' } }, prints('environment A changed'), restarted('db'))
    await s.step('up', { run: 'up -d', env: { A: '2' } }, recreated('db'))
    await rm(join(s.folder, 'web.env'))
    await s.step('without its env file', 'restart web', restarted('web'), silentAbout(/changed/))
  },
)

scenario(
  'plan says that a mounted file was saved after its service had started',
  {
    only: 'the reference has no plan',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./web.conf:/web.conf"] } }`,
      'web.conf': 'one\n',
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('nothing to say', 'plan', silentAbout(/web\.conf/))
    await s.write('web.conf', 'two\n')
    await s.step('saved', 'plan', prints('Nothing to do'), prints('plan/file-changed'), prints('stack restart web'))
    await s.step('restart', 'restart web', restarted('web'), inside('web', 'cat /web.conf', /two/))
    await s.step('read again', 'plan', silentAbout(/web\.conf/))
  },
)
