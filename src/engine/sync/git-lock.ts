import type { Clock } from '../ports/clock.ts'
import type { HostFiles } from '../ports/host-files.ts'
import type { SourceFiles } from '../ports/source-files.ts'
import { pathBelow, parentOf } from './paths.ts'

/** What git is doing to the work trees that folders are in. */
export type GitWatch = {
  /** Resolves when no git rewrites its work tree; whether one did. `meanwhile` is called again and again as long as one does. */
  settled(meanwhile: () => Promise<void>): Promise<boolean>
  /** One is at work, or was a moment ago. */
  isRecent(): boolean
}

type GitWatchDeps = {
  readonly files: Pick<HostFiles, 'stat' | 'read'>
  readonly source: Pick<SourceFiles, 'lookAt' | 'findOpen'>
  readonly clock: Clock
  readonly signal: AbortSignal
}

const checkMs = 15
// Whether its holder lives takes longer to find out, and is asked less often.
const holderCheckMs = 600
// A lock that nobody has open is one that git is about to take away, or one that a git left behind that was killed.
const leftBehindMs = 2000
const recentMs = 3000

export const createGitWatch = async (deps: GitWatchDeps, folders: readonly string[]): Promise<GitWatch> => {
  const { source, clock, signal } = deps
  const found = await Promise.all(folders.map((folder) => findGitFolder(deps.files, folder)))
  const repositories = [...new Set(found.filter((path) => path !== undefined))]
  const ignored = new Map<string, number>()
  let workedAt = 0

  const isHeld = (lock: string): boolean => {
    const entry = source.lookAt(lock)
    if (entry.kind === 'gone' || entry.kind === 'unreadable') return false
    if (ignored.get(lock) === entry.inode) return false
    return true
  }
  const waitFor = async (lock: string, meanwhile: () => Promise<void>): Promise<boolean> => {
    let wasHeld = false
    let openAt = clock.now()
    // Most are done before it is asked at all.
    let askedAt = clock.now()
    while (isHeld(lock)) {
      wasHeld = true
      workedAt = clock.now()
      if (workedAt - askedAt >= holderCheckMs) {
        askedAt = workedAt
        if ((source.findOpen([lock])?.size ?? 0) > 0) openAt = workedAt
      }
      if (workedAt - openAt > leftBehindMs) {
        const entry = source.lookAt(lock)
        if ('inode' in entry) ignored.set(lock, entry.inode)
        break
      }
      await meanwhile()
      await clock.sleep(checkMs, { signal })
    }
    return wasHeld
  }
  return {
    settled: async (meanwhile) => {
      let wasHeld = false
      for (const folder of repositories)
        wasHeld = (await waitFor(pathBelow(folder, 'index.lock'), meanwhile)) || wasHeld
      return wasHeld
    },
    isRecent: () => {
      if (clock.now() - workedAt < recentMs) return true
      return repositories.some((folder) => {
        if (isHeld(pathBelow(folder, 'index.lock'))) return true
        // A short one has come and gone between two looks, and has written its index.
        const index = source.lookAt(pathBelow(folder, 'index'))
        return 'mtimeMs' in index && index.mtimeMs > clock.now() - recentMs
      })
    },
  }
}

/** The folder of the repository that a folder is in. */
const findGitFolder = async (files: GitWatchDeps['files'], folder: string): Promise<string | undefined> => {
  for (let at = folder; ; at = parentOf(at)) {
    const entry = await files.stat(pathBelow(at, '.git'))
    if (entry?.kind === 'directory') return entry.path
    if (entry?.kind === 'file') return readGitDirectory(files, entry.path)
    if (at === '/' || at === '' || at === parentOf(at)) return undefined
  }
}

/** In a worktree `.git` is a file that says where the rest is. */
const readGitDirectory = async (files: GitWatchDeps['files'], path: string): Promise<string> => {
  const text = new TextDecoder().decode(await files.read(path, { followLinks: true }))
  const directory = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim() ?? path
  return directory.startsWith('/') ? directory : pathBelow(parentOf(path), directory)
}
