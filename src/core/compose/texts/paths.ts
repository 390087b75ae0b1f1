/** Posix paths as text: no file system, no `node:path`. The rules of cleaning are those of Go's `path.Clean`. */

export const isAbsolutePath = (path: string): boolean => path.startsWith('/')

/** Without `.`, inner `..`, doubled and trailing slashes; `.` for the empty path. */
export const cleanPath = (path: string): string => {
  const isAbsolute = isAbsolutePath(path)
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!isAbsolute) parts.push('..')
  }
  const joined = parts.join('/')
  if (isAbsolute) return `/${joined}`
  return joined === '' ? '.' : joined
}

/** Joins and cleans; empty parts are left out, and of nothing comes the empty path. */
export const joinPath = (...parts: readonly string[]): string => {
  const kept = parts.filter((part) => part !== '')
  return kept.length === 0 ? '' : cleanPath(kept.join('/'))
}

/** An absolute `path` as it is, cleaned; any other one below `base`. */
export const resolvePath = (base: string, path: string): string =>
  isAbsolutePath(path) ? cleanPath(path) : joinPath(base, path)

export const dirname = (path: string): string => {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '.' : cleanPath(path.slice(0, slash + 1))
}

export const basename = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '.' : '/'
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** A leading `~` becomes `home`, the name of a user after it being no more than a path, as in the reference. */
export const expandHome = (path: string, home: string | undefined): string => {
  if (home === undefined || home === '' || !path.startsWith('~')) return path
  return joinPath(home, path.slice(1))
}

/** How `path` is written from `base`, both absolute: `..` for each folder up, `.` for the same one. */
export const relativePath = (base: string, path: string): string => {
  const from = cleanPath(base)
    .split('/')
    .filter((part) => part !== '')
  const to = cleanPath(path)
    .split('/')
    .filter((part) => part !== '')
  let shared = 0
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1
  const parts = [...from.slice(shared).map(() => '..'), ...to.slice(shared)]
  return parts.length === 0 ? '.' : parts.join('/')
}
