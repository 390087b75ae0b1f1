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
    await expect.poll(() => [...(files.findOpen(asked) ?? [])]).toEqual([at('written')])
    closeSync(own)
    await leave(holder)
    expect([...(files.findOpen(asked) ?? [])]).toEqual([])
  })

  test('notices when a process that was looked at before opens a file', async () => {
    const shell = spawn('sh', { stdio: ['pipe', 'pipe', 'ignore'] })
    holders.push(shell)
    writeFileSync(at('file'), '')
    const saysAfter = async (command: string): Promise<void> => {
      shell.stdin.write(`${command}; echo done\n`)
      await once(shell.stdout, 'data')
    }
    await saysAfter('true')
    expect([...(files.findOpen([at('file')]) ?? [])]).toEqual([])
    for (const [command, open] of [
      [`exec 8>>'${at('file')}'`, [at('file')]],
      ['exec 8>&-', []],
      [`exec 8<'${at('file')}'`, []],
      [`exec 8>>'${at('file')}'`, [at('file')]],
    ] as const) {
      await saysAfter(command)
      await expect.poll(() => [...(files.findOpen([at('file')]) ?? [])], { message: command }).toEqual(open)
    }
  })

  test('knows a file by all of its names, but not through a link', async () => {
    writeFileSync(at('one'), '')
    linkSync(at('one'), at('other'))
    symlinkSync('one', at('link'))
    await hold('>>', at('one'))
    const asked = ['one', 'other', 'link'].map(at)
    await expect.poll(() => [...(files.findOpen(asked) ?? [])]).toEqual([at('one'), at('other')])
  })

  test('takes names that are not UTF-8, and not another file of the same name', async () => {
    await hold('>>', Buffer.from(toNameBytes(at('f\udce9'))))
    writeFileSync(Buffer.from(toNameBytes(at('f\udcea'))), '')
    const asked = ['f\udce9', 'f\udcea'].map(at)
    await expect.poll(() => [...(files.findOpen(asked) ?? [])]).toEqual([at('f\udce9')])
  })
})
