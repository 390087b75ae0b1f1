import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { serviceOf } from '../support/engine-api.ts'
import { eventually } from '../support/eventually.ts'
import { describeWhere } from '../support/not-run.ts'
import { image } from '../support/objects.ts'
import { type OwnEngine, startOwnEngine, whyNoOwnEngine } from '../support/own-engine.ts'
import { daemon, healthyWhen, sleeper } from '../support/snippets.ts'
import { type Finished, runCommand, type Running, selectTool, startCommand, toolCommand } from '../support/tool.ts'

/** The engine is restarted, or killed and started again, while a command works or watches. */

const why = selectTool() === 'stack' ? whyNoOwnEngine() : 'the reference gives up when its engine is restarted'

const project = 'restarted'
const work = `name: ${project}
services:
  web: { ${sleeper}, stop_grace_period: 1s, scale: 2, depends_on: { db: { condition: service_healthy } } }
  db: { ${daemon('sleep 1; touch /ready')}, ${healthyWhen('/ready')}, stop_grace_period: 1s, volumes: ["data:/data"] }
volumes: { data: {} }
`
const watched = `name: ${project}
services:
  keep: { image: ${image}, init: true, restart: unless-stopped, command: ["sh", "-c", "echo keep began; exec sleep 600"] }
  once: { image: ${image}, init: true, command: ["sh", "-c", "echo once began; exec sleep 600"] }
`

describeWhere('the engine is restarted', why, () => {
  const [program, ...first] = toolCommand('stack')
  const running: Running[] = []
  let engine: OwnEngine
  let folder = ''
  const place = () => ({
    cwd: join(folder, project),
    env: { DOCKER_HOST: engine.host, XDG_STATE_HOME: join(folder, 'state') },
  })
  const start = (...words: string[]): Running => {
    const started = startCommand([program, ...first, ...words], place())
    running.push(started)
    return started
  }
  const run = async (...words: string[]): Promise<Finished> => {
    const end = await runCommand([program, ...first, ...words], place())
    if (end.code !== 0) throw new Error(`${words.join(' ')} ended with ${end.code}:\n${end.stdout}${end.stderr}`)
    return end
  }
  const write = (text: string) => writeFile(join(folder, project, 'compose.yaml'), text)
  const restart = async (signal: 'SIGTERM' | 'SIGKILL') => {
    await engine.end(signal)
    await engine.start()
  }
  /** `web-1 running`, of all containers. */
  const states = async () =>
    (await engine.api.containers(project)).map(({ Name, State }) => `${Name.slice(project.length + 2)} ${State.Status}`)
  const objects = async () =>
    [
      ...(await engine.api.containers(project)),
      ...(await engine.api.networks(project)),
      ...(await engine.api.volumes(project)),
    ].map(({ Name }) => Name)

  beforeAll(async () => {
    engine = await startOwnEngine([image])
  }, 60_000)
  afterAll(() => engine.remove(), 60_000)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stack-restart-'))
    await mkdir(join(folder, project))
  })
  afterEach(async () => {
    for (const each of running.splice(0)) each.signal('SIGKILL')
    await run('down', '-v', '-t', '0')
    await rm(folder, { recursive: true, force: true })
  })

  const assertTold = (end: Finished) => {
    expect(end.stdout + end.stderr).not.toMatch(/This is a bug|^\s+at .*:\d+:\d+/m)
    expect([0, 1, 4]).toContain(end.code)
  }

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s in the middle of up: it goes on when the engine is back',
    async (signal) => {
      await write(work)
      const up = start('up', '-d', '--wait')
      // Engine 20.10 that was killed while a probe ran takes half a minute to start again.
      await up.prints(signal === 'SIGTERM' ? /db-1\s+Started/ : /db-1\s+Starting/)
      await restart(signal)
      const end = await up.ends(60_000)
      assertTold(end)
      expect([end.code, end.stderr]).toEqual([0, expect.not.stringContaining('Error')])
      const wanted = ['db-1 running', 'web-1 running', 'web-2 running']
      expect(await states()).toEqual(wanted)
      await run('up', '-d', '--wait')
      expect(await states()).toEqual(wanted)
      expect(await objects()).toHaveLength(wanted.length + 2)
    },
    90_000,
  )

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s in the middle of down: nothing is left',
    async (signal) => {
      await write(work)
      await run('up', '-d', '--wait')
      const down = start('down', '-v')
      await down.prints(/web-\d\s+(Stopping|Stopped)/)
      await restart(signal)
      const end = await down.ends(60_000)
      assertTold(end)
      expect([end.code, end.stderr]).toEqual([0, expect.not.stringContaining('Error')])
      expect(await objects()).toEqual([])
    },
    90_000,
  )

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s under an attached up: it shows what came back and what did not, and goes on',
    async (signal) => {
      await write(watched)
      const up = start('up')
      await up.prints(/once began/)
      await up.prints(/keep began/)
      await restart(signal)
      await up.prints(/once-1 exited with code \d+/)
      // Engine 20.10 does not start again what it had to kill itself: then nothing runs any more, and up ends by itself.
      const comesBack = signal === 'SIGTERM' || (await states())[0] !== 'keep-1 exited'
      if (comesBack) {
        await up.prints(/keep began[^]*keep began/)
        await eventually(async () => expect(await states()).toEqual(['keep-1 running', 'once-1 exited']))
        up.signal('SIGINT')
      } else await up.prints(/keep-1 exited with code \d+/)
      const end = await up.ends(20_000)
      expect([end.code, end.stderr]).toEqual([comesBack ? 130 : 0, expect.not.stringMatching(/Error|bug/)])
      expect((await engine.api.containers(project)).map((one) => `${serviceOf(one)} ${one.State.Status}`)).toEqual([
        'keep exited',
        'once exited',
      ])
    },
    90_000,
  )
})
