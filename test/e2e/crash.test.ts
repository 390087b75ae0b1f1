import { setTimeout as pause } from 'node:timers/promises'
import { toMessage } from '../support/eventually.ts'
import { createRandom } from '../support/random.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { faultsWhenDown, faultsWhenUp, tieredFiles } from '../support/tiered-project.ts'

/**
 * Kills `up` and `down` with SIGKILL at random moments and shows that the next run converges. STACK_E2E_CRASHES sets
 * how many moments (12, and 50 for a release); STACK_E2E_SEED repeats a row of moments that failed.
 */
const moments = Number(process.env['STACK_E2E_CRASHES'] ?? 12)
const seed = Number(process.env['STACK_E2E_SEED'] ?? Date.now() % 1_000_000)
const lanes = 3

interface Moment {
  /** Whether the project is up when the moment begins. */
  readonly up: boolean
  readonly index: number
  /** How long the acts take when nobody kills them, in milliseconds. */
  readonly spans: { readonly up: number; readonly down: number }
}

/** One moment: an act is killed, the next run must bring the whole thing to where it says. */
const crash = async (s: Scenario, random: () => number, { up, index, spans }: Moment) => {
  const killsDown = up && random() < 0.45
  const v = String(index)
  const delay = Math.round(20 + random() * (killsDown ? spans.down : spans.up))
  const act = s.start('the act that is killed', { run: killsDown ? 'down -v' : 'up -d', env: { V: v } })
  await pause(delay)
  act.signal('SIGKILL')
  await act.ends()
  const goesUp = random() < 0.6
  const told = `${killsDown ? 'down' : 'up'} killed after ${delay} ms, then ${goesUp ? 'up' : 'down'}`
  try {
    await s.step('the next run', { run: goesUp ? 'up -d' : 'down -v', env: { V: v } })
  } catch (error) {
    throw new Error(`moment ${index}: ${told}: ${toMessage(error)}`, { cause: error })
  }
  const faults = goesUp ? await faultsWhenUp(s, v) : await faultsWhenDown(s)
  if (faults.length > 0) throw new Error(`moment ${index}: ${told}: ${faults.join('; ')}`)
  return goesUp
}

for (let lane = 0; lane < lanes; lane += 1) {
  const share = Math.ceil((moments - lane) / lanes)
  scenario(
    `after ${share} kills at random moments the next run always converges (lane ${lane + 1}, seed ${seed})`,
    {
      differs: 'the reference can leave temporary names behind',
      files: tieredFiles,
      timeout: 60_000 + share * 20_000,
    },
    async (s) => {
      const random = createRandom(seed + lane)
      const whole = await s.step('a whole up', { run: 'up -d', env: { V: '0' } })
      const undone = await s.step('a whole down', { run: 'down -v', env: { V: '0' } })
      const spans = { up: whole.milliseconds, down: undone.milliseconds }
      let up = false
      for (let index = 1; index <= share; index += 1) up = await crash(s, random, { up, index, spans })
      await s.step('the end', { run: 'down -v', env: { V: '0' } })
      const faults = await faultsWhenDown(s)
      if (faults.length > 0) throw new Error(`at the end: ${faults.join('; ')}`)
    },
  )
}
