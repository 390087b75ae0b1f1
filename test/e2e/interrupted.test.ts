import { setTimeout as pause } from 'node:timers/promises'
import { exited, health, holds, named, nothingLeft, replicas, running, startedAfter, state } from '../support/checks.ts'
import { exits } from '../support/output-checks.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, healthyWhen, sleeper } from '../support/snippets.ts'
import { eventually } from '../support/eventually.ts'

/** Work that was cut off: the next run finishes it, and nothing is doubled or left. */

const files = { 'compose.yaml': `services:
  web: { ${sleeper}, scale: 2, depends_on: { db: { condition: service_healthy } } }
  db: { ${daemon('sleep 1; touch /ready')}, ${healthyWhen('/ready')}, volumes: ["data:/data"] }
volumes: { data: {} }
` }

/** Waits until a container of the service is there, so that the interruption falls into the work and not before it. */
const containerOf = (s: Scenario, service: string) => eventually(async () => {
  const found = (await s.engine.containers(s.project)).filter(({ Name }) => Name.includes(`-${service}-`))
  if (found.length === 0) throw new Error(`${service} has no container yet`)
})

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
  await s.step('up', 'up -d --wait', running('web', 2), running('db'), named('web', '%p-web-1', '%p-web-2'))
})

scenario('up after up was cancelled converges', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  up.signal('SIGINT')
  const end = await up.ends(30_000)
  if (end.code !== 130) throw new Error(`a cancelled up ends with 130, not ${end.code}`)
  await s.step('up', 'up -d --wait', replicas('web', 1, 2), running('web', 2), health('db', 'healthy'), startedAfter('web', 'db'))
})

scenario('up after down was killed converges', { files }, async (s) => {
  await s.step('up', 'up -d --wait', running('web', 2))
  const down = s.start('down', 'down')
  await pause(250)
  down.signal('SIGKILL')
  await down.ends()
  await s.step('up', 'up -d --wait', running('web', 2), running('db'), named('web', '%p-web-1', '%p-web-2'))
  await s.step('down', 'down -v', nothingLeft())
})

scenario('a recreation that was killed in its middle leaves no container with a strange name', {
  differs: 'the reference keeps the temporary name',
  files: { 'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, stop_grace_period: 2s, command: ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"], environment: { A: "\${A:-1}" } } }` },
}, async (s) => {
  await s.step('up', 'up -d', running('web'))
  const up = s.start('up with a change', { run: 'up -d', env: { A: '2' } })
  await pause(700)
  up.signal('SIGKILL')
  await up.ends()
  await s.step('up again', { run: 'up -d', env: { A: '2' } }, running('web', 1), named('web', '%p-web-1'), holds('it is the new one', async (world) => (await world.containers('web'))[0]!.Config.Env.includes('A=2')))
  await s.step('down', 'down', nothingLeft())
})

scenario('two ups at once end with one of everything', {
  differs: 'the reference has no lock: both work, and one of them may fail on names that the other took',
  files,
}, async (s) => {
  const [one, two] = [s.start('up', 'up -d'), s.start('up beside it', 'up -d')]
  const ends = await Promise.all([one.ends(), two.ends()])
  const codes = ends.map(({ code }) => code).sort()
  if (codes[0] !== 0 || (codes[1] !== 0 && codes[1] !== 5)) throw new Error(`they ended with ${codes}:\n${ends.map((end) => end.stderr).join('\n')}`)
  await s.check('nothing is doubled', replicas('web', 1, 2), running('web', 2), running('db', 1))
})

scenario('readers are not kept out while up works', { files }, async (s) => {
  const up = s.start('up', 'up -d')
  await containerOf(s, 'db')
  await s.step('ps meanwhile', 'ps -aq', exits(0))
  await s.step('config meanwhile', 'config -q', exits(0))
  const end = await up.ends()
  if (end.code !== 0) throw new Error(`up ended with ${end.code}`)
})

scenario('a lock of a process that is gone does not keep anyone out', { files: { 'compose.yaml': `services: { web: { ${sleeper}, stop_grace_period: 1s } }` } }, async (s) => {
  const up = s.start('up', 'up')
  await containerOf(s, 'web')
  up.signal('SIGKILL')
  await up.ends()
  await s.step('up', 'up -d', running('web'))
  await s.step('stop', 'stop', state('web', 'exited'))
})

scenario('the second signal ends at once', {
  differs: 'the reference goes on with the stop (its issues 9003, 11123)',
  files: { 'compose.yaml': `services: { web: { image: stack-base/busybox, init: true, stop_grace_period: 60s, command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"] } }` },
}, async (s) => {
  const up = s.start('up', 'up')
  await up.prints(/\| ready/)
  up.signal('SIGINT')
  await up.prints(s.tool === 'stack' ? /Stopping .* press Ctrl\+C again to kill[^]*web-1 +Stopping/ : /Stopping/)
  up.signal('SIGINT')
  const end = await up.ends(15_000)
  if (end.code !== 130) throw new Error(`the exit code is ${end.code}`)
  if (s.tool === 'stack' && !/web-1 +Killing/.test(end.stdout + end.stderr)) throw new Error(`it does not say that it kills:\n${end.stdout}${end.stderr}`)
  await s.check('it was killed', exited('web', 137))
})
