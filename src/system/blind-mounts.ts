import { readFileSync, realpathSync } from 'node:fs'
import type { WatcherOptions } from '../engine/ports/watcher.ts'
import { findMount, type Mount, readMount } from '../wire/mounts.ts'

// Files that are on another machine, or outside of this virtual one, change without a notice here. A disk is no such thing,
// whatever serves it (`fuseblk`), and neither is a folder that is kept encrypted or in layers.
const blindTypes =
  /^(?:nfs4?|cifs|smb[23]?|smbfs|9p|fuse|fuse\.(?!(?:gocryptfs|encfs|cryfs|fuse-overlayfs|ntfs-3g|exfat)$).+|virtiofs|vboxsf|vmhgfs|prl_fs|drvfs|ceph|lustre|afs|coda|gfs2|ocfs2|gpfs|beegfs|orangefs|fakeowner)$/

/** Whether one of these folders, or a folder below one that is not left out, is on a file system that gives no notices (Linux). */
export const hasBlindMount = (
  { roots, leaveOut }: Pick<WatcherOptions, 'roots' | 'leaveOut'>,
  readMounts: () => string = readOwnMounts,
): boolean => {
  const mounts = parseMounts(readMounts())
  return roots.some((root) => {
    const real = toRealPath(root)
    if (blindTypes.test(findMount(mounts, real)?.type ?? '')) return true
    return mounts
      .filter(({ path, type }) => blindTypes.test(type) && isBelow(path, real))
      .some(({ path }) => isWanted(root, { rest: path.slice(real === '/' ? 1 : real.length + 1), leaveOut }))
  })
}

const readOwnMounts = (): string => {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

const parseMounts = (text: string): readonly Mount[] =>
  text.split('\n').flatMap((line) => readMount(line.split(' ').slice(4).join(' ')) ?? [])

const isBelow = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`)

/** Whether a folder is watched: neither it nor one on the way to it is left out. */
const isWanted = (
  root: string,
  { rest, leaveOut }: { readonly rest: string; readonly leaveOut: WatcherOptions['leaveOut'] },
): boolean => {
  let path = root
  for (const name of rest.split('/')) {
    path = path.endsWith('/') ? path + name : `${path}/${name}`
    if (leaveOut(path, true)) return false
  }
  return true
}

const toRealPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
