/** Something that is mounted, as Linux tells it. */
export type Mount = {
  readonly path: string
  /** Of the file system: `ext4`, `tmpfs`, `nfs4`. */
  readonly type: string
  readonly isReadOnly: boolean
  /** What is in it is gone when it is unmounted. */
  readonly isInMemory: boolean
}

/**
 * A line of `/proc/self/mountinfo` from its fifth field on: where it is mounted and how, and behind a dash what it is. Rule:
 * proc_pid_mountinfo(5).
 */
export const readMount = (text: string): Mount | undefined => {
  const [before = '', after] = text.split(' - ')
  const [path = '', options = ''] = before.split(' ')
  if (path === '' || after === undefined) return undefined
  const [type = '', , ofAll = ''] = after.split(' ')
  const isReadOnly = [options, ofAll].some((some) => some.split(',').includes('ro'))
  return { path: unescapeOctal(path), type, isReadOnly, isInMemory: type === 'tmpfs' || type === 'ramfs' }
}

/** The mount that a path is on: the longest path wins; of two at one place, the later. */
export const findMount = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts
    .filter((mount) => path === mount.path || path.startsWith(mount.path === '/' ? '/' : `${mount.path}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || mount.path.length >= best.path.length ? mount : best),
      undefined,
    )

/** The kernel writes spaces, tabs, newlines and backslashes in octal. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
