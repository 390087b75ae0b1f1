import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLock } from '../../src/system/lock.ts'
import { readStartTime } from '../../src/system/process-identity.ts'

let stateDirectory = ''
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'stack-lock-'))
})
afterEach(() => rm(stateDirectory, { recursive: true }))

const options = { command: 'stack up', wait: false }
const write = async (text: string): Promise<void> => {
  const lock = createLock({ stateDirectory })
  const held = await lock.acquire('demo', options)
  await held.release()
  await writeFile(join(stateDirectory, 'locks/demo.lock'), text)
}

describe('createLock', () => {
  test('whoever takes a lock over that was left behind is told', async () => {
    await write(JSON.stringify({ pid: 0, started: '', command: 'stack up', since: '' }))
    const lock = createLock({ stateDirectory })
    const held = await lock.acquire('demo', options)
    expect(held.wasLeft).toBe(true)
    await held.release()
    expect((await lock.acquire('demo', options)).wasLeft).toBe(false)
  })

  test('whoever comes after work that was not finished is told, also who waited for it', async () => {
    const lock = createLock({ stateDirectory })
    const held = await lock.acquire('demo', options)
    const waited: string[] = []
    const next = lock.acquire('demo', { command: 'stack up', wait: true, onWait: (holder) => waited.push(holder) })
    await expect.poll(() => waited.length).toBe(1)
    await held.release({ isFinished: false })
    const after = await next
    expect(after.wasLeft).toBe(true)
    await after.release({ isFinished: false })
    const last = await lock.acquire('demo', options)
    expect(last.wasLeft).toBe(true)
    await last.release({ isFinished: true })
    expect((await lock.acquire('demo', options)).wasLeft).toBe(false)
  })

  test('one at a time, and others are told who it is', async () => {
    const lock = createLock({ stateDirectory })
    const held = await lock.acquire('demo', options)
    await expect(lock.acquire('demo', options)).rejects.toThrow(
      `Project "demo" is being changed by "stack up" (process ${process.pid}, since 20`,
    )
    const other = await lock.acquire('other', options)
    await other.release()
    await held.release()
    const again = await lock.acquire('demo', options)
    await again.release()
    expect(await readdir(join(stateDirectory, 'locks'))).toEqual([])
  })

  test('who waits gets it when it is free', async () => {
    const lock = createLock({ stateDirectory })
    const held = await lock.acquire('demo', options)
    const waited: string[] = []
    const next = lock.acquire('demo', { command: 'stack down', wait: true, onWait: (holder) => waited.push(holder) })
    await expect.poll(() => waited).toEqual([`"stack up" (process ${process.pid})`])
    await held.release()
    await (await next).release()
  })

  test('a lock whose process is gone, or is another one by now, holds nobody', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await write(JSON.stringify({ pid: child.pid, started: '1', command: 'stack up', since: 'then' }))
    await (await createLock({ stateDirectory }).acquire('demo', options)).release()
    await write(JSON.stringify({ pid: process.pid, started: 'another time', command: 'stack up', since: 'then' }))
    await (await createLock({ stateDirectory }).acquire('demo', options)).release()
    await write('half of a')
    await (await createLock({ stateDirectory }).acquire('demo', options)).release()
  })

  test('only one of many takes over a lock that was left behind', async () => {
    await write(JSON.stringify({ pid: 1, started: 'never', command: 'stack up', since: 'then' }))
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => createLock({ stateDirectory }).acquire('demo', options)),
    )
    expect(tries.filter((entry) => entry.status === 'fulfilled')).toHaveLength(1)
  })

  test('an abort ends the wait', async () => {
    const lock = createLock({ stateDirectory })
    const held = await lock.acquire('demo', options)
    const controller = new AbortController()
    const waiting = lock.acquire('demo', {
      command: 'stack down',
      wait: true,
      signal: controller.signal,
      onWait: () => controller.abort(new Error('enough')),
    })
    await expect(waiting).rejects.toThrow('enough')
    await held.release()
  })

  test('knows a process by when it started', async () => {
    expect(await readStartTime(process.pid)).toMatch(/./)
    expect(await readStartTime(process.pid)).toBe(await readStartTime(process.pid))
    expect(await readStartTime(2 ** 22 + 5)).toBeUndefined()
  })
})

describe('a state folder that cannot be written to', () => {
  const inTheWay = async (): Promise<string> => {
    const file = join(stateDirectory, 'file')
    await writeFile(file, '')
    return join(file, 'stack')
  }
  const shown = (text: string | undefined): string | undefined => text?.replaceAll(stateDirectory, 'DIR')

  test('the lock is held elsewhere, which is told once, and holds', async () => {
    const places = { stateDirectory: await inTheWay(), elsewhere: [await inTheWay(), join(stateDirectory, 'other')] }
    const lock = createLock(places)
    const held = await lock.acquire('demo', options)
    expect(shown(held.warning?.message)).toBe(
      'Stack cannot write to its folder DIR/file/stack, because the file DIR/file is in its place: the lock of project "demo" is held in DIR/other.',
    )
    await expect(createLock(places).acquire('demo', options)).rejects.toThrow('Project "demo" is being changed by')
    await held.release()
    expect((await lock.acquire('demo', options)).warning).toBeUndefined()
  })

  test('with no place at all it is an error with a name, but for who may go without', async () => {
    const lock = createLock({ stateDirectory: await inTheWay() })
    const error = await lock.acquire('demo', options).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'state/unwritable', exit: 1 })
    expect(shown((error as Error).message)).toBe(
      'Stack cannot write to its folder DIR/file/stack, because the file DIR/file is in its place: it could not keep another Stack from changing project "demo" at the same time, and so did nothing.',
    )
    const free = await lock.acquire('demo', { ...options, mayGoWithout: true })
    expect(shown(free.warning?.message)).toBe(
      'Stack cannot write to its folder DIR/file/stack, because the file DIR/file is in its place: nothing keeps another Stack from changing project "demo" at the same time.',
    )
    await free.release({ isFinished: false })
  })

  test('a place that everybody may write to is not used, nor a link that somebody put there', async () => {
    const open = join(stateDirectory, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    await mkdir(join(stateDirectory, 'target'))
    await symlink(join(stateDirectory, 'target'), join(stateDirectory, 'link'))
    const elsewhere = [open, join(stateDirectory, 'link')]
    const lock = createLock({ stateDirectory: await inTheWay(), elsewhere })
    await expect(lock.acquire('demo', options)).rejects.toMatchObject({ code: 'state/unwritable' })
  })

  test('a folder in the place of the lock, links in a circle and a name too long are told as such', async () => {
    await mkdir(join(stateDirectory, 'locks/demo.lock'), { recursive: true })
    await symlink('circle', join(stateDirectory, 'circle'))
    const why = (folder: string) =>
      createLock({ stateDirectory: folder })
        .acquire('demo', options)
        .then(
          () => 'it was held',
          (error: Error) => shown(error.message)?.replace(/^.*because (.*): it could.*$/, '$1'),
        )
    expect(await why(stateDirectory)).toBe('a folder is in the place of a file there')
    expect(await why(join(stateDirectory, 'circle'))).toBe('links lead in a circle there')
    expect(await why(join(stateDirectory, 'x'.repeat(300)))).toBe('the path is too long')
  })
})
