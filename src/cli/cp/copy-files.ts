import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, lchown, link, lstat, mkdir, readdir, readlink, rm, stat, symlink, utimes } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Runtime } from '../../engine/ports/runtime.ts'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import { readTar, type TarItem } from '../../wire/read-tar.ts'
import { writeTar, type StreamedEntry } from '../../wire/write-tar.ts'
import type { CliContext } from '../context.ts'
import { createUsageError } from '../usage-error.ts'
import { writeOut } from '../screen/write-out.ts'

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
  for await (const item of readTar(found.tar, source)) await writeItem(item, toBinary(Buffer.from(target)))
}

type LocalTarget = {
  readonly name: string
  readonly contentOnly: boolean
  readonly endsWithSlash: boolean
  readonly isFolder: boolean
}

/** Where the root of the archive goes: into a folder that is there, or under the name that was given. */
const toLocalTarget = async (
  path: string,
  { name, contentOnly, endsWithSlash, isFolder }: LocalTarget,
): Promise<string> => {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory() === true) return contentOnly ? path : join(path, name)
  if (existing !== undefined && isFolder)
    throw createUsageError({ detail: `A folder cannot be copied over the file ${path}.` }, 'cp')
  if (existing === undefined && endsWithSlash && !isFolder)
    throw createUsageError({ detail: `There is no folder ${path}.` }, 'cp')
  const parent = await stat(dirname(path)).catch(() => undefined)
  if (parent?.isDirectory() !== true) throw createUsageError({ detail: `There is no folder ${dirname(path)}.` }, 'cp')
  return path
}

/** A name that may be no UTF-8, as a text of one character a byte, and back: nothing else keeps it as it is. */
const toBinary = (name: Buffer): string => name.toString('latin1')
const fromBinary = (name: string): Buffer => Buffer.from(name, 'latin1')

/** @param target the place of the archive's root, in binary as all names here */
const writeItem = async (item: TarItem, target: string): Promise<void> => {
  const toPath = (name: Buffer): string => {
    const inner = toBinary(name).replace(/^[^/]*\/*|\/+$/g, '')
    const place = inner === '' ? target : join(target, inner)
    // An archive must not lead out of the folder that was named.
    if (place !== target && !place.startsWith(target + sep))
      throw new StackError('engine/refused', { what: 'copy files', why: `the archive has the path ${name.toString()}` })
    return place
  }
  const path = fromBinary(toPath(item.path))
  switch (item.kind) {
    case 'directory':
      await mkdir(path, { recursive: true, mode: item.mode })
      return
    case 'link':
      await rm(path, { force: true })
      await symlink(item.linkTarget, path)
      return
    case 'hardlink':
      await rm(path, { force: true })
      await link(fromBinary(toPath(item.linkTarget)), path)
      return
    case 'file':
      await pipeline(item.data, createWriteStream(path, { mode: item.mode }))
      await chmod(path, item.mode & 0o7777)
      await utimes(path, item.mtimeSeconds, item.mtimeSeconds)
      // Not every file system has owners.
      if (process.getuid?.() === 0) await lchown(path, item.uid, item.gid).catch(() => undefined)
      return
    case 'other':
      return
  }
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
    writeTar(listEntries(Buffer.from(source), { name: Buffer.from(place.name), followLink, copyOwner })),
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

type Listing = { readonly name: Buffer; readonly followLink: boolean; readonly copyOwner: boolean }

const listEntries = async function* (
  path: Buffer,
  { name, followLink, copyOwner }: Listing,
): AsyncGenerator<StreamedEntry> {
  const info = await (followLink ? stat : lstat)(path)
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
    // Only what was named itself is followed.
    for (const child of (await readdir(path, { encoding: 'buffer' })).sort(Buffer.compare))
      yield* listEntries(joinNames(path, child), {
        name: isRoot ? child : joinNames(name, child),
        followLink: false,
        copyOwner,
      })
  } else if (info.isFile())
    yield { ...entry, kind: 'file', stream: { size: info.size, open: () => createReadStream(path) } }
}

const joinNames = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from(sep), name])
