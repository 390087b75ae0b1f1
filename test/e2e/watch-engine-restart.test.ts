import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest'
import { toMessage } from '../support/eventually.ts'
import { describeWhere } from '../support/not-run.ts'
import { image } from '../support/objects.ts'
import { type OwnEngine, startOwnEngine, whyNoOwnEngine } from '../support/own-engine.ts'
import { openCopies } from '../support/storm/copies.ts'
import { sleep, synced } from '../support/storm/synced.ts'
import { runCommand, type Running, selectTool, startCommand, toolCommand } from '../support/tool.ts'

/** The engine is restarted, or killed and started again, while files change: nothing of it is lost. */

const why = selectTool() === 'stack' ? whyNoOwnEngine() : 'the reference gives up when its engine is restarted'
const project = 'rewatched'
const stackFile = `name: ${project}
services:
  web: { ${sleep}, restart: unless-stopped, scale: 2, ${synced('/app')} }
  other: { ${sleep}, restart: unless-stopped, tmpfs: ["/app:mode=0755"], ${synced('/app')} }
`

describeWhere('the engine is restarted under a watch', why, () => {
  const [program, ...first] = toolCommand('stack')
  let engine: OwnEngine
  let root = ''
  let watch: Running | undefined
  const folder = () => join(root, project)
  const place = () => ({ cwd: folder(), env: { DOCKER_HOST: engine.host, XDG_STATE_HOME: join(root, 'state') } })
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder(), path)), { recursive: true })
    await writeFile(join(folder(), path), text)
  }
  /** Engine 20.10 does not start again what it had to kill itself. */
  const startAll = async () => {
    for (const { Id, State } of await engine.api.containers(project))
      if (State.Status === 'exited') await engine.api.call('POST', `/containers/${Id}/start`)
  }

  beforeAll(async () => {
    engine = await startOwnEngine([image])
  }, 60_000)
  afterAll(() => engine.remove(), 60_000)
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stack-rewatch-'))
    await write('compose.yaml', stackFile)
  })
  afterEach(async () => {
    watch?.signal('SIGKILL')
    await runCommand([program, ...first, 'down', '-v', '-t', '0'], place())
    await rm(root, { recursive: true, force: true })
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s: what changed before, meanwhile and afterwards is in every container',
    async (signal) => {
      for (let index = 0; index < 50; index += 1) await write(`src/stock/${index}`, 'first\n')
      await write('src/gone/a', 'first\n')
      const running = startCommand([program, ...first, 'watch'], place())
      watch = running
      const world = { engine: engine.api, project, folder: folder(), host: engine.host }
      const copies = openCopies(world, [
        { service: 'web', target: '/app', count: 2 },
        { service: 'other', target: '/app' },
      ])
      try {
        await running.prints(/Watching/)
        await copies.settle(30_000)
        await write('src/before', 'second\n')
        await engine.end(signal)
        await write('src/meanwhile', 'second\n')
        await rm(join(folder(), 'src/gone'), { recursive: true })
        await engine.start()
        await startAll()
        await write('src/afterwards', 'second\n')
        await copies.settle(60_000)
      } catch (error) {
        throw new Error(`${toMessage(error)}\n${running.output()}`, { cause: error })
      } finally {
        copies.close()
      }
    },
    150_000,
  )
})
