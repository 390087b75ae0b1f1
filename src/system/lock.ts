import { watch } from 'node:fs'
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError } from '../core/errors/stack-error.ts'
import type { Lock } from '../engine/ports.ts'
import { readStartTime } from './process-identity.ts'

type Holder = {
  readonly pid: number
  /** Of the process: its id alone may belong to another one by now. */
  readonly started: string
  readonly command: string
  readonly since: string
}

// Someone who was killed leaves no word behind: that often we look whether the holder is still there.
const lookEveryMs = 500

/**
 * One writer for each project: a file that is created complete or not at all. A lock whose process is gone is taken over.
 * Readers take none.
 */
export const createLock = ({ stateDirectory }: { readonly stateDirectory: string }): Lock => ({
  acquire: async (project, { command, wait, signal, onWait }) => {
    const folder = join(stateDirectory, 'locks')
    const path = join(folder, `${project}.lock`)
    await mkdir(folder, { recursive: true })
    const mine = JSON.stringify({ pid: process.pid, started: (await readStartTime(process.pid)) ?? '', command, since: new Date().toISOString() } satisfies Holder)
    let wasLeft = false
    for (let isFirst = true; ; isFirst = false) {
      signal?.throwIfAborted()
      if (await create(path, mine)) return { wasLeft, release: () => release(path, mine) }
      const holder = await readHolder(path)
      if (holder === undefined) continue
      if (!(await isAlive(holder.value))) {
        await takeAway(path, holder.text)
        wasLeft = true
      } else if (wait) {
        if (isFirst) onWait?.(`"${holder.value.command}" (process ${holder.value.pid})`)
        await nextChange(folder, signal)
      } else throw new StackError('lock/held', { project, command: holder.value.command, pid: holder.value.pid, since: holder.value.since })
    }
  },
})

/** Written beside and linked to its place: whoever sees the lock sees all of it, and only one can make it. */
const create = async (path: string, text: string): Promise<boolean> => {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(draft, text, { flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await unlink(draft)
  }
}

const readHolder = async (path: string): Promise<{ readonly text: string; readonly value: Holder } | undefined> => {
  try {
    const text = await readFile(path, 'utf8')
    return { text, value: parseHolder(text) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** What cannot be read holds nothing: no process has the id 0. */
const parseHolder = (text: string): Holder => {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    return { pid: Number(value.pid ?? 0), started: String(value.started ?? ''), command: String(value.command ?? ''), since: String(value.since ?? '') }
  } catch {
    return { pid: 0, started: '', command: '', since: '' }
  }
}

const isAlive = async (holder: Holder): Promise<boolean> => holder.pid > 0 && (await readStartTime(holder.pid)) === holder.started

/** Two may find the same dead holder: the lock is moved aside, and put back when it turns out to be somebody's by now. */
const takeAway = async (path: string, dead: string): Promise<void> => {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const text = await readFile(aside, 'utf8')
  if (text !== dead) await link(aside, path).catch(() => {})
  await unlink(aside)
}

const release = async (path: string, mine: string): Promise<void> => {
  const holder = await readHolder(path)
  if (holder?.text === mine) await unlink(path).catch(() => {})
}

/** Resolves when something changed in the folder, or after a while. */
const nextChange = (folder: string, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const watcher = watch(folder)
    const end = (): void => {
      watcher.close()
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const onChange = (): void => {
      end()
      resolve()
    }
    const onAbort = (): void => {
      end()
      reject(signal?.reason)
    }
    const timer = setTimeout(onChange, lookEveryMs)
    watcher.once('change', onChange)
    watcher.once('error', onChange)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
