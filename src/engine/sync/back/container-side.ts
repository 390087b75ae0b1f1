import { type BackShell, fromBinary } from './back-shell.ts'
import type { BackPaths } from './back-paths.ts'
import { type Listed, type Listing, parseListing } from './parse-listing.ts'
import { isPortableLink } from './portable-link.ts'
import type { Found, Side } from './side.ts'

/** What one look at a container's files has found. */
export type ContainerLook = {
  readonly side: Side
  /** The target of the rule without links. */
  readonly place: string
  readonly kind: Listing['kind']
  /** What each path was when it was looked at, to be found again before it is changed. */
  readonly signatures: ReadonlyMap<string, string>
  /** Files that are being written: another look is to follow soon. */
  readonly isMoving: boolean
  /** Links that lead out of the root; they are left where they are. */
  readonly outside: readonly string[]
}

export type ContainerSideOptions = {
  readonly target: string
  readonly paths: BackPaths
  /** When the container was started, in milliseconds since the epoch. */
  readonly startedAt: number
}

export type ContainerSide = {
  /** `known` are the paths that both sides had. Undefined when it cannot be told what is there. */
  look(known: Iterable<string>): Promise<ContainerLook | undefined>
}

/** A time is a whole second there: what was changed in this second, or the last, may be changed again and show the same. */
const unsureSeconds = 2
/** A file that never comes to rest is taken as it is in the end. */
const maxMovingSeconds = 10

/** Reads the files of one container below a target, anew at each look; contents of what has not changed are read once. */
export const createContainerSide = (
  shell: BackShell,
  { target, paths, startedAt }: ContainerSideOptions,
): ContainerSide => {
  const digests = createMemory(async (place, names) => readDigests(shell, place, names))
  const links = createMemory(async (place, names) => readLinks(shell, place, names))
  const rest = createRest()
  return {
    look: async (known) => {
      const answer = await shell.ask('list', target, paths.pruned)
      const listing = parseListing(answer.text)
      if (listing === undefined) return undefined
      const { now, kind, place } = listing
      const folder = kind === 'file' ? place.slice(0, place.lastIndexOf('/') + 1) : place
      const toName = (path: string): string => `./${kind === 'file' ? place.slice(folder.length) : path}`
      const moving = rest.findMoving(listing)
      const files = listing.files.filter((one) => paths.carries(one.path, one.kind === 'directory'))
      const still = files.filter((one) => !moving.has(one.path))
      const look = { place: folder, now, toName }
      const sums = await digests.read(
        still.filter((one) => one.kind === 'file'),
        look,
      )
      const ways = await links.read(
        still.filter((one) => one.kind === 'link'),
        look,
      )
      const side = new Map<string, Found>()
      const outside: string[] = []
      for (const one of listing.files) {
        const found = moving.has(one.path) ? unknown : toFound(one, { sums, ways, startedAt })
        const isCarried = paths.carries(one.path, one.kind === 'directory')
        if (isCarried && one.kind === 'link' && found.kind === 'unknown' && ways.has(one.path)) outside.push(one.path)
        if (one.kind === 'directory' && !paths.keepsFolders && isCarried) continue
        side.set(one.path, isCarried ? found : unknown)
      }
      // Of a look that was cut short, what is missing is not known to be gone.
      if (!answer.isWhole) for (const path of known) if (!side.has(path)) side.set(path, unknown)
      return {
        side,
        place,
        kind,
        signatures: new Map(listing.files.map(({ path, signature }) => [path, signature])),
        isMoving: moving.size > 0,
        outside,
      }
    },
  }
}

const unknown: Found = { kind: 'unknown' }

type Contents = {
  readonly sums: ReadonlyMap<string, string>
  readonly ways: ReadonlyMap<string, string>
  readonly startedAt: number
}

const toFound = ({ path, kind, mode, writtenAt }: Listed, { sums, ways, startedAt }: Contents): Found => {
  if (kind === 'directory') return { kind }
  if (kind === 'other') return unknown
  if (kind === 'link') {
    const linkTarget = ways.get(path)
    return linkTarget !== undefined && isPortableLink(path, linkTarget) ? { kind, linkTarget } : unknown
  }
  const digest = sums.get(path)
  if (digest === undefined) return unknown
  return { kind, digest, executable: (mode & 0o111) !== 0, isFresh: (writtenAt + 1) * 1000 > startedAt }
}

/** Which files are just being written: they are others than at the look before, and were changed a moment ago. */
const createRest = (): { findMoving(listing: Listing): ReadonlySet<string> } => {
  let before = new Map<string, string>()
  let since = new Map<string, number>()
  return {
    findMoving: ({ now, files }) => {
      const moving = new Set<string>()
      const restless = new Map<string, number>()
      for (const { path, kind, changedAt, signature } of files) {
        if (kind !== 'file' || before.get(path) === signature || changedAt < now - unsureSeconds) continue
        const first = since.get(path) ?? now
        restless.set(path, first)
        if (now - first < maxMovingSeconds) moving.add(path)
      }
      before = new Map(files.map(({ path, signature }) => [path, signature]))
      since = restless
      return moving
    },
  }
}

type LookAt = { readonly place: string; readonly now: number; readonly toName: (path: string) => string }
type Memory = { read(files: readonly Listed[], look: LookAt): Promise<ReadonlyMap<string, string>> }

/** What was read of files that have not changed since, by path. */
const createMemory = (
  read: (place: string, names: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Memory => {
  let known = new Map<string, { readonly signature: string; readonly value: string }>()
  return {
    read: async (files, { place, now, toName }) => {
      const kept = files.filter(({ path, signature }) => known.get(path)?.signature === signature)
      const isKept = new Set(kept.map(({ path }) => path))
      const asked = files.filter(({ path }) => !isKept.has(path))
      const answers =
        asked.length === 0
          ? new Map<string, string>()
          : await read(
              place,
              asked.map(({ path }) => toName(path)),
            )
      const values = new Map(kept.map(({ path }) => [path, known.get(path)?.value ?? '']))
      const next: typeof known = new Map(
        kept.flatMap(({ path }) => (known.has(path) ? [[path, known.get(path)!]] : [])),
      )
      for (const { path, signature, changedAt } of asked) {
        const value = answers.get(toName(path))
        if (value === undefined) continue
        values.set(path, value)
        if (changedAt < now - unsureSeconds) next.set(path, { signature, value })
      }
      known = next
      return values
    },
  }
}

const hasOddName = (name: string): boolean => /[\n\\]/.test(name)

const readDigests = async (shell: BackShell, place: string, names: readonly string[]): Promise<Map<string, string>> => {
  const plain = names.filter((name) => !hasOddName(name))
  const odd = names.filter(hasOddName)
  const found = new Map<string, string>()
  if (plain.length > 0) {
    const { text } = await shell.ask('digests', place, plain)
    for (const [, digest = '', name = ''] of text.matchAll(/^([0-9a-f]{64}) [ *](.*)$/gm))
      found.set(fromBinary(name), digest)
  }
  if (odd.length > 0) {
    const { text } = await shell.ask('odd-digests', place, odd)
    for (const [index, line] of text.split('\n').entries()) {
      const [digest] = /^[0-9a-f]{64}/.exec(line) ?? []
      if (digest !== undefined && odd[index] !== undefined) found.set(odd[index], digest)
    }
  }
  return found
}

const readLinks = async (shell: BackShell, place: string, names: readonly string[]): Promise<Map<string, string>> => {
  const { text } = await shell.ask('links', place, names)
  const parts = text.split('\0')
  return new Map(
    names.flatMap((name, index) => {
      const way = parts[index]?.replace(/\n$/, '')
      return way === undefined || way === '' ? [] : [[name, fromBinary(way)] as const]
    }),
  )
}
