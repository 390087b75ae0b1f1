import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HashOptions } from '../../core/project/config-hash.ts'
import type { Project } from '../../core/project/project.ts'

/** What the planner needs to see a change: a hash, and the content of the files behind configs and secrets. */
export const createHashOptions = (project: Project): HashOptions => {
  const files = [...Object.values(project.configs), ...Object.values(project.secrets)].flatMap(({ file }) =>
    file === undefined ? [] : [file],
  )
  return {
    digest: sha256,
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
