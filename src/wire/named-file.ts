import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { StackError } from '../core/errors/stack-error.ts'

/** Files that somebody names are small: keys, settings, build files, secrets. */
const defaultLimit = 64 * 1024 * 1024

/**
 * Reads a file that a person or a stack file names. Opening never blocks, and what is no regular file is not read: a pipe may
 * never end, and neither does `/dev/zero`. `/dev/null` is an empty file.
 * @throws Error with a sentence's end as its message (`it is a folder`), and the code of the system's own error where there is one
 */
export const readNamedFile = (path: string, limit: number = defaultLimit): Buffer => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor)
    if (isNull(path, stats.isCharacterDevice())) return Buffer.alloc(0)
    if (stats.isDirectory()) throw new Error('it is a folder')
    if (!stats.isFile()) throw new Error('it is no regular file')
    if (stats.size > limit) throw tooLarge(limit)
    return readAll(descriptor, limit)
  } finally {
    closeSync(descriptor)
  }
}

/** As `readNamedFile`. @throws `file/unusable` */
export const readNeededFile = (path: string): Buffer => {
  try {
    return readNamedFile(path)
  } catch (error) {
    throw new StackError('file/unusable', { path, why: describeFault(error as Error) }, { cause: error })
  }
}

/** Why a file cannot be read, as the end of a sentence. */
export const describeFault = (error: NodeJS.ErrnoException): string => faults[error.code ?? ''] ?? error.message

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is not there',
  ENXIO: 'it is no regular file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'a NUL character stands in its name',
}

/** The device that is always empty, which stands for no file. */
export const isNull = (path: string, isDevice: boolean): boolean => isDevice && path === '/dev/null'

const tooLarge = (limit: number): Error => new Error(`it is larger than ${limit / 1024 / 1024} MB`)

/** Files of the kernel say that they have no size, so what comes is counted. */
const readAll = (descriptor: number, limit: number): Buffer => {
  const chunks: Buffer[] = []
  for (let size = 0; ;) {
    const chunk = Buffer.allocUnsafe(256 * 1024)
    const count = readSync(descriptor, chunk, 0, chunk.length, null)
    if (count === 0) return Buffer.concat(chunks)
    size += count
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk.subarray(0, count))
  }
}
