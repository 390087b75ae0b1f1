import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HashOptions } from '../../core/project/config-hash.ts'
import type { Project } from '../../core/project/project.ts'
import { openUserKey } from '../../system/user-key.ts'

type KeyOptions = Parameters<typeof openUserKey>[0]

/**
 * What the planner needs to see a change: a hash, the content of the files behind configs and secrets, and the key of whoever
 * runs Stack, which only those make who make containers.
 */
export const createHashOptions = (project: Project, key: KeyOptions): HashOptions => {
  const files = [...Object.values(project.configs), ...Object.values(project.secrets)].flatMap(({ file }) =>
    file === undefined ? [] : [file],
  )
  const partKey = openUserKey(key)
  return {
    digest: sha256,
    ...(partKey === undefined ? {} : { partKey }),
    fileDigests: new Map(files.flatMap((file) => toFileDigest(file))),
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const toFileDigest = (file: string): readonly (readonly [string, string])[] => {
  try {
    return [[file, createHash('sha256').update(readFileSync(file)).digest('hex')]]
  } catch {
    return [] // a folder, or a file that is missing: the engine says so when it mounts it
  }
}
