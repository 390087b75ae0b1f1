import { createHash } from 'node:crypto'
import { watch } from 'node:fs'
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
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
// Who takes a lock over needs a few calls of the file system for it.
const changingMs = 5

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
    for (let isFirst = true; ; isFirst = false) {
      signal?.throwIfAborted()
      const seized = await seize(path, mine)
      if (seized.kind === 'ours') return { wasLeft: seized.wasLeft, release }
      if (seized.kind === 'changing') {
        await setTimeout(changingMs)
        continue
      }
      const { command: other, pid, since } = seized.holder
      if (!wait) throw new StackError('lock/held', { project, command: other, pid, since })
      if (isFirst) onWait?.(`"${other}" (process ${pid})`)
      await nextChange(folder, signal)
    }
  },
})

type Seized =
  | { readonly kind: 'ours'; /** In the place of a holder that is gone. */ readonly wasLeft: boolean }
  | { readonly kind: 'held'; readonly holder: Holder }
  | { readonly kind: 'changing' }

/**
 * Takes a lock that nobody holds, or whose holder is gone. Of many who find the same holder gone only one may take its
 * place: who has the claim to that, which is a lock itself. Who gets the claim late finds somebody else in the place.
 */
const seize = async (path: string, mine: string): Promise<Seized> => {
  if (await create(path, mine)) return { kind: 'ours', wasLeft: false }
  const other = await readHolder(path)
  if (other === undefined) return { kind: 'changing' }
  if (await isAlive(other.value)) return { kind: 'held', holder: other.value }
  const claim = `${path}.${createHash('sha256').update(other.text).digest('hex').slice(0, 12)}`
  if ((await seize(claim, mine)).kind !== 'ours') return { kind: 'changing' }
  try {
    if ((await readHolder(path))?.text !== other.text) return { kind: 'changing' }
    await replace(path, mine)
    return { kind: 'ours', wasLeft: true }
  } finally {
    await unlink(claim)
  }
}

const replace = async (path: string, text: string): Promise<void> => {
  const draft = toDraft(path)
  await writeFile(draft, text, { flag: 'wx' })
  await rename(draft, path)
}

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

/** With `left` the lock stays, of nobody: whoever takes it over knows that what it was held for is unfinished. */
const giveBack = async (path: string, mine: string, left: string | undefined): Promise<void> => {
  const holder = await readHolder(path)
  if (holder?.text !== mine) return
  if (left === undefined) return unlink(path).catch(() => {})
  await replace(path, left)
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
    const timer = globalThis.setTimeout(onChange, lookEveryMs)
    watcher.once('change', onChange)
    watcher.once('error', onChange)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
