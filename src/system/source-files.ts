import { createHash, hash } from 'node:crypto'
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs'
import type { Absent, FolderLook, FolderNames, SourceEntry, SourceFiles } from '../engine/ports/source-files.ts'
import { fromNameBytes, isByteName, toNameBytes } from '../wire/byte-names.ts'
import { readListedFileInPieces } from '../wire/file-content.ts'
import { describeFault } from '../wire/named-file.ts'
import { isFileFailure } from './file-failure.ts'
import { createOpenFiles } from './open-files.ts'

/** The files of this machine, looked at and read at once. */
export const createSourceFiles = (): SourceFiles => {
  const findOpen = createOpenFiles()
  return {
    lookAt: (path) => lookAt(toSystemPath(path)),
    lookInto,
    list,
    read,
    stream,
    hash: (content) => hash('sha256', content, 'hex'),
    digest,
    findOpen: (paths) => findOpen(paths.map((path) => ({ path, at: toSystemPath(path) }))),
  }
}

type SystemPath = string | Buffer

const pieceBytes = 256 * 1024
// A folder that has become another while it was listed is listed again, so many times.
const turns = 8
// What is larger is not held at once.
const largest = 1024 * 1024 * 1024

const gone: Absent = { kind: 'gone' }
const restless: Absent = { kind: 'unreadable', why: 'it is another folder again and again' }
const quiet = { throwIfNoEntry: false } as const

/** Names that are not UTF-8 go to the system as the bytes that they are. */
const toSystemPath = (path: string): SystemPath => (isByteName(path) ? Buffer.from(toNameBytes(path)) : path)

const lookAt = (path: SystemPath, isSecond = false): SourceEntry | Absent => {
  try {
    const stats = lstatSync(path, quiet)
    return stats === undefined ? gone : toEntry(stats, path)
  } catch (error) {
    // What was a link is none any more: it is looked at as what it is now.
    if ((error as NodeJS.ErrnoException).code === 'EINVAL' && !isSecond) return lookAt(path, true)
    return toAbsent(error)
  }
}

/** What keeps a path from being looked at. A link in the way, or in a circle, means that the path leads to nothing. */
const toAbsent = (error: unknown): Absent => {
  if (!isFileFailure(error)) throw error
  if (/^(?:ENOENT|ENOTDIR|ELOOP|ENXIO|ENODEV)$/.test(error.code ?? '')) return gone
  return { kind: 'unreadable', why: describeFault(error).replace(/^[A-Z]+: ([^,]*),.*$/s, '$1') }
}

const toEntry = (stats: Stats, path: SystemPath): SourceEntry | Absent => {
  const { mode, size, mtimeMs, ctimeMs, birthtimeMs, ino, nlink } = stats
  const kind = toKind(mode)
  if (kind === undefined) return gone
  const bits = mode & 0o7777
  if (kind === 'file') return { kind, mode: bits, size, mtimeMs, ctimeMs, inode: ino, links: nlink }
  if (kind === 'directory')
    return { kind, mode: bits, size, mtimeMs, ctimeMs, inode: ino, bornMs: birthtimeMs, links: nlink }
  const linkTarget = fromNameBytes(readlinkSync(path, 'buffer'))
  return { kind, mode: bits, size, mtimeMs, ctimeMs, inode: ino, links: nlink, linkTarget }
}

/** Sockets, pipes and devices are not for copying. */
const toKind = (mode: number): SourceEntry['kind'] | undefined => {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file'
    case constants.S_IFDIR:
      return 'directory'
    case constants.S_IFLNK:
      return 'link'
    default:
      return undefined
  }
}

const lookInto: SourceFiles['lookInto'] = (folder, leaveOut) => {
  for (let turn = 0; turn < turns; turn += 1) {
    const look = lookOnce(folder, leaveOut)
    if (look !== undefined) return look
  }
  return restless
}

const list: SourceFiles['list'] = (folder, leaveOut) => {
  const at = toSystemPath(folder)
  try {
    for (let turn = 0; turn < turns; turn += 1) {
      const listed = readNames(at)
      if (listed !== undefined) return toFolderNames(listed.names, leaveOut)
    }
    return restless
  } catch (error) {
    return toAbsent(error)
  }
}

const toFolderNames = (names: readonly Named[], leaveOut: Parameters<SourceFiles['list']>[1]): FolderNames => {
  const folders: string[] = []
  const others: string[] = []
  for (const named of names) {
    const isFolder = named.isDirectory()
    if (!isFolder && !named.isFile() && !named.isSymbolicLink()) continue
    if (!leaveOut(named.name, isFolder)) (isFolder ? folders : others).push(named.name)
  }
  return { kind: 'names', folders, others }
}

/**
 * What is in the folder; undefined when another thing was in its place at the end. The folder's own times are those from
 * before the listing: what changed in it meanwhile makes them differ.
 */
const lookOnce = (
  folder: string,
  leaveOut: Parameters<SourceFiles['lookInto']>[1],
): FolderLook | Absent | undefined => {
  const at = toSystemPath(folder)
  const entries = new Map<string, SourceEntry>()
  const unreadable: string[] = []
  try {
    const before = lstatSync(at, quiet)
    if (before?.isDirectory() !== true) return gone
    const listed = readNames(at)
    if (listed === undefined) return undefined
    const prefix = folder.endsWith('/') ? folder : `${folder}/`
    const hasBytes = listed.hasBytes || typeof at !== 'string'
    for (const named of listed.names) {
      const { name } = named
      if (leaveOut(name, named.isDirectory())) continue
      const path = prefix + name
      const entry = lookAt(hasBytes ? toSystemPath(path) : path)
      if (entry.kind === 'unreadable') unreadable.push(name)
      else if (entry.kind !== 'gone') entries.set(name, entry)
    }
    const after = lstatSync(at, quiet)
    if (after?.ino !== before.ino || after.dev !== before.dev || after.birthtimeMs !== before.birthtimeMs)
      return undefined
    return { kind: 'folder', self: toEntry(before, at) as SourceEntry, entries, unreadable }
  } catch (error) {
    return toAbsent(error)
  }
}

type Named = Pick<Dirent, 'name' | 'isDirectory' | 'isFile' | 'isSymbolicLink'>

/** Undefined where a file system without kinds in its folders had to look at a name that is not there any more. */
const readNames = (
  folder: SystemPath,
): { readonly names: readonly Named[]; readonly hasBytes: boolean } | undefined => {
  try {
    const names = readdirSync(folder, { withFileTypes: true })
    if (!names.some(({ name }) => name.includes('\ufffd'))) return { names, hasBytes: false }
    const raw = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
    const exact = raw.map((entry) => ({
      name: fromNameBytes(entry.name),
      isDirectory: () => entry.isDirectory(),
      isFile: () => entry.isFile(),
      isSymbolicLink: () => entry.isSymbolicLink(),
    }))
    return { names: exact, hasBytes: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'lstat') return undefined
    throw error
  }
}

const read: SourceFiles['read'] = (path) => {
  const at = toSystemPath(path)
  try {
    // Windows opens links and knows no flag against it.
    if (process.platform === 'win32' && !lstatSync(at).isFile()) return gone
    const descriptor = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { size, mode } = fstatSync(descriptor)
      if (toKind(mode) !== 'file') return gone
      if (size > largest) return { kind: 'unreadable', why: 'it is too large to be read at once' }
      const content = readContent(descriptor, size)
      return { content, entry: toEntry(fstatSync(descriptor), at) as SourceEntry }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    return toAbsent(error)
  }
}

/** At most what the file held when it was opened: one that grows meanwhile shows by its entry that there is more. */
const readContent = (descriptor: number, size: number): Uint8Array => {
  const content = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const count = readSync(descriptor, content, length, size - length, null)
    if (count === 0) break
    length += count
  }
  return content.subarray(0, length)
}

const stream: SourceFiles['stream'] = async function* (path, size) {
  let left = size
  if (left <= 0) return
  for await (const piece of readListedFileInPieces(toSystemPath(path), pieceBytes)) {
    yield piece.length > left ? piece.subarray(0, left) : piece
    left -= piece.length
    if (left <= 0) return
  }
}

const digest: SourceFiles['digest'] = async (path) => {
  const sum = createHash('sha256')
  try {
    for await (const piece of readListedFileInPieces(toSystemPath(path), pieceBytes)) sum.update(piece)
    return sum.digest('hex')
  } catch {
    return undefined
  }
}
