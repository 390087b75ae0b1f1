import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, resolve, sep } from 'node:path'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Runtime } from '../../engine/ports/runtime.ts'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import { readTar } from '../../wire/read-tar.ts'
import { readListedFileInPieces } from '../../wire/file-content.ts'
import { writeTar, type StreamedEntry } from '../../wire/write-tar.ts'
import type { CliContext } from '../context.ts'
import { createUsageError } from '../usage-error.ts'
import { writeOut } from '../screen/write-out.ts'
import { toBinary } from '../../system/open-folder.ts'
import { unpack } from './unpack.ts'

export type CopyOptions = {
  readonly container: ObservedContainer
  readonly from: string
  readonly to: string
  readonly followLink: boolean
  /** Looks at both sides, so that what would fail fails, and copies nothing. */
  readonly dryRun: boolean
}

/** Go's bit for a folder in a file mode, which the engine sends. */
const folderBit = 0x8000_0000
const isFolderMode = (mode: number): boolean => Math.floor(mode / folderBit) % 2 === 1

/** A path in a container → here; `-` writes the archive to standard output. Rules: docker/cli `cli/command/container/cp.go`. */
export const copyFromContainer = async (
  context: CliContext,
  { container, from, to, followLink, dryRun }: CopyOptions,
): Promise<void> => {
  const runtime = await context.runtime()
  // An archive that is not read to its end keeps the connection open: it is ended with this.
  const leaving = new AbortController()
  const call = { signal: AbortSignal.any([context.signal, leaving.signal]) }
  try {
    let found = await runtime.getArchive(container.id, from, call)
    if (followLink && found.stat.linkTarget !== '')
      found = await runtime.getArchive(container.id, found.stat.linkTarget, call)
    await extract(context, found, { from, to, dryRun, source: `${container.name}:${from}` })
  } finally {
    leaving.abort()
  }
}

type Archive = Awaited<ReturnType<Runtime['getArchive']>>

const extract = async (
  context: CliContext,
  found: Archive,
  { from, to, dryRun, source }: Pick<CopyOptions, 'from' | 'to' | 'dryRun'> & { readonly source: string },
): Promise<void> => {
  if (to === '-') {
    if (dryRun) return
    for await (const chunk of found.tar) await writeOut(process.stdout, chunk, { signal: context.signal })
    return
  }
  const isFolder = isFolderMode(found.stat.mode)
  const target = await toLocalTarget(resolve(context.workingDirectory, to), {
    name: basename(from),
    contentOnly: isFolder && /(^|\/)\.$/.test(from),
    endsWithSlash: /[/\\]$/.test(to),
    isFolder,
  })
  if (dryRun) return
  await unpack(readTar(found.tar, source), target)
}

type LocalTarget = {
  readonly name: string
  readonly contentOnly: boolean
  readonly endsWithSlash: boolean
  readonly isFolder: boolean
}

/**
 * Where the root of the archive goes: into a folder that is there, or under the name that was given. Links of that name are
 * followed, for it was given; what is below it is `unpack`'s.
 */
const toLocalTarget = async (
  path: string,
  { name, contentOnly, endsWithSlash, isFolder }: LocalTarget,
): Promise<{ readonly folder: string; readonly name?: string }> => {
  const place = await followNamed(path)
  const existing = await stat(place).catch(() => undefined)
  if (existing?.isDirectory() === true)
    return { folder: toBinaryPath(place), ...(contentOnly ? {} : { name: toBinaryPath(name) }) }
  if (existing !== undefined && isFolder)
    throw createUsageError({ detail: `A folder cannot be copied over the file ${path}.` }, 'cp')
  if (existing?.isFile() === false)
    throw createUsageError({ detail: `${path} is a device, a pipe or a socket, and a file belongs here.` }, 'cp')
  if (existing === undefined && endsWithSlash && !isFolder)
    throw createUsageError({ detail: `There is no folder ${path}.` }, 'cp')
  const parent = await stat(dirname(place)).catch(() => undefined)
  if (parent?.isDirectory() !== true) throw createUsageError({ detail: `There is no folder ${dirname(place)}.` }, 'cp')
  return { folder: toBinaryPath(dirname(place)), name: toBinaryPath(basename(place)) }
}

const toBinaryPath = (path: string): string => toBinary(Buffer.from(path))

/** As many as Linux follows. */
const maxLinks = 40

/** What links at the end of a path lead to, be it there or not. */
const followNamed = async (path: string): Promise<string> => {
  let place = path
  for (let count = 0; count < maxLinks; count += 1) {
    const target = await readlink(place).catch(() => undefined)
    if (target === undefined) return place
    place = resolve(await realpath(dirname(place)), target)
  }
  throw createUsageError({ detail: `The links of ${path} lead in a circle.` }, 'cp')
}

/** A path here, or an archive on standard input, → a container. */
export const copyToContainer = async (
  context: CliContext,
  { container, from, to, followLink, copyOwner, dryRun }: CopyOptions & { readonly copyOwner: boolean },
): Promise<void> => {
  const runtime = await context.runtime()
  const call = { signal: context.signal, copyOwner }
  if (from === '-') return dryRun ? undefined : runtime.putArchive(container.id, to, process.stdin, call)
  const source = resolve(context.workingDirectory, from)
  const info = await (followLink ? stat : lstat)(source).catch(() => undefined)
  if (info === undefined) throw createUsageError({ detail: `There is no ${source} to copy.` }, 'cp')
  const contentOnly = info.isDirectory() && /(^|[/\\])\.$/.test(from)
  const place = await toContainerPlace(context, {
    container,
    to,
    name: basename(source),
    contentOnly,
    isFolder: info.isDirectory(),
  })
  if (dryRun) return
  await runtime.putArchive(
    container.id,
    place.folder,
    writeTar(
      listEntries(Buffer.from(followLink ? await realpath(source) : source), {
        name: Buffer.from(place.name),
        copyOwner,
      }),
    ),
    call,
  )
}

type Place = {
  readonly container: ObservedContainer
  readonly to: string
  readonly name: string
  readonly contentOnly: boolean
  readonly isFolder: boolean
}

/** The folder in the container that takes the archive, and the name of its root there. */
const toContainerPlace = async (
  context: CliContext,
  { container, to, name, contentOnly, isFolder }: Place,
): Promise<{ readonly folder: string; readonly name: string }> => {
  const path = to.startsWith('/') ? to : `/${to}`
  const found = await statInContainer(context, container, path)
  if (found === 'folder') return contentOnly ? { folder: path, name: '.' } : { folder: path, name }
  if (found === 'file' && isFolder)
    throw createUsageError({ detail: `A folder cannot be copied over the file ${path} of ${container.name}.` }, 'cp')
  if (found === undefined && path.endsWith('/') && !isFolder)
    throw createUsageError({ detail: `There is no folder ${path} in ${container.name}.` }, 'cp')
  const trimmed = path.replace(/\/+$/, '')
  const folder = trimmed.slice(0, trimmed.lastIndexOf('/')) || '/'
  if (found === undefined && (await statInContainer(context, container, folder)) !== 'folder')
    throw createUsageError({ detail: `There is no folder ${folder} in ${container.name}.` }, 'cp')
  return { folder, name: trimmed.slice(trimmed.lastIndexOf('/') + 1) }
}

const statInContainer = async (
  context: CliContext,
  container: ObservedContainer,
  path: string,
): Promise<'folder' | 'file' | undefined> => {
  const runtime = await context.runtime()
  const leaving = new AbortController()
  try {
    const { stat: info } = await runtime.getArchive(container.id, path, {
      signal: AbortSignal.any([context.signal, leaving.signal]),
    })
    if (info.linkTarget !== '' && info.linkTarget !== path)
      return await statInContainer(context, container, info.linkTarget)
    return isFolderMode(info.mode) ? 'folder' : 'file'
  } catch (error) {
    if (error instanceof StackError && error.code === 'engine/not-found') return undefined
    throw error
  } finally {
    // The archive itself is not wanted.
    leaving.abort()
  }
}

type Listing = { readonly name: Buffer; readonly copyOwner: boolean }

const listEntries = async function* (path: Buffer, { name, copyOwner }: Listing): AsyncGenerator<StreamedEntry> {
  const info = await lstat(path)
  const isRoot = name.equals(Buffer.from('.'))
  const entry = {
    path: name,
    mode: info.mode & 0o7777,
    mtimeSeconds: info.mtimeMs / 1000,
    ...(copyOwner ? { uid: info.uid, gid: info.gid } : {}),
  }
  if (info.isSymbolicLink()) yield { ...entry, kind: 'link', linkTarget: await readlink(path, { encoding: 'buffer' }) }
  else if (info.isDirectory()) {
    if (!isRoot) yield { ...entry, kind: 'directory' }
    for (const child of (await readdir(path, { encoding: 'buffer' })).sort(Buffer.compare))
      yield* listEntries(joinNames(path, child), {
        name: isRoot ? child : joinNames(name, child),
        copyOwner,
      })
  } else if (info.isFile())
    yield { ...entry, kind: 'file', stream: { size: info.size, open: () => readListedFileInPieces(path) } }
}

const joinNames = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from(sep), name])
