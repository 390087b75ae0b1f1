import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FolderWatches } from '../../src/engine/ports/watcher.ts'
import { createWatcher } from '../../src/system/watch.ts'
import { describeWhere } from '../support/not-run.ts'

let folder = ''
let watches: FolderWatches | undefined
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/stack-burst-`)
})
afterEach(() => {
  watches?.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = () => {
  const hints = new Map<string, number>()
  const seen = { hints, losses: 0 }
  watches = createWatcher({ environment: {}, readMounts: () => '' }).open({
    roots: [folder],
    leaveOut: () => false,
    onHint: (path) => void hints.set(path, (hints.get(path) ?? 0) + 1),
    onLoss: () => void (seen.losses += 1),
    onBlind: (why) => expect.unreachable(why),
  })
  return { seen, watches }
}

/** While another program writes, nothing is read here: all notices wait in the kernel's queue. */
const writeElsewhere = (path: string, count: number): void =>
  void execFileSync(process.execPath, [
    '-e',
    `for (let i = 0; i < ${count}; i += 1) require('node:fs').writeFileSync(${JSON.stringify(path)} + '/' + i, 'x')`,
  ])

const queueSize = Number(process.platform === 'linux' && readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'))
const why =
  process.platform !== 'linux'
    ? 'only Linux has a watch for one folder alone'
    : queueSize > 100_000
      ? 'the queue for notices is too large to be filled in a test'
      : undefined

describeWhere('a burst', why, () => {
  test('of 10,000 files in 200 folders is told for every folder, and means no loss', async () => {
    const { seen, watches: watching } = open()
    const folders = Array.from({ length: 200 }, (_none, index) => `${folder}/d${index}`)
    for (const path of folders) mkdirSync(path)
    for (const path of folders) expect(watching.watch(path)).toBe(true)
    for (let round = 0; round < 50; round += 1) {
      for (const path of folders) writeFileSync(`${path}/f${round}`, 'x')
      // The queue is emptied now and then, as by a process that does something else as well.
      if (round % 10 === 0) await expect.poll(() => seen.hints.get(`${folder}/d199`) ?? 0).toBeGreaterThan(round)
    }
    await expect.poll(() => [...seen.hints].filter(([, count]) => count >= 50).length).toBe(200)
    expect(seen.losses).toBe(0)
  })

  test('that fills the queue of the kernel is told as a loss', async () => {
    const { seen, watches: watching } = open()
    for (const name of ['many', 'lost']) mkdirSync(`${folder}/${name}`)
    for (const name of ['many', 'lost']) watching.watch(`${folder}/${name}`)
    // Each file is made and written: two notices or more.
    writeElsewhere(`${folder}/many`, queueSize / 2 + 500)
    writeElsewhere(`${folder}/lost`, 1)
    await expect.poll(() => seen.losses).toBe(1)
    expect(seen.hints.get(`${folder}/lost`)).toBeUndefined()
  })
})
