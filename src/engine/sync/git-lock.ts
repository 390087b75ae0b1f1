import type { HostFiles } from '../ports/host-files.ts'
import { pathBelow, parentOf } from './paths.ts'

/** The file that git holds while it rewrites its work tree, for the repository that a folder is in. */
export const findGitLock = async (files: HostFiles, folder: string): Promise<string | undefined> => {
  for (let at = folder; ; at = parentOf(at)) {
    const entry = await files.stat(pathBelow(at, '.git'))
    if (entry?.kind === 'directory') return pathBelow(entry.path, 'index.lock')
    if (entry?.kind === 'file') return pathBelow(await readGitDirectory(files, entry.path), 'index.lock')
    if (at === '/' || at === '' || at === parentOf(at)) return undefined
  }
}

/** In a worktree `.git` is a file that says where the rest is. */
const readGitDirectory = async (files: HostFiles, path: string): Promise<string> => {
  const text = new TextDecoder().decode(await files.read(path, { followLinks: true }))
  const directory = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim() ?? path
  return directory.startsWith('/') ? directory : pathBelow(parentOf(path), directory)
}
