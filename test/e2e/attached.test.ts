import { absent, exited, holds, nothingLeft, running, state, untouched } from '../support/checks.ts'
import { exits, lines, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, job, sleeper } from '../support/snippets.ts'

/** `up` in the foreground: what it prints, when it ends and with which exit code. */

const any = { says: 'ends', aboutExit: true, test: () => undefined }

scenario(
  'an attached up ends with 0 when all its containers have ended',
  {
    files: { 'compose.yaml': `services: { a: { ${job('echo one')} }, b: { ${job('echo two; exit 5')} } }` },
  },
  async (s) => {
    await s.step('up', 'up', exited('a', 0), exited('b', 5), stdout(/a-1\s+\| one/), stdout(/b-1\s+\| two/))
  },
)

scenario(
  '--abort-on-container-exit stops all when the first one ends, and passes its exit code on',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, test: { ${job('sleep 0.5; exit 9')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --abort-on-container-exit', exits(9), exited('test', 9), state('web', 'exited'))
  },
)

scenario(
  '--abort-on-container-failure lets a success pass and stops at a failure',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper} }, good: { ${job('true')} }, bad: { ${job('sleep 1; exit 6')} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up --abort-on-container-failure',
      exits(6),
      exited('good', 0),
      exited('bad', 6),
      state('web', 'exited'),
    )
  },
)

scenario(
  '--exit-code-from gives the exit code of that service',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, test: { ${job('sleep 0.5; exit 42')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --exit-code-from test', exits(42), state('web', 'exited'))
  },
)

scenario(
  '--exit-code-from is not ended by a set-up job that succeeded',
  {
    differs: 'the reference ends with the first container that ends, whatever it was there for',
    files: {
      'compose.yaml': `services:
  made: { ${job('true')} }
  begun: { ${job('true')} }
  web: { ${sleeper}, depends_on: { made: { condition: service_completed_successfully }, begun: { condition: service_started } } }
  test: { ${job('sleep 1; exit 42')}, depends_on: [web] }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up --exit-code-from test', exits(42), exited('made', 0), exited('begun', 0), exited('test', 42))
  },
)

scenario(
  'a one-off that ends, well or not, is no end of an attached up',
  {
    differs: 'the reference at hand sometimes takes the one-off for a container of its own',
    files: { 'compose.yaml': `services: { web: { ${daemon('echo ready')} }, test: { ${daemon('echo on')} } }` },
  },
  async (s) => {
    const up = s.start('up', 'up --exit-code-from test')
    await up.prints(/\| ready/)
    await s.step('one that succeeds', 'run --rm test true')
    await s.step('one that fails, and stays', ['run', 'test', 'sh', '-c', 'exit 5'], exits(5))
    await s.step('one in the background', 'run -d web true')
    await s.check('all go on', running('web'), running('test'))
    up.signal('SIGINT')
    await up.ends(20_000)
  },
)

scenario(
  '--exit-code-from a service that the abort killed is 143',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} }, test: { ${job('sleep 0.5; exit 0')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --exit-code-from web', exits(143), exited('test', 0))
  },
)

scenario(
  '--exit-code-from an unknown service is refused before anything starts',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      'up --exit-code-from nobody',
      {
        says: 'is refused',
        aboutExit: true,
        test: ({ last }) => {
          if (last?.code === 0) throw new Error('it was taken')
        },
      },
      prints('nobody'),
      absent('web'),
    )
  },
)

scenario(
  'what a container writes to stdout and to stderr stays apart',
  {
    files: { 'compose.yaml': `services: { web: { ${job('echo to-out; echo to-err >&2')} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      'up',
      stdout('to-out'),
      stderr('to-err'),
      holds('they are not mixed', ({ last }) => !last!.stdout.includes('to-err') && !last!.stderr.includes('to-out')),
    )
  },
)

scenario(
  '--no-log-prefix leaves the lines as they are',
  {
    files: { 'compose.yaml': `services: { web: { ${job('echo plain')} } }` },
  },
  async (s) => {
    await s.step('up', 'up --no-log-prefix', stdout(/^plain$/m), silentAbout(/web-1\s+\| plain/))
  },
)

scenario(
  '--attach follows only who is named, --no-attach all others',
  {
    files: {
      'compose.yaml': `services: { a: { ${job('echo from-a; sleep 0.5')} }, b: { ${job('echo from-b; sleep 0.5')} } }`,
    },
  },
  async (s) => {
    await s.step('only a', 'up --attach a', stdout('from-a'), silentAbout(/\| from-b/))
    await s.step('all but a', 'up --force-recreate --no-attach a', stdout('from-b'), silentAbout(/\| from-a/))
  },
)

scenario(
  'attach: false keeps a service out of the output of up',
  {
    files: {
      'compose.yaml': `services: { a: { ${job('echo from-a; sleep 0.5')} }, b: { ${job('echo from-b; sleep 0.5')}, attach: false } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up', stdout('from-a'), silentAbout(/\| from-b/), exited('b', 0))
  },
)

scenario(
  'naming a service attaches to it alone, --attach-dependencies to what it needs too',
  {
    files: {
      'compose.yaml': `services: { web: { ${job('echo from-web; sleep 0.3')}, depends_on: [db] }, db: { ${job('echo from-db; sleep 1')} } }`,
    },
  },
  async (s) => {
    await s.step('web', 'up web', stdout('from-web'), silentAbout(/\| from-db/))
    await s.step(
      'web and what it needs',
      'up --force-recreate --always-recreate-deps --attach-dependencies web',
      stdout('from-web'),
      stdout('from-db'),
    )
  },
)

const interrupted = async (s: Scenario, command: string, ready: RegExp) => {
  const up = s.start('up', command)
  await up.prints(ready)
  up.signal('SIGINT')
  return up.ends(20_000)
}

scenario(
  'Ctrl-C stops the containers and ends with 130',
  {
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, command: ["sh", "-c", "echo ready; exec sleep 600"] } }`,
    },
  },
  async (s) => {
    const end = await interrupted(s, 'up', /\| ready/)
    if (end.code !== 130) throw new Error(`the exit code is ${end.code}`)
    await s.check('the container is stopped and still there', state('web', 'exited', 1))
    await s.step('down', 'down', nothingLeft())
  },
)

const withDependency = {
  'compose.yaml': `services: { web: { ${daemon('echo ready')}, depends_on: [db] }, db: { ${sleeper}, depends_on: [disk] }, disk: { ${sleeper} }, other: { ${sleeper} } }`,
}

scenario('Ctrl-C stops what was named and leaves its dependencies running', { files: withDependency }, async (s) => {
  const end = await interrupted(s, 'up web', /\| ready/)
  await s.check('only web is stopped', state('web', 'exited'), running('db'), running('disk'))
  if (s.tool === 'stack' && !/db, disk still run: web depends on them.*"stack stop db disk"/s.test(end.stderr))
    throw new Error(`nothing is said of them:\n${end.stderr}`)
})

scenario(
  'Ctrl-C of up --with-dependencies stops them too, and nothing else',
  { only: 'the flag is our own', files: withDependency },
  async (s) => {
    await s.step('other', 'up -d other', running('other'))
    const end = await interrupted(s, 'up --with-dependencies web', /\| ready/)
    await s.check(
      'they are stopped',
      state('web', 'exited'),
      state('db', 'exited'),
      state('disk', 'exited'),
      running('other'),
    )
    if (/still runs?:/.test(end.stderr)) throw new Error(`something is said of what is stopped:\n${end.stderr}`)
  },
)

scenario(
  'a container that its restart policy starts again is followed again',
  {
    differs: 'the reference can lose the lines of a short attempt (its issue 8884)',
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, restart: "on-failure:3", command: ["sh", "-c", "echo attempt; sleep 0.2; exit 1"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up',
      any,
      holds('every attempt was shown', ({ last }) => (last!.stdout.match(/\| attempt/g) ?? []).length >= 3),
    )
  },
)

scenario(
  'a container that its restart policy starts again says how it ended, each time',
  {
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, restart: "on-failure:2", command: ["sh", "-c", "echo attempt; sleep 0.3; exit 4"] } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up',
      any,
      holds('two ends are followed by a start, the last is not', ({ last }) => {
        const ends = last!.stdout.match(/exited with code .*$/gm) ?? []
        return ends.join('\n') === 'exited with code 4 (restarting)\n'.repeat(2) + 'exited with code 4'
      }),
    )
  },
)

scenario(
  'the events of a container that is started again hold its exit code',
  {
    only: 'the events are our own',
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, restart: "on-failure:1", command: ["sh", "-c", "sleep 0.3; exit 4"] } }`,
    },
  },
  async (s) => {
    await s.step('up', '--progress json up', stdout(/"state":"restarting"[^\n]*"exitCode":4/))
  },
)

scenario(
  'the first lines of a container are never lost',
  {
    files: { 'compose.yaml': `services: { web: { ${job('for i in $$(seq 200); do echo "line $$i"; done')} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      'up',
      stdout(/\| line 1$/m),
      stdout(/\| line 200$/m),
      holds('all 200 are there once', ({ last }) => (last!.stdout.match(/\| line \d+$/gm) ?? []).length === 200),
    )
  },
)

scenario(
  'a replica that is added elsewhere shows up in an attached up',
  {
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, command: ["sh", "-c", "echo ready; exec sleep 600"] } }`,
    },
  },
  async (s) => {
    const up = s.start('up', 'up')
    await up.prints(/web-1\s+\| ready/)
    await s.step('a second one from elsewhere', 'up -d --scale web=2', running('web', 2), untouched('web'))
    await up.prints(/web-2\s+\| ready/)
    await s.step('stop from elsewhere ends it', 'stop', state('web', 'exited', 2))
    const end = await up.ends(20_000)
    if (end.code !== 0) throw new Error(`the exit code is ${end.code}:\n${end.stdout}${end.stderr}`)
  },
)

scenario(
  'a one-off that ends does not abort the project',
  {
    differs: 'the reference at hand sometimes takes the one-off for a container of its own',
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, command: ["sh", "-c", "echo ready; exec sleep 600"] } }`,
    },
  },
  async (s) => {
    const up = s.start('up', 'up --abort-on-container-exit')
    await up.prints(/\| ready/)
    await s.step('a one-off', 'run --rm web echo once', stdout('once'))
    await s.check('web goes on', running('web'))
    up.signal('SIGINT')
    await up.ends(20_000)
  },
)

scenario(
  'the end of a container and its exit code are told',
  {
    files: { 'compose.yaml': `services: { web: { ${job('exit 3')} } }` },
  },
  async (s) => {
    await s.step('up', 'up', prints(/web-1 exited with code 3/))
  },
)

scenario(
  '--progress json prints one JSON value a line',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      '--progress json up -d',
      running('web'),
      holds('every line is JSON', ({ last }) => {
        const text = (last!.stdout + last!.stderr).split('\n').filter((line) => line.trim() !== '')
        return text.length > 0 && text.every((line) => typeof JSON.parse(line) === 'object')
      }),
    )
  },
)

scenario(
  '--progress quiet is silent about its work',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', '--progress quiet up -d', running('web'), lines(), silentAbout(/web/))
  },
)
