import { watch } from 'node:fs'
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError } from '../core/errors/stack-error.ts'
import type { HeldLock, Lock } from '../engine/ports/lock.ts'
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
    const holder: Holder = {
      pid: process.pid,
      started: (await readStartTime(process.pid)) ?? '',
      command,
      since: new Date().toISOString(),
    }
    const mine = JSON.stringify(holder)
    const release: HeldLock['release'] = ({ isFinished = true } = {}) =>
      giveBack(path, mine, isFinished ? undefined : JSON.stringify({ ...holder, pid: nobody } satisfies Holder))
    let wasLeft = false
    for (let isFirst = true; ; isFirst = false) {
      signal?.throwIfAborted()
      if (await create(path, mine)) return { wasLeft, release }
      const other = await readHolder(path)
      if (other === undefined) continue
      if (!(await isAlive(other.value))) {
        await takeAway(path, other.text)
        wasLeft = true
      } else if (wait) {
        if (isFirst) onWait?.(`"${other.value.command}" (process ${other.value.pid})`)
        await nextChange(folder, signal)
      } else
        throw new StackError('lock/held', {
          project,
          command: other.value.command,
          pid: other.value.pid,
          since: other.value.since,
        })
    }
  },
})

const toDraft = (path: string): string => `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`

/** Written beside and linked to its place: whoever sees the lock sees all of it, and only one can make it. */
const create = async (path: string, text: string): Promise<boolean> => {
  const draft = toDraft(path)
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

/** No process has this id: a lock of it holds nothing, and says that something is unfinished. */
const nobody = 0

/** What cannot be read holds nothing. */
const parseHolder = (text: string): Holder => {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    return {
      pid: Number(value.pid ?? nobody),
      started: String(value.started ?? ''),
      command: String(value.command ?? ''),
      since: String(value.since ?? ''),
    }
  } catch {
    return { pid: nobody, started: '', command: '', since: '' }
  }
}

const isAlive = async (holder: Holder): Promise<boolean> =>
  holder.pid !== nobody && (await readStartTime(holder.pid)) === holder.started

/** Two may find the same dead holder: the lock is moved aside, and put back when it turns out to be somebody's by now. */
const takeAway = async (path: string, dead: string): Promise<void> => {
  const aside = toDraft(path)
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

/** With `left` the lock stays, of nobody: whoever takes it over knows that what it was held for is unfinished. */
const giveBack = async (path: string, mine: string, left: string | undefined): Promise<void> => {
  const holder = await readHolder(path)
  if (holder?.text !== mine) return
  if (left === undefined) return unlink(path).catch(() => {})
  const draft = toDraft(path)
  await writeFile(draft, left, { flag: 'wx' })
  await rename(draft, path)
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
