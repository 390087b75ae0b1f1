import { lstat, readdir, readlink } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'

/**
 * What BuildKit wants of a context: paths of `COPY` and `ADD`, with wildcards, where links lead to what they point at as
 * well (fsutil `FollowLinks`). @returns include paths, which may hold wildcards; an empty list means everything
 */
export const followPaths = async (root: string, paths: readonly string[]): Promise<readonly string[]> => {
  const found = new Set<string>()
  for (const path of paths) {
    const clean = posix.normalize(path.replace(/^[/\\]+/, '') || '.').replace(/\/$/, '')
    if (clean === '.' || clean === '') return []
    found.add(clean)
    await followLinks(root, { path: clean, found, depth: 0 })
  }
  return [...found]
}

type Followed = { readonly path: string; readonly found: Set<string>; readonly depth: number }

/** Adds what the links on the way of a path point at. */
const followLinks = async (root: string, { path, found, depth }: Followed): Promise<void> => {
  if (depth > 40) return // links in a circle
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const before = segments.slice(0, index).join('/')
    if (/[*?[]/.test(segment)) return followMatches(root, { folder: before, pattern: segment, found })
    const place = posix.join(before, segment)
    const target = await readLink(join(root, place))
    if (target === undefined) continue
    found.add(place)
    const resolved = target.startsWith('/') ? target.slice(1) : posix.join(dirname(place), target)
    const next = posix.join(resolved, ...segments.slice(index + 1))
    if (next.startsWith('..') || found.has(next)) return
    found.add(next)
    return followLinks(root, { path: next, found, depth: depth + 1 })
  }
}

const followMatches = async (
  root: string,
  { folder, pattern, found }: { readonly folder: string; readonly pattern: string; readonly found: Set<string> },
): Promise<void> => {
  const matches = toSegmentPattern(pattern)
  const names = await readdir(join(root, folder)).catch(() => [])
  for (const name of names)
    if (matches.test(name)) await followLinks(root, { path: posix.join(folder, name), found, depth: 1 })
}

const readLink = (path: string): Promise<string | undefined> =>
  lstat(path).then(
    (stat) => (stat.isSymbolicLink() ? readlink(path) : undefined),
    () => undefined,
  )

/** `*`, `?` and `[…]` within one name, as in Go's path.Match. */
export const toSegmentPattern = (pattern: string): RegExp => {
  const text = pattern.replace(
    /\\(.)|\*|\?|\[(\^?)([^\]]*)\]|[.+^${}()|\\]/g,
    (all: string, escaped?: string, not?: string, set?: string) => {
      if (escaped !== undefined) return escapeText(escaped)
      if (all === '*') return '[^/]*'
      if (all === '?') return '[^/]'
      if (set !== undefined) return `[${not ?? ''}${set.replaceAll('\\', '\\\\')}]`
      return escapeText(all)
    },
  )
  return new RegExp(`^${text}$`)
}

const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a path is one of the included ones or below one (`accepts`), or on the way to one (`descends`). */
export const createIncludeFilter = (
  includes: readonly string[],
): { readonly accepts: (path: string) => boolean; readonly descends: (path: string) => boolean } => {
  if (includes.length === 0) return { accepts: () => true, descends: () => true }
  const patterns = includes.map((include) =>
    include.split('/').map((segment) => (segment === '**' ? undefined : toSegmentPattern(segment))),
  )
  const fits = (segments: readonly string[], pattern: readonly (RegExp | undefined)[]): boolean =>
    segments.every((segment, index) => index >= pattern.length || (pattern[index]?.test(segment) ?? true))
  return {
    accepts: (path) => {
      const segments = path.split('/')
      return patterns.some((pattern) => segments.length >= pattern.length && fits(segments, pattern))
    },
    descends: (path) => {
      const segments = path.split('/')
      return patterns.some((pattern) => fits(segments, pattern))
    },
  }
}
