import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StackError } from '../core/errors/stack-error.ts'

/** What was listed as a file is opened as one: a link or a pipe that somebody has put in its place meanwhile is not. */
const openFile = async (path: string | Buffer): Promise<FileHandle> => {
  const changed = (cause?: unknown): StackError =>
    new StackError('archive/changed', { path: path.toString() }, { cause })
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' || error.code === 'ENXIO' ? changed(error) : error
  })
  const stats = await handle.stat()
  if (stats.isFile()) return handle
  await handle.close()
  throw changed()
}

/** The whole content of what was listed as a file. */
export const readListedFile = async (path: string): Promise<Buffer> => {
  const handle = await openFile(path)
  try {
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/** The content of what was listed as a file, in pieces of at most so many bytes. */
export const readListedFileInPieces = async function* (
  path: string | Buffer,
  pieceBytes = 64 * 1024,
): AsyncGenerator<Buffer> {
  const handle = await openFile(path)
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      if (bytesRead < pieceBytes) return
    }
  } finally {
    await handle.close()
  }
}
