import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import type { ReadResult, Sources } from '../core/compose/sources/sources.ts'
import { toHomeFolder } from '../wire/home-folder.ts'
import { describeFault, isNull } from '../wire/named-file.ts'
import { createGitFetcher } from './git/git.ts'

/** Stack files and env files larger than this are not read. */
const maxBytes = 32 * 1024 * 1024

type Options = {
  /** How long a pipe that has a name is waited for: whoever writes into it may be about to start, or sit on it for ever. */
  readonly patienceMs?: number
}

/**
 * The machine's files as `Sources`. Opening never blocks, and only regular files, standard input and pipes are read; these two
 * once, for what was read of them is gone.
 */
export const createSources = ({ patienceMs = 3000 }: Options = {}): Sources => {
  const once = new Map<string, ReadResult>()
  return {
    read: (path) => {
      const known = once.get(path)
      if (known !== undefined) return known
      const { isOnce, result } = inputs.has(path)
        ? { isOnce: true, result: readDescriptor(0) }
        : readFile(path, patienceMs)
      if (isOnce) once.set(path, result)
      return result
    },
    kept: (path) => {
      const known = once.get(path)
      return known?.ok === true ? known.text : undefined
    },
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

/** Names of standard input. */
const inputs: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

type Read = { readonly isOnce: boolean; readonly result: ReadResult }

const readFile = (path: string, patienceMs: number): Read => {
  const always = (result: ReadResult): Read => ({ isOnce: false, result })
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return always(openFault(error))
  }
  try {
    const stats = fstatSync(descriptor)
    if (stats.isFIFO()) return { isOnce: true, result: readPipe(descriptor, path, patienceMs) }
    if (isNull(path, stats.isCharacterDevice())) return always({ ok: true, text: '' })
    if (stats.isDirectory()) return always({ ok: false, fault: 'directory', detail: 'it is a directory' })
    if (!stats.isFile()) return always({ ok: false, fault: 'special', detail: 'it is no regular file' })
    return always(stats.size > maxBytes ? tooLarge : readDescriptor(descriptor))
  } catch (error) {
    return { isOnce: error === silentPipe, result: openFault(error) }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * A pipe of the shell's (`<(…)`) is read as standard input is. One with a name has a writer, or not, and an end only after
 * something was written.
 */
const readPipe = (descriptor: number, path: string, patienceMs: number): ReadResult => {
  if (/^\/(?:dev\/fd|proc)\//.test(path)) return readDescriptor(descriptor)
  let [waitedMs, before] = [0, 0]
  return readDescriptor(descriptor, (size, pauseMs) => {
    if (size > before) [waitedMs, before] = [0, size]
    if (waitedMs >= patienceMs) throw silentPipe
    waitedMs += pauseMs
  })
}

/** What is thrown, and caught again, where a pipe has kept silent for too long. */
const silentPipe = new Error('nobody writes into it')

const tooLarge: ReadResult = { ok: false, fault: 'too-large', detail: `more than ${maxBytes / 1024 / 1024} MB` }

const openFault = (error: unknown): ReadResult => {
  if (error === silentPipe) return { ok: false, fault: 'silent', detail: 'nobody writes into it' }
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, fault: 'missing', detail: 'it is not there' }
  if (code === 'ENXIO') return { ok: false, fault: 'special', detail: 'it is no regular file' }
  return { ok: false, fault: 'unreadable', detail: describeFault(error as Error) }
}

/** Told of each pause how much has come so far, and how long it is; may end the reading by throwing. Without it an end is an end. */
type OnPause = (size: number, pauseMs: number) => void

const readDescriptor = (descriptor: number, onPause?: OnPause): ReadResult => {
  const chunks: Buffer[] = []
  let [size, pauseMs] = [0, 1]
  for (;;) {
    const chunk = Buffer.allocUnsafe(256 * 1024)
    const count = readChunk(descriptor, chunk)
    if (count === 0 && (onPause === undefined || size > 0)) break
    if (count === 0 || count === undefined) {
      onPause?.(size, pauseMs)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
      pauseMs = Math.min(pauseMs * 2, 20)
      continue
    }
    pauseMs = 1
    size += count
    if (size > maxBytes) return tooLarge
    chunks.push(chunk.subarray(0, count))
  }
  return decode(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
}

/** How many bytes came; undefined while a terminal or a pipe has none yet. */
const readChunk = (descriptor: number, chunk: Buffer): number | undefined => {
  try {
    return readSync(descriptor, chunk, 0, chunk.length, null)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EOF') return 0
    if (code === 'EAGAIN') return undefined
    throw error
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
