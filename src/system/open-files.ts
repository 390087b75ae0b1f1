import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'

type Wanted = { readonly path: string; /** As the system takes it. */ readonly at: string | Buffer }

/**
 * Of some files, those that another process has open for writing, as far as this user may see (Linux; elsewhere undefined). A
 * file that is mapped into memory and closed does not show. Looking at a descriptor costs five microseconds, and machines
 * have thousands: so those processes are looked at that have another number of them than before, the youngest first, and a
 * few others in turn. What is more than a call may cost is left to the next. Asked for no file, it gets to know the processes.
 */
export const createOpenFiles = (): ((wanted: readonly Wanted[]) => ReadonlySet<string> | undefined) => {
  if (process.platform !== 'linux') return () => undefined
  const memory: Memory = { known: new Map(), ignored: new Set(), left: 0 }
  return (wanted) => {
    const open = new Set<string>()
    const { paths, inodes } = toSearch(wanted)
    if (wanted.length > 0 && paths.size === 0) return open
    const add = (links: readonly string[]): void => {
      for (const link of links) {
        const stats = attempt(() => statSync(link, quiet))
        for (const path of (stats && paths.get(toIdentity(stats))) ?? []) open.add(path)
      }
    }
    memory.left = mostDescriptors
    for (const pid of listProcesses(memory)) {
      if (isAnother(memory, pid, inodes)) add(findWritten(memory, pid, inodes))
      if (memory.left <= 0) return open
    }
    memory.left = Math.min(memory.left, mostInTurn)
    for (const pid of [...memory.known.keys()]) {
      if (memory.left <= 0) break
      add(findWritten(memory, pid, inodes))
    }
    return open
  }
}

const mostDescriptors = 250
const mostInTurn = 50

type Memory = {
  /** The one that was looked at longest ago stands first. */
  readonly known: Map<string, Process>
  /** Threads of the kernel, processes of others, and those that are more powerful than this one. */
  readonly ignored: Set<string>
  /** How many descriptors this call may still look at. */
  left: number
}

/** A process when it was last looked at. */
type Process = {
  readonly descriptors: number
  /** Of the files that it has open for writing. */
  readonly inodes: ReadonlySet<string>
}

type Search = {
  /** By device and inode. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  readonly inodes: ReadonlySet<string>
}

const toSearch = (wanted: readonly Wanted[]): Search => {
  const paths = new Map<string, string[]>()
  const inodes = new Set<string>()
  for (const { path, at } of wanted) {
    const stats = attempt(() => lstatSync(at, quiet))
    if (stats?.isFile() !== true) continue
    const identity = toIdentity(stats)
    const same = paths.get(identity)
    if (same === undefined) paths.set(identity, [path])
    else same.push(path)
    inodes.add(String(stats.ino))
  }
  return { paths, inodes }
}

const quiet = { throwIfNoEntry: false } as const
const toIdentity = ({ dev, ino }: Stats): string => `${dev}:${ino}`

/** The youngest first: who writes slowly has mostly been started to do so. */
const listProcesses = ({ known, ignored }: Memory): readonly string[] => {
  const all = listNames('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const there = new Set(all)
  for (const pids of [known, ignored]) for (const pid of pids.keys()) if (!there.has(pid)) pids.delete(pid)
  return all.filter((pid) => !ignored.has(pid)).toSorted((a, b) => Number(b) - Number(a))
}

/** Whether a process may have opened or closed a file since it was looked at, or has one of these open. */
const isAnother = ({ known, ignored }: Memory, pid: string, wanted: ReadonlySet<string>): boolean => {
  const stats = attempt(() => statSync(`/proc/${pid}/fd`, quiet))
  if (stats === undefined) return false
  const user = process.getuid?.()
  if (user !== 0 && stats.uid !== user) {
    ignored.add(pid)
    return false
  }
  const before = known.get(pid)
  // The size is the number of descriptors, or 0 where Linux is older than 6.2.
  return before === undefined || before.descriptors !== stats.size || hasAny(before.inodes, wanted)
}

/** The descriptors with which a process writes what may be one of these files. */
const findWritten = (memory: Memory, pid: string, wanted: ReadonlySet<string>): readonly string[] => {
  const { known, ignored } = memory
  known.delete(pid)
  const paths = readPaths(`/proc/${pid}/fd`)
  if (paths === undefined || paths.descriptors === 0) {
    ignored.add(pid)
    return []
  }
  memory.left -= paths.descriptors
  const written = paths.links.map((link) => ({ link, inode: readWrittenInode(link) }))
  known.set(pid, {
    descriptors: paths.descriptors,
    inodes: new Set(written.map(({ inode }) => inode).filter((inode) => inode !== undefined)),
  })
  return written.filter(({ inode }) => inode !== undefined && wanted.has(inode)).map(({ link }) => link)
}

const hasAny = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean => {
  for (const one of some) if (others.has(one)) return true
  return false
}

/**
 * Undefined for a file that is open for reading alone, which the link's own mode tells. The file itself is not looked at: a
 * file server that does not answer would keep us waiting. Before Linux 5.14 its number is not told otherwise.
 */
const readWrittenInode = (link: string): string | undefined =>
  attempt(() => {
    if (((lstatSync(link, quiet)?.mode ?? 0) & 0o200) === 0) return undefined
    const details = readFileSync(link.replace('/fd/', '/fdinfo/'), 'latin1')
    return /^ino:\s*(\d+)/m.exec(details)?.[1] ?? String(statSync(link).ino)
  })

/** The descriptors that lead to a path; undefined for a process that must not be looked at. */
const readPaths = (folder: string): { readonly descriptors: number; readonly links: readonly string[] } | undefined => {
  const names = listNames(folder)
  const links: string[] = []
  for (const name of names) {
    const link = `${folder}/${name}`
    try {
      if (/^\/(?!dev\/)/.test(readlinkSync(link))) links.push(link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    }
  }
  return { descriptors: names.length, links }
}

const listNames = (folder: string): readonly string[] => attempt(() => readdirSync(folder)) ?? []

/** Processes end, and close their files, while they are looked at. */
const attempt = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch {
    return undefined
  }
}
