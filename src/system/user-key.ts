import { createHmac, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toStateDirectory } from './state-directory.ts'

/** A key of this person's own, and the name under which it is known, which tells nothing of it. */
export type UserKey = { readonly id: string; readonly digest: (text: string) => string }

type Options = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Makes one where there is none yet. */
  readonly make: boolean
}

/** The key in the state folder, which nobody else can read. Undefined where none is and none can be kept. */
export const openUserKey = ({ environment, make }: Options): UserKey | undefined => {
  try {
    const folder = toStateDirectory(environment)
    const path = join(folder, 'key')
    const text = readKey(path) ?? (make ? makeKey(folder, path) : undefined)
    if (text === undefined) return undefined
    const key = Buffer.from(text, 'hex')
    const digest = (words: string): string => createHmac('sha256', key).update(words).digest('hex')
    return { id: digest('the name of this key').slice(0, 8), digest }
  } catch {
    return undefined // a folder that cannot be written to or read: Stack goes on without
  }
}

const keyBytes = 32

const readKey = (path: string): string | undefined => {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text.length === keyBytes * 2 && /^[0-9a-f]+$/.test(text) ? text : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** It is there whole or not at all; of two runs that make one at once, both take the first. */
const makeKey = (folder: string, path: string): string | undefined => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // Something that is no key is replaced; a key that another run has made meanwhile is taken.
    if (readKey(path) === undefined) renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(path)
}
