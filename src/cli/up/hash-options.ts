import { createHash } from 'node:crypto'
import { isAbsolute, resolve } from 'node:path'
import type { HashOptions } from '../../core/project/config-hash.ts'
import type { ImageParents } from '../../core/project/image-parents.ts'
import { toParents } from '../../engine/dockerfile/base-images.ts'
import type { Project } from '../../core/project/project.ts'
import { openUserKey } from '../../system/user-key.ts'
import { readNamedFile } from '../../wire/named-file.ts'

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

/** Which services' images are built from which: their Dockerfiles are read where more than one is built. */
export const readImageParents = (project: Project): ImageParents => {
  const built = Object.entries(project.services).filter(([, { build }]) => build !== undefined)
  if (built.length < 2) return new Map()
  const texts = built.flatMap(([name, { build = {} }]) => {
    const { context = '', dockerfile = 'Dockerfile', dockerfile_inline: inline } = build
    // Contexts elsewhere than on this machine are no absolute paths.
    const text = inline ?? (isAbsolute(context) ? readText(resolve(context, dockerfile)) : undefined)
    return text === undefined ? [] : [[name, text] as const]
  })
  return toParents(project, new Map(texts))
}

const readText = (file: string): string | undefined => {
  try {
    return readNamedFile(file).toString('utf8')
  } catch {
    return undefined // the builder says so
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const toFileDigest = (file: string): readonly (readonly [string, string])[] => {
  try {
    return [[file, createHash('sha256').update(readNamedFile(file)).digest('hex')]]
  } catch {
    return [] // a folder, a device, or a file that is missing: the engine says so when it mounts it
  }
}
