import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'

type Wanted = { readonly path: string; /** As the system takes it. */ readonly at: string | Buffer }

/**
 * Of these files, those that another process has open for writing, as far as this user may see (Linux; elsewhere none). A
 * file that is mapped into memory and closed does not show. Costs a few microseconds for each descriptor of the machine.
 */
export const findOpenFiles = (wanted: readonly Wanted[]): ReadonlySet<string> => {
  const open = new Set<string>()
  if (process.platform !== 'linux') return open
  const search = toSearch(wanted)
  if (search.paths.size === 0) return open
  for (const pid of listProcesses())
    for (const identity of listWritten(`/proc/${pid}/fd`, search))
      for (const path of search.paths.get(identity) ?? []) open.add(path)
  return open
}

type Search = {
  /** By device and inode. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  /** Undefined: some file has other names, too. */
  readonly names: ReadonlySet<string> | undefined
}

const toSearch = (wanted: readonly Wanted[]): Search => {
  const paths = new Map<string, string[]>()
  const names = new Set<string>()
  let hasOtherNames = false
  for (const { path, at } of wanted) {
    const stats = attempt(() => lstatSync(at, quiet))
    if (stats?.isFile() !== true) continue
    const identity = toIdentity(stats)
    paths.set(identity, [...(paths.get(identity) ?? []), path])
    // Bytes that are not UTF-8 become the same characters here as in what the system answers.
    names.add(basename(at.toString()))
    hasOtherNames ||= stats.nlink > 1
  }
  return { paths, names: hasOtherNames ? undefined : names }
}

const quiet = { throwIfNoEntry: false } as const
const toIdentity = ({ dev, ino }: Stats): string => `${dev}:${ino}`

/** Those of this user, or all for root, but for this one. */
const listProcesses = (): readonly string[] => {
  const user = process.getuid?.()
  return listNames('/proc').filter(
    (name) =>
      /^\d+$/.test(name) &&
      Number(name) !== process.pid &&
      (user === 0 || attempt(() => lstatSync(`/proc/${name}`, quiet))?.uid === user),
  )
}

/** The files that a process has open for writing, if the name that it opened may be one of those that are searched. */
const listWritten = (folder: string, { names }: Search): readonly string[] => {
  const written: string[] = []
  for (const descriptor of listNames(folder)) {
    const link = `${folder}/${descriptor}`
    // The link's own mode says what the descriptor was opened for.
    const mode = attempt(() => lstatSync(link, quiet))?.mode ?? 0
    if ((mode & 0o200) === 0) continue
    const target = readTarget(link)
    if (target === undefined) return written
    // Only what bears the name is looked at itself: a file server that does not answer would keep us waiting.
    if (!target.startsWith('/') || names?.has(basename(target)) === false) continue
    const stats = attempt(() => statSync(link, quiet))
    if (stats !== undefined) written.push(toIdentity(stats))
  }
  return written
}

/** Undefined for a process that must not be looked at: one more powerful than this. Empty for a descriptor that is closed. */
const readTarget = (link: string): string | undefined => {
  try {
    return readlinkSync(link)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : ''
  }
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
