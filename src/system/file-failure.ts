import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether the file system said no: full, read-only, another's, or in the way. Anything else is a bug of ours. */
export const isFileFailure = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error

/** The same as a whole half sentence. */
export const describeUnwritable = (error: NodeJS.ErrnoException, folder: string): string =>
  `${folder} cannot be written to, because ${describeFileFailure(error, folder)}`

/** Why a folder cannot be written to, as half a sentence. */
export const describeFileFailure = (error: NodeJS.ErrnoException, folder: string): string => {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there'
    case 'EROFS':
      return 'its file system is read-only'
    case 'ENOSPC':
      return 'the disk is full'
    case 'EDQUOT':
      return "this user's share of the disk is used up"
    case 'ENOTDIR':
    case 'EEXIST':
      return `${findObstacle(folder) ?? error.path ?? folder} is in its place`
    case 'EISDIR':
      return 'a folder is in the place of a file there'
    case 'ELOOP':
      return 'links lead in a circle there'
    case 'ENAMETOOLONG':
      return 'the path is too long'
    default:
      return `the system says "${error.message.replace(/^\w+: ([^,]*).*$/s, '$1')}"`
  }
}

/** What stands where a folder should be. */
const findObstacle = (folder: string): string | undefined => {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const stats = statSync(at, { throwIfNoEntry: false })
      if (stats !== undefined) return stats.isDirectory() ? undefined : `the file ${at}`
    } catch {
      // one of those above it is
    }
  }
  return undefined
}
