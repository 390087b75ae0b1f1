import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, exited, holds, running } from '../support/checks.ts'
import { eventually as repeat } from '../support/eventually.ts'
import { type Scenario, scenario } from '../support/scenario.ts'
import { type Copies, whileWatching } from '../support/storm/copies.ts'
import { createStorm, firstFiles } from '../support/storm/storm.ts'
import { sleep, synced } from '../support/storm/synced.ts'

/** What happens to containers while files change: in the end they hold what the source holds. */

const only = 'the reference loses what changes meanwhile'
const web = { service: 'web', target: '/app' }
const other = { service: 'other', target: '/app' }
const soon = 30_000

const call = (s: Scenario, container: string, verb: string) =>
  s.engine.call('POST', `/containers/${s.project}-${container}/${verb}`)

const writeMany = async (s: Scenario, folder: string): Promise<void> => {
  for (let index = 0; index < 2_000; index += 1)
    await s.write(`src/${folder}/${index % 20}/file${index}`, `${folder} ${index}\n`.repeat(40))
}

scenario(
  'containers that are killed in the middle of a batch, and started again, get the rest; and all when a tmpfs lost it',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { ${sleep}, ${synced('/app')} }
  other: { ${sleep}, tmpfs: ["/app:mode=0755"], ${synced('/app')} }`,
      ...firstFiles(),
    },
  },
  async (s) => {
    await whileWatching(s, { copies: [web, other] }, async ({ copies }) => {
      const writing = writeMany(s, 'many')
      await repeat(async () => {
        const counts = await copies.ask('ls /app/many 2>/dev/null | wc -l')
        if (counts.every((count) => count.trim().endsWith(' 0'))) throw new Error('nothing has come yet')
      }, soon)
      for (const name of ['web-1', 'other-1']) await call(s, name, 'kill')
      await writing
      await rm(join(s.folder, 'src/lib'), { recursive: true })
      await s.check('they ended', eventually(exited('web', 137)), eventually(exited('other', 137)))
      for (const name of ['web-1', 'other-1']) await call(s, name, 'start')
      await copies.settle(soon)
    })
  },
)

scenario(
  'a container that is paused during a storm has all of it when it goes on',
  {
    only,
    files: { 'compose.yaml': `services: { web: { ${sleep}, scale: 2, ${synced('/app')} } }`, ...firstFiles() },
  },
  async (s) => {
    await whileWatching(s, { copies: [{ ...web, count: 2 }] }, async ({ copies }) => {
      const storm = createStorm(s.folder, 1)
      await storm.round()
      await copies.settle()
      await call(s, 'web-2', 'pause')
      for (let round = 0; round < 3; round += 1) await storm.round()
      await call(s, 'web-2', 'unpause')
      await copies.settle(soon)
    })
  },
)

/** Without `initial_sync` it is the image that has what was there before. */
const files = {
  'compose.yaml': `services: { web: { ${sleep}, ${synced('/app', '')} } }`,
  'src/before': 'not changed\n',
}
const changed = { ...web, isPassedOver: (path: string) => path === 'before' }

scenario(
  'containers that are added, or made anew by hand, while it watches get what was changed before',
  { only, files },
  async (s) => {
    await whileWatching(s, { copies: [changed] }, async ({ copies }) => {
      await s.write('src/b', 'b\n')
      await s.write('src/deep/er/c', 'c\n')
      await copies.settle(soon)
      await s.step('more of it', 'up -d --no-recreate --scale web=3', eventually(running('web', 3)))
      await s.write('src/deep/er/c', 'second\n')
      await copies.settle(soon)
      for (const { Id } of await s.engine.containers(s.project))
        await s.engine.call('DELETE', `/containers/${Id}?force=1`)
      await rm(join(s.folder, 'src/b'))
      await s.write('src/deep/er/d', 'd\n')
      await s.step('up again', 'up -d', eventually(running('web')))
      await copies.settle(soon)
    })
  },
)

scenario(
  'what changed while nobody watched is brought when the watch begins again, and nothing else',
  { only, files },
  async (s) => {
    const touched = async (copies: Copies) => (await copies.ask('stat -c "%n %i %Z" /app/kept/*')).join()
    let before = ''
    await whileWatching(s, { copies: [changed] }, async ({ tool, copies }) => {
      for (let index = 0; index < 20; index += 1) await s.write(`src/kept/${index}`, 'first\n')
      for (const name of ['edited', 'becomes-folder']) await s.write(`src/${name}`, 'first\n')
      await copies.settle(soon)
      before = await touched(copies)
      tool.signal('SIGINT')
      await tool.ends()
    })
    await s.write('src/edited', 'second\n')
    await rm(join(s.folder, 'src/becomes-folder'))
    await s.write('src/becomes-folder/a', 'second\n')
    await s.write('src/new/file', 'new\n')
    await whileWatching(s, { copies: [changed] }, async ({ copies }) => {
      await s.check(
        'what had not changed was left alone',
        holds('it was', async () => (await touched(copies)) === before),
      )
    })
  },
)
