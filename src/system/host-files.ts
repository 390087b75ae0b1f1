import type { Stats } from 'node:fs'
import { lstat, mkdir, readdir, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostEntry, HostFiles } from '../engine/ports/host-files.ts'
import { readListedFile } from '../wire/file-content.ts'
import { readNamedFile } from '../wire/named-file.ts'

/** The files of this machine. What vanishes or cannot be read while it is listed is left out. */
export const createHostFiles = (): HostFiles => ({
  read: async (path, { followLinks = false } = {}) => (followLinks ? readNamedFile(path) : readListedFile(path)),
  stat: (path) => readEntry(path),
  realpath: (path) => realpath(path).catch(() => undefined),
  makeFolder,
  list: async (path, ignored, onUnreadable = () => undefined) => {
    const found: HostEntry[] = []
    const root = await readEntry(path)
    if (root === undefined) return found
    if (ignored(path, root.kind === 'directory')) return found
    found.push(root)
    if (root.kind === 'directory') await collect(path, { ignored, onUnreadable, found })
    return found
  },
})

const makeFolder: HostFiles['makeFolder'] = async (path) => {
  try {
    if ((await lstat(path).catch(() => undefined)) !== undefined) return 'there'
    // Beside others who make it at this moment, only one has made it.
    return (await mkdir(path, { recursive: true })) === undefined ? 'there' : 'made'
  } catch {
    return 'refused'
  }
}

type Collecting = {
  readonly ignored: (path: string, isDirectory: boolean) => boolean
  readonly onUnreadable: (folder: string) => void
  readonly found: HostEntry[]
}

const collect = async (folder: string, collecting: Collecting): Promise<void> => {
  const { ignored, onUnreadable, found } = collecting
  const tell = (error: unknown): void => {
    if (!isGone(error)) onUnreadable(folder)
  }
  const names = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    tell(error)
    return []
  })
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name.name)
      if (ignored(path, name.isDirectory())) return
      const entry = await readEntry(path, tell)
      if (entry === undefined) return
      found.push(entry)
      if (entry.kind === 'directory') await collect(path, collecting)
    }),
  )
}

const isGone = (error: unknown): boolean => /^(?:ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')

const readEntry = async (path: string, tell?: (error: unknown) => void): Promise<HostEntry | undefined> => {
  let stats: Stats
  try {
    stats = await lstat(path)
  } catch (error) {
    tell?.(error)
    return undefined
  }
  const kind = toKind(stats)
  if (kind === undefined) return undefined
  const entry = { path, kind, mode: stats.mode & 0o7777, size: stats.size, mtimeMs: stats.mtimeMs }
  if (kind !== 'link') return entry
  const linkTarget = await readlink(path).catch(() => undefined)
  return linkTarget === undefined ? undefined : { ...entry, linkTarget }
}

/** Sockets, pipes and devices are not for copying. */
const toKind = (stats: Stats): HostEntry['kind'] | undefined => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : undefined
}
