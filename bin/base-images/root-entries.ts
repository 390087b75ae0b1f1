import { createReadStream, existsSync } from 'node:fs'
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { writeTar, type StreamedEntry } from '../../src/wire/write-tar.ts'
import { runTool, type ToolOptions } from '../../src/system/run-tool.ts'

/** One thing in a root file system; `path` is absolute there. Modes and owners are written as given, whatever the disk says. */
export type RootEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number; readonly owner?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly mode?: number }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly from: string
      readonly size: number
      readonly mode: number
    }

/** Entries → a tar stream, which needs neither root nor a copy on disk to set owners. Its times are fixed: the same image. */
export const toTar = (entries: readonly RootEntry[]): Readable =>
  Readable.from(writeTar(entries.map(toTarEntry)), { objectMode: false })

const toTarEntry = (entry: RootEntry): StreamedEntry => {
  const { path } = entry
  switch (entry.kind) {
    case 'link':
      return { path, kind: 'link', mode: 0o777, linkTarget: entry.target }
    case 'directory':
      return { path, kind: 'directory', mode: entry.mode ?? 0o755, uid: entry.owner, gid: entry.owner }
    case 'text':
      return { path, kind: 'file', mode: entry.mode ?? 0o644, content: Buffer.from(entry.text) }
    case 'file': {
      const stream = { size: entry.size, open: () => createReadStream(entry.from) }
      return { path, kind: 'file', mode: entry.mode, stream }
    }
  }
}

/** A file of the machine at another place in the root file system; a link is followed. */
export const toFileEntry = async (from: string, path: string): Promise<RootEntry> => {
  const { size, mode } = await stat(from)
  return { kind: 'file', path, from: await realpath(from), size, mode: (mode & 0o111) === 0 ? 0o644 : 0o755 }
}

/** A folder with all it holds; `leaveOut` is asked with paths relative to it. */
export const toFolderEntries = async (
  from: string,
  path: string,
  leaveOut: (relative: string) => boolean = () => false,
): Promise<readonly RootEntry[]> => {
  const entries: RootEntry[] = [{ kind: 'directory', path }]
  for (const relative of (await readdir(from, { recursive: true })).toSorted()) {
    if (leaveOut(relative)) continue
    const [source, place] = [join(from, relative), join(path, relative)]
    const info = await lstat(source)
    if (info.isDirectory()) entries.push({ kind: 'directory', path: place })
    else if (info.isSymbolicLink()) entries.push({ kind: 'link', path: place, target: await readlink(source) })
    else if (info.isFile()) entries.push(await toFileEntry(source, place))
  }
  return entries
}

/**
 * The shared libraries that programs need, asked of the machine's own loader, each at the place where the loader of the
 * root file system looks. `searched` are folders that come before the machine's own.
 */
export const toLibraryEntries = async (
  programs: readonly string[],
  options: ToolOptions & { searched?: readonly string[] },
): Promise<readonly RootEntry[]> => {
  const loader = await findLoader(options)
  const found = new Map<string, string>()
  for (const program of programs) {
    const listed = await runTool(
      loader,
      ['--library-path', (options.searched ?? []).join(':'), '--list', program],
      options,
    )
    for (const [, name = '', file = ''] of listed.matchAll(/^\s+(\S+) => (\/\S+)/gm)) found.set(basename(name), file)
  }
  found.delete(basename(loader))
  const libraries = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    { kind: 'directory', path: '/lib' },
    { kind: 'directory', path: '/lib64' },
    await toFileEntry(loader, loader),
    ...(await Promise.all(libraries.map(async ([name, file]) => await toFileEntry(file, `/lib/${name}`)))),
  ]
}

/** Where packages that were unpacked below `root` have their libraries: a value for `searched`. */
export const listLibraryFolders = async (root: string): Promise<readonly string[]> => {
  const folders = [join(root, 'usr/lib'), join(root, 'lib')]
  const triplets = await Promise.all(folders.map(async (folder) => (existsSync(folder) ? await readdir(folder) : [])))
  return folders.flatMap((folder, at) => [
    folder,
    ...(triplets[at] ?? []).filter((name) => name.includes('-linux-')).map((name) => join(folder, name)),
  ])
}

/** `ldd` knows which loader a program is started by; every program of the machine is started by the same one. */
const findLoader = async (options: ToolOptions): Promise<string> => {
  const listed = await runTool('ldd', ['/bin/sh'], options)
  const loader = /^\s+(\/\S+ld-\S+|\/lib\S+\/ld\S+)/m.exec(listed)?.[1]
  if (loader === undefined) throw new Error('the loader of shared libraries was not found with ldd')
  return loader
}
