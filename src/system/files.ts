import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import type { ReadResult, Sources } from '../core/compose/sources/sources.ts'
import { toHomeFolder } from '../wire/home-folder.ts'
import { createGitFetcher } from './git/git.ts'

/** Stack files and env files larger than this are not read. */
const maxBytes = 4 * 1024 * 1024

type Options = { readonly signal?: AbortSignal }

/** The machine's files as `Sources`. Opening never blocks (pipes, devices), and only regular files and stdin are read. */
export const createSources = (_options: Options = {}): Sources => {
  let stdin: ReadResult | undefined
  return {
    read: (path) => (path === '-' ? (stdin ??= readDescriptor(0)) : readFile(path)),
    kindOf,
    realpath: followLinks,
    home: toHomeFolder(process.env),
    fetchGit: createGitFetcher(),
  }
}

const kindOf = (path: string): 'file' | 'directory' | 'other' | undefined => {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other'
  } catch {
    return undefined // a name that no file can have, links in a circle, a folder that may not be entered: reading it says why
  }
}

/** Follows links as far as the path exists and keeps the rest as it is written. */
const followLinks = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const slash = path.lastIndexOf('/')
    return slash <= 0 ? path : `${followLinks(path.slice(0, slash)).replace(/\/$/, '')}${path.slice(slash)}`
  }
}

const readFile = (path: string): ReadResult => {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return openFault(error)
  }
  try {
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) return { ok: false, fault: 'directory', detail: 'it is a directory' }
    if (!stats.isFile()) return { ok: false, fault: 'special', detail: 'it is no regular file' }
    if (stats.size > maxBytes) return tooLarge
    return readDescriptor(descriptor)
  } catch (error) {
    return openFault(error)
  } finally {
    closeSync(descriptor)
  }
}

const tooLarge: ReadResult = { ok: false, fault: 'too-large', detail: `more than ${maxBytes / 1024 / 1024} MB` }

const openFault = (error: unknown): ReadResult => {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, fault: 'missing', detail: 'it is not there' }
  if (code === 'ENXIO') return { ok: false, fault: 'special', detail: 'it is no regular file' }
  return { ok: false, fault: 'unreadable', detail: reasons[code ?? ''] ?? (error as Error).message }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'a NUL character stands in its name',
}

const readDescriptor = (descriptor: number): ReadResult => {
  const chunks: Buffer[] = []
  let size = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(256 * 1024)
    const count = readChunk(descriptor, chunk)
    if (count === 0) break
    size += count
    if (size > maxBytes) return tooLarge
    chunks.push(chunk.subarray(0, count))
  }
  return decode(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
}

const readChunk = (descriptor: number, chunk: Buffer): number => {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EOF') return 0
      // A terminal or pipe as stdin that is not ready yet: wait a moment without spinning.
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

const decode = (bytes: Buffer): ReadResult => {
  const nul = bytes.indexOf(0)
  if (nul !== -1 && !isUtf16(bytes))
    return { ok: false, fault: 'nul', detail: `byte ${nul + 1}`, ...positionOf(bytes, nul) }
  try {
    if (isUtf16(bytes))
      return {
        ok: true,
        text: new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be', { fatal: true }).decode(bytes),
      }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    const offset = firstInvalid(bytes)
    return {
      ok: false,
      fault: 'not-text',
      detail: `byte ${offset + 1} does not belong to a character`,
      ...positionOf(bytes, offset),
    }
  }
}

const positionOf = (bytes: Buffer, offset: number): { line: number; column: number } => {
  const before = bytes.subarray(0, offset).toString('utf8')
  return { line: before.split('\n').length, column: offset === 0 ? 1 : before.length - before.lastIndexOf('\n') }
}

/** YAML may be UTF-16 with a mark at its start. */
const isUtf16 = (bytes: Buffer): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

const firstInvalid = (bytes: Buffer): number => {
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (withoutBrokenEnd(bytes.subarray(0, middle)).includes('\uFFFD')) high = middle - 1
    else low = middle
  }
  return Math.min(Buffer.byteLength(withoutBrokenEnd(bytes.subarray(0, low))), bytes.length - 1)
}

/** A cut may go through a character: what is broken at the very end is left out. */
const withoutBrokenEnd = (bytes: Buffer): string => bytes.toString('utf8').replace(/\uFFFD{1,3}$/, '')
