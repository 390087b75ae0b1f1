import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { eventually, inside } from '../support/checks.ts'
import { describeWhere } from '../support/not-run.ts'
import { countWatches, peakMegabytes } from '../support/process-costs.ts'
import { type Scenario, scenario } from '../support/scenario.ts'
import { whileWatching } from '../support/storm/copies.ts'
import { createStorm, firstFiles } from '../support/storm/storm.ts'
import { sleep, synced } from '../support/storm/synced.ts'

/** Sources that are large, or on a file system that tells of nothing. */

const only = 'the reference reads files as a whole, watches what is ignored, and does not poll'
const web = { service: 'web', target: '/app' }
const late = 60_000

scenario(
  'where no notices come a storm is found by looking',
  { only, files: { 'compose.yaml': `services: { web: { ${sleep}, ${synced('/app')} } }`, ...firstFiles() } },
  async (s) => {
    const command = { run: 'watch', env: { CHOKIDAR_USEPOLLING: '1' } }
    await whileWatching(s, { copies: [web], command }, async ({ copies }) => {
      const storm = createStorm(s.folder, 2)
      for (let round = 0; round < 5; round += 1) {
        await storm.round()
        await copies.settle(late)
      }
    })
  },
)

/** Writes 200 MB that are the same nowhere, and answers with their digest. */
const writeBig = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  const piece = randomBytes(1024 * 1024)
  const pieces = function* () {
    for (let number = 0; number < 200; number += 1) {
      piece.writeUInt32BE(number)
      hash.update(piece)
      yield Buffer.from(piece)
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path))
  return hash.digest('hex')
}

const pidOf = (child: { readonly pid?: number | undefined }): number => {
  if (child.pid === undefined) throw new Error('the watch was not started')
  return child.pid
}

const whyNot = process.platform === 'linux' ? undefined : 'only Linux tells what a process takes'

describeWhere('what a watch takes', whyNot, () => {
  scenario(
    'a file of 200 MB is brought, and brought again, in little memory',
    { only, files: { 'compose.yaml': `services: { web: { ${sleep}, ${synced('/app')} } }`, 'src/a': 'a\n' } },
    async (s) => {
      await whileWatching(s, { copies: [web] }, async ({ tool }) => {
        for (const name of ['first', 'second']) {
          const digest = await writeBig(join(s.folder, name))
          await rename(join(s.folder, name), join(s.folder, 'src/big'))
          const check = inside('web', 'sha256sum /app/big', new RegExp(`^${digest} `))
          await s.check(`the ${name} one is there`, eventually(check, late))
        }
        const peak = peakMegabytes(pidOf(tool.child))
        if (peak > 300) throw new Error(`it took ${Math.round(peak)} MB`)
        await rm(join(s.folder, 'src/big'))
      })
    },
  )

  scenario(
    '50,000 ignored files cost no watches',
    {
      only,
      files: {
        'compose.yaml': `services: { web: { ${sleep}, ${synced('/app', ', initial_sync: true, ignore: [node_modules]')} } }`,
        'src/a': 'a\n',
        'src/lib/b': 'b\n',
      },
    },
    async (s) => {
      await fill(s, 'src/node_modules')
      const isLeftOut = (path: string) => path === 'node_modules'
      await whileWatching(s, { copies: [{ ...web, isLeftOut }] }, async ({ tool, copies }) => {
        await s.write('src/node_modules/1/index.js', 'changed\n')
        await s.write('src/lib/c', 'c\n')
        await copies.settle()
        const watches = countWatches(pidOf(tool.child))
        if (watches === 0 || watches > 50) throw new Error(`it has ${watches} watches`)
      })
    },
  )
})

/** 500 folders with 100 small files each. */
const fill = async (s: Scenario, folder: string): Promise<void> => {
  for (let index = 0; index < 500; index += 1) {
    const path = join(s.folder, folder, String(index))
    await mkdir(path, { recursive: true })
    await Promise.all(Array.from({ length: 100 }, (_, number) => writeFile(join(path, `${number}.js`), 'x\n')))
  }
}
