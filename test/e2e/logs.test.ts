import { eventually, exited, holds, replicas, running, says } from '../support/checks.ts'
import { lines, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, job, sleeper } from '../support/snippets.ts'

/** What containers wrote, seen afterwards and while it happens. */

/** The lines of a service with the times that the engine gave them: a busy one reads a line later than it was written. */
const timed = async (s: Scenario, service: string) => {
  const [one] = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes(`-${service}-`))
  const answer = await s.engine.raw('GET', `/containers/${one!.Id}/logs?stdout=1&timestamps=1`)
  return [...answer.body.toString().matchAll(/(\d{4}-\d\S+Z) (.+)/g)].map(([, time, text]) => ({
    time: time!,
    text: text!,
  }))
}

const two = { 'compose.yaml': `services: { a: { ${daemon('echo from-a')} }, b: { ${daemon('echo from-b')} } }` }

scenario('logs shows all services with their names, or those that are named', { files: two }, async (s) => {
  await s.step('up', 'up -d', eventually(says('a', /from-a/)), eventually(says('b', /from-b/)))
  await s.step('all', 'logs', stdout(/a-1\s+\| from-a/), stdout(/b-1\s+\| from-b/))
  await s.step('one', 'logs a', stdout('from-a'), silentAbout(/from-b/))
  await s.step('bare', 'logs --no-log-prefix a', lines('from-a'))
})

scenario(
  'logs of one replica by its index',
  {
    files: { 'compose.yaml': `services: { web: { ${daemon('hostname')}, scale: 2 } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2), eventually(says('web', /\w+\s+\w+/)))
    await s.step('the second', 'logs --index 2 web', stdout(/web-2\s+\|/), silentAbout(/web-1/))
  },
)

scenario(
  '--tail shows the last lines of each container',
  {
    files: { 'compose.yaml': `services: { web: { ${job('for i in $$(seq 50); do echo "line $$i"; done')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)))
    await s.step('two lines', 'logs --tail 2 --no-log-prefix web', lines('line 49', 'line 50'))
    await s.step('none', 'logs --tail 0 --no-log-prefix web', lines())
  },
)

scenario(
  '--since and --until cut by time',
  {
    files: { 'compose.yaml': `services: { web: { ${job('echo early; sleep 2; echo late')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)))
    const [early, late] = (await timed(s, 'web')).map(({ time }) => Date.parse(time))
    const middle = new Date((early! + late!) / 2).toISOString()
    await s.step('the later part', `logs --no-log-prefix --since ${middle} web`, lines('late'))
    await s.step('the earlier part', `logs --no-log-prefix --until ${middle} web`, lines('early'))
  },
)

scenario('--timestamps puts the time of the engine before each line', { files: two }, async (s) => {
  await s.step('up', 'up -d', eventually(says('a', /from-a/)))
  await s.step('logs', 'logs -t a', stdout(/a-1\s+\| \d{4}-\d\d-\d\dT[\d:.]+Z from-a/))
})

scenario(
  'logs -f goes on, picks up a new replica, and ends with the containers',
  {
    differs: 'the reference can miss a replica that comes soon after the first lines',
    files: { 'compose.yaml': `services: { web: { ${daemon('echo ready')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const logs = s.start('follow', 'logs -f')
    await logs.prints(/web-1\s+\| ready/)
    await s.step('scale', 'up -d --scale web=2', running('web', 2))
    await logs.prints(/web-2\s+\| ready/)
    await s.step('stop', 'stop')
    const end = await logs.ends(20_000)
    if (end.code !== 0) throw new Error(`the exit code is ${end.code}`)
  },
)

scenario(
  'a hundred thousand lines come out whole and in order',
  {
    files: { 'compose.yaml': `services: { web: { ${job('seq 1 100000')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0), 30_000))
    await s.step(
      'logs',
      'logs --no-log-prefix web',
      holds('1 to 100000 are there', ({ last }) => {
        const found = last!.stdout.trimEnd().split('\n')
        return found.length === 100_000 && found.every((line, index) => Number(line) === index + 1)
      }),
    )
  },
)

scenario(
  'logs of several services are ordered by time',
  {
    differs: 'the reference prints stream by stream as they come (its issue 5398)',
    files: {
      'compose.yaml': `services:
  a: { ${job('for i in 1 3 5 7 9; do echo "n $$i"; sleep 0.4; done')} }
  b: { ${job('sleep 0.2; for i in 2 4 6 8; do echo "n $$i"; sleep 0.4; done')}, depends_on: [a] }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('a', 0)), eventually(exited('b', 0)))
    const [a, b] = await Promise.all([timed(s, 'a'), timed(s, 'b')])
    const wanted = [...a, ...b]
      .sort((x, y) => (x.time < y.time ? -1 : 1))
      .map(({ text }) => text)
      .join()
    await s.step(
      'logs',
      'logs --no-log-prefix',
      holds('the lines are in the order of time', ({ last }) => last!.stdout.trim().split('\n').join() === wanted),
    )
  },
)

scenario('logs of a service that is not in the file is an error', { files: two }, async (s) => {
  await s.step('up', 'up -d', running('a'))
  await s.step(
    'logs',
    'logs nobody',
    {
      says: 'fails',
      aboutExit: true,
      test: ({ last }) => {
        if (last?.code === 0) throw new Error('it did not')
      },
    },
    prints('nobody'),
  )
})

scenario(
  'logs shows a service that up does not attach to',
  {
    files: { 'compose.yaml': `services: { web: { ${daemon('echo hidden')}, attach: false } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(says('web', /hidden/)))
    await s.step('logs', 'logs web', stdout('hidden'))
  },
)

scenario(
  'an empty line is shown as one',
  {
    files: { 'compose.yaml': `services: { web: { ${job('echo one; echo; echo three')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)))
    await s.step('logs', 'logs web', stdout(/\| one\n.*\|\s*\n.*\| three/))
  },
)

scenario(
  'a last line without an end is shown',
  {
    differs: 'the reference drops it',
    files: { 'compose.yaml': `services: { web: { ${job('echo first; printf unfinished')} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)))
    await s.step('logs', 'logs web', stdout(/\| unfinished/))
  },
)

scenario(
  'the output of a container with a terminal is shown',
  {
    files: { 'compose.yaml': `services: { web: { ${job('echo on a terminal')}, tty: true } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)))
    await s.step('logs', 'logs web', stdout('on a terminal'))
  },
)

scenario(
  'a service that keeps no log hinders nobody who reads the others',
  {
    files: {
      'compose.yaml': `services: { mute: { ${sleeper}, logging: { driver: none } }, web: { ${daemon('echo hello')} } }`,
    },
    differs: 'it ends with the refusal of the engine',
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('mute'), eventually(says('web', /hello/)))
    await s.step(
      'logs',
      'logs',
      stdout(/hello/),
      stderr(/warning\[logs\/not-kept\]: The log of \S+-mute-1 cannot be read: its log driver keeps nothing/),
    )
    await s.step('logs of that one alone', 'logs mute', stderr('logs/not-kept'))
  },
)
