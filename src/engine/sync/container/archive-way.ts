import type { ContainerDetails } from '../../ports/container-runtime.ts'
import type { ContainerLimits, Frame, PlaceLimit, Put, Refused } from '../container-files.ts'
import { bringByArchive, type Target } from './archive-apply.ts'
import { digestByArchive, lookByArchive } from './archive-look.ts'
import {
  kindBehind,
  kindOf,
  lockedFolderOf,
  memoryFolderOf,
  nearestFolder,
  type EngineAccess,
} from './archive-place.ts'
import { readImageOwner } from './image-owner.ts'
import type { Owner } from './pack-frame.ts'
import { folderOf, joinBelow, joinPath, nameOf } from './quote.ts'
import { settlePieces, withoutRefused } from './settle-pieces.ts'
import type { Way } from './shell-way.ts'

/** Why the engine's archives are the way, and what is missing for a better one. */
export type ArchiveReason = { readonly isRunning: boolean; readonly missing: readonly string[] }

/**
 * Through the engine's own archives: for images without a shell, and for what does not run. They put and show; they cannot
 * delete, nor reach what is kept in memory, nor put a file whole where another is read meanwhile.
 */
export const createArchiveWay = (access: EngineAccess, reason: ArchiveReason): Way => {
  let knowing: Promise<Known> | undefined
  const know = (): Promise<Known> => {
    knowing ??= readKnown(access)
    knowing.catch(() => (knowing = undefined))
    return knowing
  }
  return {
    apply: async (frame) => {
      const known = await know()
      return [
        ...(await refuseRemovals(access, { frame, known, reason })),
        ...(await applyPuts(access, { frame, known, reason })),
      ]
    },
    look: (root, paths) => lookByArchive(access, root, paths),
    digests: (root, paths) => digestByArchive(access, root, paths),
    limits: async (roots) => (reason.isRunning ? readLimits(await know(), reason, roots) : undefined),
  }
}

type Known = { readonly details: ContainerDetails | undefined; readonly owner: Owner }

const readKnown = async (access: EngineAccess): Promise<Known> => {
  const details = await access.runtime.inspectContainer(access.container, { signal: access.signal })
  return { details, owner: await readImageOwner(access, details?.user ?? '') }
}

const readLimits = (
  { details }: Known,
  { missing }: ArchiveReason,
  roots: readonly string[],
): ContainerLimits | undefined => {
  if (details === undefined) return undefined
  const places = new Map<string, PlaceLimit>()
  for (const root of roots) {
    const memory = memoryFolderOf(details, root)
    const locked = lockedFolderOf(details, root)
    if (memory !== undefined) places.set(root, { kind: 'unreachable', mount: memory })
    else if (locked !== undefined) places.set(root, { kind: 'read-only', mount: locked })
  }
  return { keepsDeleted: true, missing, places }
}

const toLack = (missing: readonly string[]): string =>
  missing.length === 0 ? 'its root may not write' : `the image has no ${missing.join(', no ')}`

const refuseRemovals = async (
  access: EngineAccess,
  { frame: { root, remove }, known: { details }, reason: { isRunning, missing } }: Applying,
): Promise<readonly Refused[]> => {
  // What is below a folder in memory is there for nobody.
  const seen = remove.filter(
    (path) => details === undefined || memoryFolderOf(details, joinPath(root, path)) === undefined,
  )
  if (seen.length === 0) return []
  const there = await lookByArchive(access, root, seen)
  const why = isRunning
    ? `${toLack(missing)}, so nothing can be deleted in it: rebuild`
    : 'it is deleted when the container runs'
  return seen.filter((path) => there.has(path)).map((path) => ({ path, why, isFinal: isRunning }))
}

type Applying = { readonly frame: Frame; readonly known: Known; readonly reason: ArchiveReason }

const applyPuts = async (access: EngineAccess, { frame, known, reason }: Applying): Promise<readonly Refused[]> => {
  const refused = frame.put.flatMap((put): readonly Refused[] => {
    const folder =
      known.details === undefined ? undefined : memoryFolderOf(known.details, joinPath(frame.root, put.path))
    if (folder === undefined) return []
    const why = reason.isRunning
      ? `${folder} is kept in memory, where the engine puts nothing, and ${toLack(reason.missing)}`
      : `${folder} is kept in memory and is there when the container runs`
    return [{ path: put.path, why, isFinal: reason.isRunning }]
  })
  const puts = withoutRefused(frame.put, refused)
  if (puts.length === 0) return refused
  const isThing = puts.some(({ path, entry }) => path === '' && entry.kind !== 'directory')
  const away = isThing ? toAbove(frame.root, puts) : { root: frame.root, puts, back: (path: string) => path }
  const target = await findTarget(access, known, away)
  const own =
    target === undefined
      ? away.puts.map(({ path }) => ({ path, why: `${away.root} is no folder there`, isFinal: false }))
      : await bringAll(target, away.puts)
  return [...refused, ...own.map((each) => ({ ...each, path: away.back(each.path) }))]
}

/** A root that is a file or a link: a name in the folder above. */
const toAbove = (
  root: string,
  puts: readonly Put[],
): { readonly root: string; readonly puts: readonly Put[]; readonly back: (path: string) => string } => {
  const name = nameOf(root)
  return {
    root: folderOf(root) || '/',
    puts: puts.map((put) => ({ ...put, path: put.path === '' ? name : joinBelow(name, put.path) })),
    back: (path) => (path === name ? '' : path.slice(name.length + 1)),
  }
}

/** Undefined: the root is something else than a folder, and shall not become one. */
const findTarget = async (
  access: EngineAccess,
  { owner, details }: Known,
  { root, puts }: { readonly root: string; readonly puts: readonly Put[] },
): Promise<Target | undefined> => {
  const behind = await kindBehind(access, root)
  const hasRoot = puts.some(({ path }) => path === '')
  if (behind === 'folder') {
    // A link stays one, and a mount may be all that can be written to: the folder itself keeps its mode.
    const isMount = details?.mounts.some(({ target }) => target === root) ?? false
    const isFixed = isMount || root === '/' || (hasRoot && (await kindOf(access, root)) === 'link')
    if (!hasRoot || isFixed) return { access, owner, base: root, way: '', isThere: true }
    return { access, owner, base: folderOf(root) || '/', way: nameOf(root), isThere: true }
  }
  if (behind !== 'none' && !hasRoot) return undefined
  const base = await nearestFolder(access, folderOf(root))
  return { access, owner, base, way: root.slice(base === '/' ? 1 : base.length + 1), isThere: false }
}

const bringAll = async (target: Target, puts: readonly Put[]): Promise<readonly Refused[]> => {
  const own = target.way === '' ? puts.filter(({ path }) => path !== '') : puts
  const outcome = await bringByArchive(target, own)
  if (outcome.ok) return outcome.refused
  const settling = {
    bring: (some: readonly Put[]) => bringByArchive(target, some),
    keepMissing: async (some: readonly Put[]) => some,
  }
  return [...outcome.refused, ...(await settlePieces(settling, withoutRefused(own, outcome.refused)))]
}
