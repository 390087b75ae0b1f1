import type { Clock } from '../../ports/clock.ts'
import type { SourceEntry, SourceFiles } from '../../ports/source-files.ts'
import { pathBelow } from '../paths.ts'
import type { BackPaths } from './back-paths.ts'
import { isPortableLink } from './portable-link.ts'
import type { Found, Side } from './side.ts'

/** What one look at the files of this machine has found. */
export type HostLook = {
  readonly side: Side
  /** What each path was when it was looked at, to be found again before it is changed. */
  readonly entries: ReadonlyMap<string, SourceEntry>
  /** Files that are being written: another look is to follow soon. */
  readonly isMoving: boolean
  /** What cannot be read, and why. */
  readonly unreadable: ReadonlyMap<string, string>
}

export type HostSide = { look(): Promise<HostLook> }

export type HostSideDeps = { readonly source: SourceFiles; readonly clock: Pick<Clock, 'now'> }

/** What was changed so long ago is at rest. */
const restMs = 150
const maxMovingMs = 10_000
const digestsAtOnce = 8

/** Reads the files of a rule on this machine, anew at each look; contents of what has not changed are read once. */
export const createHostSide = ({ source, clock }: HostSideDeps, root: string, paths: BackPaths): HostSide => {
  let digests = new Map<string, { readonly signature: string; readonly digest: string }>()
  let before = new Map<string, string>()
  let since = new Map<string, number>()
  const readAll = async (files: readonly (readonly [string, SourceEntry])[]): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>()
    const next: typeof digests = new Map()
    const now = clock.now()
    const queue = files.values()
    const work = async (): Promise<void> => {
      for (const [path, entry] of queue) {
        const [known, signature] = [digests.get(path), toSignature(entry)]
        const digest = known?.signature === signature ? known.digest : await source.digest(pathBelow(root, path))
        if (digest === undefined) continue
        found.set(path, digest)
        if (entry.ctimeMs < now - restMs) next.set(path, { signature, digest })
      }
    }
    await Promise.all(Array.from({ length: digestsAtOnce }, work))
    digests = next
    return found
  }
  const findMoving = (entries: ReadonlyMap<string, SourceEntry>): ReadonlySet<string> => {
    const now = clock.now()
    const moving = new Set<string>()
    const restless = new Map<string, number>()
    for (const [path, entry] of entries) {
      if (entry.kind !== 'file' || before.get(path) === toSignature(entry) || entry.ctimeMs < now - restMs) continue
      const first = since.get(path) ?? now
      restless.set(path, first)
      if (now - first < maxMovingMs) moving.add(path)
    }
    before = new Map([...entries].map(([path, entry]) => [path, toSignature(entry)]))
    since = restless
    return moving
  }
  return {
    look: async () => {
      const { entries, left, unreadable } = walk(source, root, paths)
      const moving = findMoving(entries)
      const sums = await readAll([...entries].filter(([path, { kind }]) => kind === 'file' && !moving.has(path)))
      const side = new Map<string, Found>([...left, ...unreadable.keys()].map((path) => [path, unknown]))
      for (const [path, entry] of entries)
        if (paths.keepsFolders || entry.kind !== 'directory') side.set(path, toFound(path, entry, sums.get(path)))
      return { side, entries, isMoving: moving.size > 0, unreadable }
    },
  }
}

const unknown: Found = { kind: 'unknown' }

const toSignature = ({ size, mode, mtimeMs, ctimeMs, inode }: SourceEntry): string =>
  `${size}/${mode}/${mtimeMs}/${ctimeMs}/${inode}`

const toFound = (path: string, { kind, mode, linkTarget }: SourceEntry, digest: string | undefined): Found => {
  switch (kind) {
    case 'directory':
      return { kind }
    case 'link':
      return linkTarget !== undefined && isPortableLink(path, linkTarget) ? { kind, linkTarget } : unknown
    case 'file':
      return digest === undefined ? unknown : { kind, digest, executable: (mode & 0o111) !== 0 }
  }
}

type Walked = {
  readonly entries: Map<string, SourceEntry>
  /** There, and not for the rule. */
  readonly left: Set<string>
  readonly unreadable: Map<string, string>
}

const walk = (source: SourceFiles, root: string, paths: BackPaths): Walked => {
  const walked: Walked = { entries: new Map(), left: new Set(), unreadable: new Map() }
  const self = source.lookAt(root)
  if (self.kind === 'unreadable') walked.unreadable.set('', self.why)
  else if (self.kind !== 'gone') walked.entries.set('', self)
  const folders = self.kind === 'directory' ? [''] : []
  for (const folder of folders) {
    const toPath = (name: string): string => (folder === '' ? name : `${folder}/${name}`)
    const look = source.lookInto(pathBelow(root, folder), (name, isFolder) => {
      const isCarried = paths.carries(toPath(name), isFolder)
      if (!isCarried) walked.left.add(toPath(name))
      return !isCarried
    })
    if (look.kind === 'unreadable') walked.unreadable.set(folder, look.why)
    if (look.kind !== 'folder') {
      walked.entries.delete(folder)
      continue
    }
    for (const name of look.unreadable) walked.unreadable.set(toPath(name), 'it cannot be looked at')
    for (const [name, entry] of look.entries) {
      walked.entries.set(toPath(name), entry)
      if (entry.kind === 'directory') folders.push(toPath(name))
    }
  }
  return walked
}
