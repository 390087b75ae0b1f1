import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agreements } from '../engine/ports/agreements.ts'

/** Kept in a file each below the state folder, which nobody else can read. */
export const createAgreements = (stateDirectory: string): Agreements => {
  const folder = join(stateDirectory, 'watch')
  const toPath = (name: string): string => {
    const digest = createHash('sha256').update(name).digest('hex')
    return join(folder, `${digest.slice(0, 32)}.json`)
  }
  return {
    load: (name) => readFile(toPath(name), 'utf8').catch(() => undefined),
    keep: async (name, text) => {
      const beside = `${toPath(name)}.${randomBytes(4).toString('hex')}`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(beside, text, { mode: 0o600 })
        await rename(beside, toPath(name))
      } catch {
        await rm(beside, { force: true }).catch(() => undefined)
      }
    },
  }
}
