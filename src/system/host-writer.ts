import { createHash, randomBytes } from 'node:crypto'
import { constants, linkSync, lstatSync, mkdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { HostWrite, HostWriter, HostWritten } from '../engine/ports/host-writer.ts'
import type { SourceEntry } from '../engine/ports/source-files.ts'
import { toNameBytes } from '../wire/byte-names.ts'
import { describeFileFailure, isFileFailure } from './file-failure.ts'
import { fromBinary, openFolder, type OpenFolder, placeIn, stepInto, toBinary } from './open-folder.ts'

/** Writes into folders of this machine what comes back from containers. */
export const createHostWriter = (): HostWriter => ({
  write: async (root, change) => {
    const makes = change.to.kind !== 'gone'
    const above = toBinaryName(dirname(root))
    const names = toBinaryName(basename(root) + (change.path === '' ? '' : `/${change.path}`)).split('/')
    const name = names.at(-1) ?? ''
    try {
      if (names.includes('..') || names.includes('')) return { refused: 'its name leads out of the folder' }
      if (makes) await mkdir(fromBinary(above), { recursive: true })
      const folder = await openFolder(above)
      try {
        const use = (inner: OpenFolder): Promise<HostWritten> => writeIn(inner, name, change)
        return await stepInto(folder, names.slice(0, -1), { makes, refuse: () => new Error(inTheWay), use })
      } finally {
        await folder.handle.close()
      }
    } catch (error) {
      return toOutcome(error, root)
    }
  },
})

const toBinaryName = (name: string): string => toBinary(toNameBytes(name))
const inTheWay = 'something else than a folder is on the way to it, and no link is followed'

const toOutcome = (error: unknown, root: string): HostWritten => {
  if (!isFileFailure(error)) return { refused: error instanceof Error ? error.message : String(error) }
  // Somebody else was quicker.
  if (error.code === 'ENOENT' || error.code === 'EEXIST' || error.code === 'ENOTEMPTY') return 'changed'
  return { refused: describeFileFailure(error, dirname(root)) }
}

const writeIn = async (folder: OpenFolder, name: string, change: HostWrite): Promise<HostWritten> => {
  const place = placeIn(folder, name)
  const { to, expected } = change
  switch (to.kind) {
    case 'gone':
      return clear(place, expected) ? 'done' : 'changed'
    case 'directory':
      if (!clear(place, expected)) return 'changed'
      mkdirSync(place)
      return 'done'
    case 'link':
      if (!clear(place, expected)) return 'changed'
      symlinkSync(fromBinary(toBinaryName(to.linkTarget)), place)
      return 'done'
    case 'file': {
      // The name says whose it is where a killed run has left it behind.
      const beside = placeIn(folder, `.stack-back-${randomBytes(6).toString('hex')}`)
      try {
        return (await writeBeside(beside, to, expected)) ? takePlace(beside, place, expected) : 'changed'
      } finally {
        await rm(beside, { force: true })
      }
    }
  }
}

/** Whether it is the same as when it was looked at; a folder is another one only when it is in another's place. */
const isAsExpected = (place: Buffer, expected: SourceEntry | undefined): boolean => {
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (found === undefined || expected === undefined) return found === undefined && expected === undefined
  if (found.ino !== expected.inode) return false
  if (expected.kind === 'directory') return found.isDirectory()
  return (
    (expected.kind === 'file' ? found.isFile() : found.isSymbolicLink()) &&
    found.size === expected.size &&
    found.mtimeMs === expected.mtimeMs &&
    found.ctimeMs === expected.ctimeMs
  )
}

/** Nothing runs between the look and what it is for. */
const clear = (place: Buffer, expected: SourceEntry | undefined): boolean => {
  if (!isAsExpected(place, expected)) return false
  if (expected?.kind === 'directory') rmdirSync(place)
  else if (expected !== undefined) unlinkSync(place)
  return true
}

type ToFile = Extract<HostWrite['to'], { kind: 'file' }>

/** Whether the content was the one that was announced. */
const writeBeside = async (
  beside: Buffer,
  { content, digest, executable }: ToFile,
  expected: SourceEntry | undefined,
): Promise<boolean> => {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(beside, flags, executable ? 0o777 : 0o666)
  try {
    const hash = createHash('sha256')
    for await (const piece of content) {
      hash.update(piece)
      await handle.writeFile(piece)
    }
    if (hash.digest('hex') !== digest) return false
    if (expected?.kind === 'file') await handle.chmod(toMode(expected.mode & 0o777, executable))
    return true
  } finally {
    await handle.close()
  }
}

/** Of modes, only whether a file can be run comes along; whoever could read it can run it then. */
const toMode = (mode: number, executable: boolean): number => {
  if (!executable) return mode & ~0o111
  return (mode & 0o111) === 0 ? mode | ((mode & 0o444) >> 2) : mode
}

const takePlace = (beside: Buffer, place: Buffer, expected: SourceEntry | undefined): HostWritten => {
  if (expected !== undefined) {
    if (!isAsExpected(place, expected)) return 'changed'
    if (expected.kind === 'directory') rmdirSync(place)
    renameSync(beside, place)
    return 'done'
  }
  try {
    // A second name is given only where nothing is; the first one goes.
    linkSync(beside, place)
  } catch (error) {
    if (!isFileFailure(error) || !/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(error.code ?? '')) throw error
    if (!isAsExpected(place, undefined)) return 'changed'
    renameSync(beside, place)
  }
  return 'done'
}
