import { setTimeout as pause } from 'node:timers/promises'
import { exited, health, holds, named, nothingLeft, replicas, running, startedAfter, state } from '../support/checks.ts'
import { image } from '../support/objects.ts'
import { exits, prints } from '../support/output-checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, healthyWhen, sleeper } from '../support/snippets.ts'
import { eventually } from '../support/eventually.ts'
import type { Finished } from '../support/tool.ts'

/** Work that was cut off: the next run finishes it, and nothing is doubled or left. */

const files = {
  'compose.yaml': `services:
  web: { ${sleeper}, scale: 2, depends_on: { db: { condition: service_healthy } } }
  db: { ${daemon('sleep 1; touch /ready')}, ${healthyWhen('/ready')}, volumes: ["data:/data"] }
volumes: { data: {} }
`,
}

/** Waits until a container of the service is there, so that the interruption falls into the work and not before it. */
const containerOf = (s: Scenario, service: string) =>
  eventually(async () => {
    const found = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes(`-${service}-`))
    if (found.length === 0) throw new Error(`${service} has no container yet`)
  })

/** No temporary names. Which numbers there are depends on what was there when the work was cut off: a gap stays one. */
const ownNames = holds('its containers have names with a number', async ({ containers, project }) =>
  (await containers('web')).every(({ Name }) => new RegExp(`^/${project}-web-\\d+$`).test(Name)),
)

scenario('down after up was killed leaves nothing', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  up.signal('SIGKILL')
  await up.ends()
  await s.step('down', 'down -v', nothingLeft())
})

scenario('up after up was killed converges', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  up.signal('SIGKILL')
  await up.ends()
  await s.step('up', 'up -d --wait', running('web', 2), running('db'), ownNames)
})

scenario('up after up was cancelled converges', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  up.signal('SIGINT')
  const end = await up.ends(30_000)
  if (end.code !== 130) throw new Error(`a cancelled up ends with 130, not ${end.code}`)
  await s.step(
    'up',
    'up -d --wait',
    replicas('web', 1, 2),
    running('web', 2),
    health('db', 'healthy'),
    startedAfter('web', 'db'),
  )
})

scenario('up after down was killed converges', { files }, async (s) => {
  await s.step('up', 'up -d --wait', running('web', 2))
  const down = s.start('down', 'down')
  await down.prints(/web-\d +Stopping/)
  down.signal('SIGKILL')
  await down.ends()
  await s.step('up', 'up -d --wait', running('web', 2), running('db'), ownNames)
  await s.step('down', 'down -v', nothingLeft())
})

scenario(
  'a recreation that was killed in its middle leaves no container with a strange name',
  {
    differs: 'the reference keeps the temporary name',
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, stop_grace_period: 2s, command: ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"], environment: { A: "\${A:-1}" } } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const up = s.start('up with a change', { run: 'up -d', env: { A: '2' } })
    await pause(700)
    up.signal('SIGKILL')
    await up.ends()
    await s.step(
      'up again',
      { run: 'up -d', env: { A: '2' } },
      running('web', 1),
      named('web', '%p-web-1'),
      holds('it is the new one', async (world) => (await world.containers('web'))[0]!.Config.Env.includes('A=2')),
    )
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'two ups at once end with one of everything',
  {
    differs: 'the reference has no lock: both work, and one of them may fail on names that the other took',
    files,
  },
  async (s) => {
    const [one, two] = [s.start('up', 'up -d'), s.start('up beside it', 'up -d')]
    const ends = await Promise.all([one.ends(), two.ends()])
    const codes = ends.map(({ code }) => code).sort()
    if (codes[0] !== 0 || (codes[1] !== 0 && codes[1] !== 5))
      throw new Error(`they ended with ${codes}:\n${ends.map((end) => end.stderr).join('\n')}`)
    await s.check('nothing is doubled', replicas('web', 1, 2), running('web', 2), running('db', 1))
  },
)

scenario('readers are not kept out while up works', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  await s.step('ps meanwhile', 'ps -aq', exits(0))
  await s.step('config meanwhile', 'config -q', exits(0))
  const end = await up.ends()
  if (end.code !== 0) throw new Error(`up ended with ${end.code}`)
})

scenario(
  'a lock of a process that is gone does not keep anyone out',
  { files: { 'compose.yaml': `services: { web: { ${sleeper}, stop_grace_period: 1s } }` } },
  async (s) => {
    const up = s.start('up', 'up')
    await containerOf(s, 'web')
    up.signal('SIGKILL')
    await up.ends()
    await s.step('up', 'up -d', running('web'))
    await s.step('stop', 'stop', state('web', 'exited'))
  },
)

scenario(
  'the second signal ends at once',
  {
    differs: 'the reference goes on with the stop (its issues 9003, 11123)',
    files: {
      'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, stop_grace_period: 60s, command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"] } }`,
    },
  },
  async (s) => {
    const up = s.start('up', 'up')
    await up.prints(/\| ready/)
    up.signal('SIGINT')
    await up.prints(s.tool === 'stack' ? /Stopping .* press Ctrl\+C again to kill[^]*web-1 +Stopping/ : /Stopping/)
    // Two that come within a second are one: it is pressed until it is heard.
    await eventually(() => {
      up.signal('SIGINT')
      if (s.tool === 'stack' && !/web-1 +Killing/.test(up.output())) throw new Error('it does not say that it kills')
    })
    const end = await up.ends(15_000)
    if (end.code !== 130) throw new Error(`the exit code is ${end.code}`)
    await s.check('it was killed', exited('web', 137))
  },
)

/** Does not hear SIGTERM: the engine kills it when its five seconds are over, whoever has asked for that and left. */
const stubborn = {
  'compose.yaml': `services:
  web: { image: ${image}, init: true, stop_grace_period: 5s, command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"] }
  db: { ${sleeper} }
`,
}

const interruptions = [
  ['Ctrl-C in the middle of down', 'down', ['SIGINT'], 130],
  ['Ctrl-C twice in the middle of down', 'down', ['SIGINT', 'SIGINT'], 130],
  ['SIGTERM in the middle of stop', 'stop', ['SIGTERM'], 143],
  ['Ctrl-C in the middle of stop', 'stop', ['SIGINT'], 130],
] as const

for (const [name, command, signals, code] of interruptions) {
  scenario(
    `up right after ${name} waits for what the engine is still stopping, and starts it again`,
    {
      differs: 'the reference takes a dying container for a running one',
      files: stubborn,
    },
    async (s) => {
      await s.step('up', 'up -d', running('web'), running('db'))
      const interrupted = s.start(name, command)
      await interrupted.prints(/web-1 +Stopping/)
      await eventually(async () => {
        const { status, body } = await s.engine.raw(
          'GET',
          `/events?since=${Date.now() / 1000 - 60}&until=${Date.now() / 1000}&filters=${encodeURIComponent(JSON.stringify({ event: ['kill'], container: [`${s.project}-web-1`] }))}`,
        )
        if (status !== 200 || body.length === 0) throw new Error('the engine has not been told to stop it')
      })
      for (const signal of signals) interrupted.signal(signal)
      const end = await interrupted.ends(3000)
      if (end.code !== code) throw new Error(`it ended with ${end.code}:\n${end.stdout}${end.stderr}`)
      await s.step(
        'up at once',
        'up -d',
        running('web', 1),
        running('db', 1),
        named('web', '%p-web-1'),
        prints('waiting for the end of'),
      )
      await s.check(
        'and they stay',
        holds('it was started again', async (world) => (await world.containers('web'))[0]!.State.FinishedAt > '0002'),
      )
    },
  )
}

const only = 'the reference has no lock: one of the two may fail on what the other does'
const assertCodes = (ends: readonly Finished[], allowed: readonly number[] = [0]) => {
  if (!ends.every(({ code }) => allowed.includes(code)))
    throw new Error(
      `they ended with ${ends.map(({ code }) => code)}:\n${ends.map(({ stdout, stderr }) => stdout + stderr).join('\n')}`,
    )
}

scenario('two downs at once: both end well, and nothing is left', { only, files }, async (s) => {
  await s.step('up', 'up -d --wait')
  const [one, two] = [s.start('down', 'down -v'), s.start('down beside it', 'down -v')]
  assertCodes(await Promise.all([one.ends(), two.ends()]))
  await s.check('nothing is left', nothingLeft())
})

scenario(
  'up and down at once: the second waits and says for whom, and its word is the last',
  { only, files },
  async (s) => {
    const up = s.start('up', 'up -d')
    await up.prints(/Creating/)
    const down = s.start('down', 'down -v')
    await down.prints(/waiting for "stack up" \(process \d+\) to end/)
    assertCodes(await Promise.all([up.ends(), down.ends()]))
    await s.check('nothing is left', nothingLeft())
    await s.step('up', 'up -d --wait')
    const [last, again] = [s.start('down', 'down'), s.start('up', 'up -d')]
    assertCodes(await Promise.all([last.ends(), again.ends()]))
    await s.step(
      'a last up finds everything or makes it',
      'up -d --wait',
      replicas('web', 1, 2),
      running('web', 2),
      running('db', 1),
    )
  },
)

scenario(
  'two projects at once share an external network, and neither harms it',
  {
    only,
    files: {
      'one/compose.yaml': `services: { web: { ${sleeper}, networks: [shared] } }\nnetworks: { shared: { external: true, name: "\${NET}" } }`,
      'two/compose.yaml': `services: { web: { ${sleeper}, networks: [shared] } }\nnetworks: { shared: { external: true, name: "\${NET}" } }`,
    },
  },
  async (s) => {
    const network = `${s.project}-shared`
    await s.objects.network(network)
    const env = { NET: network }
    const both = (run: (name: string) => string) =>
      Promise.all(['one', 'two'].map((cwd) => s.start(cwd, { run: run(cwd), cwd, env }).ends()))
    const withName = (command: string) => (name: string) => `-p ${s.project}-${name} ${command}`
    try {
      assertCodes(await both(withName('up -d --wait')))
      const attached = await s.engine.call<{ Containers: Record<string, { Name: string }> }>(
        'GET',
        `/networks/${network}`,
      )
      const names = Object.values(attached.Containers)
        .map(({ Name }) => Name.slice(s.project.length + 1))
        .sort()
        .join()
      if (names !== 'one-web-1,two-web-1') throw new Error(`on the network are: ${names}`)
    } finally {
      assertCodes(await both(withName('down')))
    }
    await s.check(
      'the network is still there',
      holds('it is', async ({ engine }) => (await engine.raw('GET', `/networks/${network}`)).status === 200),
    )
  },
)

scenario(
  'a hang-up stops gracefully however often it comes: what flushes its data is not killed',
  {
    only: 'the reference counts signals',
    files: {
      'compose.yaml': `services: { web: { image: ${image}, init: true, stop_grace_period: 60s, volumes: ["data:/data"], command: ["sh", "-c", "trap 'sleep 2; echo flushed > /data/done; exit 0' TERM; echo ready; while :; do sleep 0.1; done"] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    const up = s.start('up', 'up')
    await up.prints(/\| ready/)
    up.signal('SIGHUP')
    await up.prints(/web-1 +Stopping/)
    const again = setInterval(() => up.signal('SIGHUP'), 100)
    const end = await up.ends(15_000).finally(() => clearInterval(again))
    if (end.code !== 129) throw new Error(`the exit code is ${end.code}:\n${end.stdout}${end.stderr}`)
    await s.check('it has ended by itself', exited('web', 0))
  },
)
