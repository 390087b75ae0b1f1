import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Between two looks whether the other one is done. */
const LOOK_MS = 20

type Options = { readonly timeoutMs: number }

/**
 * Does something in a folder while no other process does: a file beside it names the one that is at work. One that died
 * there is no hindrance. Synchronous, as the loading of a stack file is.
 * @returns what `work` returned; undefined when somebody else was at work all the time
 */
export const withFolderLock = <T>(folder: string, work: () => T, { timeoutMs }: Options): T | undefined => {
  const path = `${folder}.lock`
  const end = Date.now() + timeoutMs
  while (!seize(path)) {
    if (Date.now() > end) return undefined
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS)
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

const aside = (path: string): string => `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`

/**
 * Takes a lock that nobody holds, or whose holder is gone. Of many who find it gone only one may take its place: who has
 * the claim to that, which is a lock itself.
 */
const seize = (path: string): boolean => {
  if (take(path)) return true
  const holder = readHolder(path)
  if (holder === undefined || isAlive(holder)) return false
  const claim = `${path}.${Number(holder) || 0}`
  if (!seize(claim)) return false
  try {
    if (readHolder(path) !== holder) return false
    const draft = aside(path)
    writeFileSync(draft, String(process.pid))
    renameSync(draft, path)
    return true
  } finally {
    rmSync(claim, { force: true })
  }
}

/** Written beside and linked to its place: whoever sees it sees all of it, and only one can make it. */
const take = (path: string): boolean => {
  const draft = aside(path)
  writeFileSync(draft, String(process.pid))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

const readHolder = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const isAlive = (holder: string): boolean => {
  const pid = Number(holder)
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
