import { setTimeout as pause } from 'node:timers/promises'
import { type Inspected, numberOf, serviceOf } from '../support/engine-api.ts'
import { toMessage } from '../support/eventually.ts'
import { createRandom } from '../support/random.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { healthyAtOnce, sleeper } from '../support/snippets.ts'

/**
 * Kills `up` and `down` with SIGKILL at random moments and shows that the next run converges. STACK_E2E_CRASHES sets
 * how many moments (12, and 50 for a release); STACK_E2E_SEED repeats a row of moments that failed.
 */
const moments = Number(process.env['STACK_E2E_CRASHES'] ?? 12)
const seed = Number(process.env['STACK_E2E_SEED'] ?? Date.now() % 1_000_000)
const lanes = 3

const files = { 'compose.yaml': `services:
  web: { ${sleeper}, scale: 2, depends_on: { api: { condition: service_started, restart: true } }, environment: { V: "\${V}" }, networks: [front] }
  api: { ${sleeper}, depends_on: { db: { condition: service_healthy } }, environment: { V: "\${V}" }, networks: [front, back] }
  db: { ${sleeper}, ${healthyAtOnce}, networks: [back], volumes: ["data:/data", /scratch] }
networks: { front: {}, back: {} }
volumes: { data: {} }
` }

/** Each service has its containers; a replica that a cut-off `down` had removed comes back under a number of its own. */
const wanted = ['api', 'db', 'web', 'web']

/** What is wrong with a project that should be up with version `v`; empty when nothing is. */
async function faultsWhenUp({ engine, project }: Scenario, v: string): Promise<string[]> {
  const containers = await engine.containers(project)
  const services = containers.map(serviceOf).sort()
  const names = new Set(containers.map((one) => `${serviceOf(one)}-${numberOf(one)}`))
  const networks = (await engine.networks(project)).map(({ Name }) => Name.slice(project.length + 1)).sort()
  const volumes = (await engine.volumes(project)).filter(({ Name }) => Name.startsWith(project)).map(({ Name }) => Name)
  return [
    ...(services.join() === wanted.join() && names.size === wanted.length ? [] : [`containers are ${[...names].join(', ')}`]),
    ...containers.flatMap((one) => faultsOf(one, project, v)),
    ...(networks.join() === 'back,front' ? [] : [`networks are ${networks.join(', ')}`]),
    ...(volumes.join() === `${project}_data` ? [] : [`volumes are ${volumes.join(', ')}`]),
  ]
}

function faultsOf(container: Inspected, project: string, v: string): string[] {
  const name = container.Name.slice(1)
  const versioned = serviceOf(container) === 'db' || container.Config.Env.includes(`V=${v}`)
  return [
    ...(name === `${project}-${serviceOf(container)}-${numberOf(container)}` ? [] : [`a container is named ${name}`]),
    ...(container.State.Status === 'running' ? [] : [`${name} is ${container.State.Status}`]),
    ...(versioned ? [] : [`${name} is not of version ${v}`]),
  ]
}

async function faultsWhenDown({ engine, project }: Scenario): Promise<string[]> {
  const [containers, networks, volumes] = await Promise.all([engine.containers(project), engine.networks(project), engine.volumes(project)])
  return [...containers, ...networks, ...volumes].map(({ Name }) => `${Name} is left`)
}

interface Moment {
  /** Whether the project is up when the moment begins. */
  readonly up: boolean
  readonly index: number
  /** How long the acts take when nobody kills them, in milliseconds. */
  readonly spans: { readonly up: number; readonly down: number }
}

/** One moment: an act is killed, the next run must bring the whole thing to where it says. */
async function crash(s: Scenario, random: () => number, { up, index, spans }: Moment) {
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
  scenario(`after ${share} kills at random moments the next run always converges (lane ${lane + 1}, seed ${seed})`, {
    differs: 'the reference can leave temporary names behind',
    files,
    timeout: 60_000 + share * 20_000,
  }, async (s) => {
    const random = createRandom(seed + lane)
    const whole = await s.step('a whole up', { run: 'up -d', env: { V: '0' } })
    const undone = await s.step('a whole down', { run: 'down -v', env: { V: '0' } })
    const spans = { up: whole.milliseconds, down: undone.milliseconds }
    let up = false
    for (let index = 1; index <= share; index += 1) up = await crash(s, random, { up, index, spans })
    await s.step('the end', { run: 'down -v', env: { V: '0' } })
    const faults = await faultsWhenDown(s)
    if (faults.length > 0) throw new Error(`at the end: ${faults.join('; ')}`)
  })
}
