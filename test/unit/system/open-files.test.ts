import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, linkSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSourceFiles } from '../../../src/system/source-files.ts'
import { toNameBytes } from '../../../src/wire/byte-names.ts'
import { describeWhere } from '../../support/not-run.ts'

const files = createSourceFiles()
const why = process.platform === 'linux' ? undefined : 'only Linux tells which files are open'

let folder = ''
const at = (name: string): string => `${folder}/${name}`
const holders: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-open-'))
})
afterEach(async () => {
  await Promise.all(holders.splice(0).map(leave))
  rmSync(folder, { recursive: true })
})

/** A process that has a file open, `>>` for writing or `<` for reading. */
const hold = async (how: string, path: string | Buffer): Promise<ChildProcess> => {
  writeFileSync(path, '', { flag: 'a' })
  const descriptor = openSync(path, how === '<' ? 'r' : 'a')
  const holder = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore', descriptor] })
  closeSync(descriptor)
  holders.push(holder)
  await once(holder, 'spawn')
  return holder
}

const leave = async (holder: ChildProcess): Promise<void> => {
  holder.stdin?.end()
  if (holder.exitCode === null) await once(holder, 'exit')
}

describeWhere('findOpen', why, () => {
  test('names the files that some other process has open for writing, until it ends', async () => {
    for (const name of ['written', 'read', 'left', 'own']) writeFileSync(at(name), '')
    const holder = await hold('>>', at('written'))
    await hold('<', at('read'))
    const own = openSync(at('own'), 'a')
    const asked = ['written', 'read', 'left', 'own', 'none'].map(at)
    expect([...files.findOpen(asked)]).toEqual([at('written')])
    closeSync(own)
    await leave(holder)
    expect([...files.findOpen(asked)]).toEqual([])
  })

  test('knows a file by all of its names, but not through a link', async () => {
    writeFileSync(at('one'), '')
    linkSync(at('one'), at('other'))
    symlinkSync('one', at('link'))
    await hold('>>', at('one'))
    expect([...files.findOpen([at('one'), at('other'), at('link')])]).toEqual([at('one'), at('other')])
  })

  test('takes names that are not UTF-8, and not another file of the same name', async () => {
    await hold('>>', Buffer.from(toNameBytes(at('f\udce9'))))
    writeFileSync(Buffer.from(toNameBytes(at('f\udcea'))), '')
    expect([...files.findOpen([at('f\udce9'), at('f\udcea')])]).toEqual([at('f\udce9')])
  })
})
