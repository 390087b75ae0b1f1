import { setTimeout as pause } from 'node:timers/promises'
import { state } from '../support/checks.ts'
import { createEngineProxy, type EngineProxy, type Refusal } from '../support/engine-proxy.ts'
import { toMessage } from '../support/eventually.ts'
import { createRandom } from '../support/random.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { faultsWhenDown, faultsWhenUp, tieredFiles } from '../support/tiered-project.ts'
import { image } from '../support/objects.ts'
import type { Finished } from '../support/tool.ts'

/**
 * The way to the engine is cut while a command works: it gets over that, or says what happened, and the next run converges.
 * STACK_E2E_CUTS sets at how many moments (6); STACK_E2E_SEED repeats a row of moments that failed.
 */
const moments = Number(process.env['STACK_E2E_CUTS'] ?? 6)
const seed = Number(process.env['STACK_E2E_SEED'] ?? Date.now() % 1_000_000)
const only = 'the reference ends at once when its connection is cut'

/** Runs the scenario with a way to the engine that can be cut. */
const throughProxy = (tell: (s: Scenario, proxy: EngineProxy) => Promise<void>) => async (s: Scenario) => {
  const proxy = await createEngineProxy()
  try {
    await tell(s, proxy)
  } finally {
    await proxy.close()
  }
}

/** Only before the first answers there is nothing to come back to. A failure is told in the words of the catalogue: no trace of the code, and an exit code that says what kind it is. */
const faultsOfEnd = ({ code, stdout, stderr }: Finished): string[] => {
  const text = stdout + stderr
  const isTold = /No container engine answers|connection to the engine was lost/.test(text)
  return [
    ...(/This is a bug|^\s+at .*:\d+:\d+/m.test(text) ? ['it shows the inside of the program'] : []),
    ...(code === 0 || ((code === 1 || code === 4) && isTold) ? [] : [`it ended with ${code}`]),
    ...(code !== 0 && /^ *(Container|Network|Volume) \S+ +\w+ing\b/m.test(text)
      ? ['it had begun to change things, and gave up']
      : []),
    ...(code === 0 && /^Error|\bError\b/m.test(text) ? ['it speaks of an error, and there is none'] : []),
  ]
}

interface Cut {
  readonly act: 'up -d' | 'up -d --wait' | 'down -v'
  readonly after: number
  readonly milliseconds: number
  readonly refusal: Refusal
}

const toText = ({ act, after, milliseconds, refusal }: Cut) =>
  `${act}, cut after ${after} ms for ${milliseconds} ms (${refusal})`

/** One command with one cut; what it ended with decides what has to be there already. */
const cutOnce = async (s: Scenario, proxy: EngineProxy, { cut, v }: { cut: Cut; v: string }): Promise<void> => {
  const running = s.start('what is cut', { run: cut.act, env: { V: v, DOCKER_HOST: proxy.host } })
  await pause(cut.after)
  await proxy.cut(cut.milliseconds, cut.refusal)
  const end = await running.ends(60_000)
  const goesUp = cut.act !== 'down -v'
  const look = () => (goesUp ? faultsWhenUp(s, v) : faultsWhenDown(s))
  const faults = [...faultsOfEnd(end), ...(end.code === 0 ? await look() : [])]
  try {
    if (faults.length > 0) throw new Error(`${faults.join('; ')}\n${end.stdout}${end.stderr}`)
    await s.step('the next run', { run: goesUp ? 'up -d' : 'down -v', env: { V: v } })
    const left = await look()
    if (left.length > 0) throw new Error(`after the next run: ${left.join('; ')}`)
  } catch (error) {
    throw new Error(`${toText(cut)}: ${toMessage(error)}`, { cause: error })
  }
}

scenario(
  `whatever the moment at which the connection is cut, nothing is doubled and nothing left (${moments} moments, seed ${seed})`,
  {
    only,
    files: tieredFiles,
    timeout: 60_000 + moments * 20_000,
  },
  throughProxy(async (s, proxy) => {
    const random = createRandom(seed)
    const whole = await s.step('a whole up', { run: 'up -d --wait', env: { V: '0', DOCKER_HOST: proxy.host } })
    const undone = await s.step('a whole down', { run: 'down -v', env: { V: '0', DOCKER_HOST: proxy.host } })
    let isUp = false
    for (let index = 1; index <= moments; index += 1) {
      const act: Cut['act'] = isUp && random() < 0.45 ? 'down -v' : random() < 0.5 ? 'up -d' : 'up -d --wait'
      const span = act === 'down -v' ? undone.milliseconds : whole.milliseconds
      const cut: Cut = {
        act,
        after: Math.round(20 + random() * span),
        milliseconds: Math.round(random() * 600),
        refusal: random() < 0.5 ? 'gone' : 'reset',
      }
      await cutOnce(s, proxy, { cut, v: String(index) })
      isUp = act !== 'down -v'
    }
    await s.step('the end', { run: 'down -v', env: { V: '0' } })
  }),
)

scenario(
  'an engine that answers slowly is waited for',
  { only, files: tieredFiles },
  throughProxy(async (s, proxy) => {
    proxy.slowDown(120)
    await s.step('up', { run: 'up -d --wait', env: { V: '1', DOCKER_HOST: proxy.host } })
    const faults = await faultsWhenUp(s, '1')
    if (faults.length > 0) throw new Error(faults.join('; '))
    await s.step('down', { run: 'down -v', env: { V: '1', DOCKER_HOST: proxy.host } })
    const left = await faultsWhenDown(s)
    if (left.length > 0) throw new Error(left.join('; '))
  }),
)

/** Writes a number ten times a second; a second container is ready when a file is there. */
const counting = {
  'compose.yaml': `services:
  web: { image: ${image}, init: true, command: ["sh", "-c", "i=0; while :; do i=$$((i + 1)); echo tick $$i; sleep 0.1; done"] }
`,
}

/** The numbers of the lines, each exactly once and in their order. */
const assertRow = (text: string, least: number) => {
  const numbers = [...text.matchAll(/\| tick (\d+)$/gm)].map(([, number]) => Number(number))
  const first = numbers[0] ?? 0
  const wrong = numbers.findIndex((number, index) => number !== first + index)
  if (wrong !== -1) throw new Error(`after ${numbers[wrong - 1]} comes ${numbers[wrong]}`)
  if (numbers.length < least) throw new Error(`there are only ${numbers.length} lines`)
}

const lastTick = (text: string) => Number([...text.matchAll(/\| tick (\d+)$/gm)].at(-1)?.[1] ?? 0)

for (const [name, command] of [
  ['up', 'up'],
  ['logs -f', 'logs -f'],
] as const) {
  for (const refusal of ['gone', 'reset'] as const) {
    scenario(
      `${name} goes on after a cut with the line at which it was cut (${refusal})`,
      { only, files: counting },
      throughProxy(async (s, proxy) => {
        if (name === 'logs -f') await s.step('up', 'up -d')
        const running = s.start(name, { run: command, env: { DOCKER_HOST: proxy.host } })
        await running.prints(/tick 3$/m)
        for (const milliseconds of [0, 700]) {
          await proxy.cut(milliseconds, refusal)
          await running.prints(new RegExp(`tick ${lastTick(running.output()) + 5}$`, 'm'))
        }
        running.signal('SIGINT')
        const end = await running.ends(20_000)
        if (end.code !== 130) throw new Error(`the exit code is ${end.code}:\n${end.stderr}`)
        assertRow(end.stdout, 10)
        if (name === 'up') await s.check('Ctrl-C stops it as ever', state('web', 'exited'))
      }),
    )
  }
}

scenario(
  'an attached up ends when its container ended while nobody could be asked',
  { only, files: counting },
  throughProxy(async (s, proxy) => {
    const up = s.start('up', { run: 'up', env: { DOCKER_HOST: proxy.host } })
    await up.prints(/tick 3$/m)
    await proxy.refuse('gone')
    await s.step('somebody stops it', 'stop')
    await proxy.serve()
    const end = await up.ends(30_000)
    if (end.code !== 0) throw new Error(`the exit code is ${end.code}:\n${end.stdout}${end.stderr}`)
    assertRow(end.stdout, 3)
  }),
)

scenario(
  'who waits for an engine that is gone can be interrupted',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { image: ${image}, init: true, command: sleep 600, depends_on: { db: { condition: service_healthy } } }
  db: { image: ${image}, init: true, command: sleep 600, healthcheck: { test: ["CMD", "test", "-e", "/never"], interval: 1s, retries: 1000 } }
`,
    },
  },
  throughProxy(async (s, proxy) => {
    const up = s.start('up', { run: 'up -d', env: { DOCKER_HOST: proxy.host } })
    await up.prints(/Waiting/)
    await proxy.refuse('gone')
    await up.prints(/waiting for it to come back/)
    up.signal('SIGINT')
    const end = await up.ends(10_000)
    if (end.code !== 130) throw new Error(`the exit code is ${end.code}:\n${end.stdout}${end.stderr}`)
    await s.step('down by the straight way', 'down -v')
    const left = await faultsWhenDown(s)
    if (left.length > 0) throw new Error(left.join('; '))
  }),
)
