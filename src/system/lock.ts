import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { link, lstat, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { StackError } from '../core/errors/stack-error.ts'
import type { HeldLock, Lock } from '../engine/ports/lock.ts'
import { describeFileFailure, isFileFailure } from './file-failure.ts'
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

type Places = {
  readonly stateDirectory: string
  /** Folders in which a lock is held when it cannot be held there. */
  readonly elsewhere?: readonly string[]
}
type Wanted = Parameters<Lock['acquire']>[1]

/**
 * One writer for each project: a file that is created complete or not at all. A lock whose process is gone is taken over.
 * Readers take none.
 */
export const createLock = ({ stateDirectory, elsewhere = [] }: Places): Lock => {
  let isTold = false
  return {
    acquire: async (project, wanted) => {
      let first: NodeJS.ErrnoException | undefined
      const toError = (more: { elsewhere?: string; goesOn: boolean }): StackError => {
        const why = first === undefined ? '' : describeFileFailure(first, stateDirectory)
        return new StackError('state/unwritable', { folder: stateDirectory, why, project, ...more }, { cause: first })
      }
      const tellOnce = (error: StackError): { readonly warning?: StackError } => {
        if (isTold) return {}
        isTold = true
        return { warning: error }
      }
      for (const place of [stateDirectory, ...elsewhere]) {
        try {
          if (place !== stateDirectory) await makePrivate(place)
          const held = await acquireIn(join(place, 'locks'), project, wanted)
          return first === undefined ? held : { ...held, ...tellOnce(toError({ elsewhere: place, goesOn: true })) }
        } catch (error) {
          if (wanted.signal?.aborted === true || !isFileFailure(error)) throw error
          first ??= error
        }
      }
      if (wanted.mayGoWithout !== true) throw toError({ goesOn: false })
      return { release: () => Promise.resolve(), ...tellOnce(toError({ goesOn: true })) }
    },
  }
}

/** A folder in a place that all may write to, which nobody else has put there. */
const makePrivate = async (folder: string): Promise<void> => {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const stats = await lstat(folder)
  if (stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid) && (stats.mode & 0o022) === 0) return
  throw Object.assign(new Error(`EACCES: permission denied, mkdir '${folder}'`), { code: 'EACCES', syscall: 'mkdir' })
}

const acquireIn = async (
  folder: string,
  project: string,
  { command, wait, signal, onWait }: Wanted,
): Promise<HeldLock> => {
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
    const seized = await seize(path, mine).catch((error: unknown) => seeHolder(path, error))
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
}

/** Where nothing can be written, another one may hold the lock all the same. */
const seeHolder = async (path: string, error: unknown): Promise<Seized> => {
  const other = isFileFailure(error) ? await readHolder(path).catch(() => undefined) : undefined
  if (other === undefined || !(await isAlive(other.value))) throw error
  return { kind: 'held', holder: other.value }
}

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
    await unlink(claim).catch(() => {})
  }
}

const replace = async (path: string, text: string): Promise<void> => {
  const draft = toDraft(path)
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => {})
    throw error
  }
}

const toDraft = (path: string): string => `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`

/** Written beside and linked to its place: whoever sees the lock sees all of it, and only one can make it. */
const create = async (path: string, text: string): Promise<boolean> => {
  const draft = toDraft(path)
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await unlink(draft).catch(() => {}) // on a full disk it may not even have come about
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

/**
 * With `left` the lock stays, of nobody: whoever takes it over knows that what it was held for is unfinished. A file that
 * cannot be changed any more is of a process that is gone in a moment, which says the same.
 */
const giveBack = async (path: string, mine: string, left: string | undefined): Promise<void> => {
  try {
    const holder = await readHolder(path)
    if (holder?.text !== mine) return
    await (left === undefined ? unlink(path) : replace(path, left))
  } catch (error) {
    if (!isFileFailure(error)) throw error
  }
}

/** Resolves when something changed in the folder, or after a while. */
const nextChange = (folder: string, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const watcher = tryWatch(folder)
    const end = (): void => {
      watcher?.close()
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
    watcher?.once('change', onChange)
    watcher?.once('error', onChange)
    signal?.addEventListener('abort', onAbort, { once: true })
  })

/** A system whose watches are used up lets nobody watch: then the time of a look has to do. */
const tryWatch = (folder: string): FSWatcher | undefined => {
  try {
    return watch(folder)
  } catch {
    return undefined
  }
}
