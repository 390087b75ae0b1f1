import type { ContainerDetails } from '../../ports/container-runtime.ts'
import type { Frame, Put, Refused } from '../container-files.ts'
import { bringByArchive, type Target } from './archive-apply.ts'
import { digestByArchive, lookByArchive } from './archive-look.ts'
import { kindBehind, kindOf, memoryFolderOf, nearestFolder, type EngineAccess } from './archive-place.ts'
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
      return [...(await refuseRemovals(access, frame, reason)), ...(await applyPuts(access, { frame, known, reason }))]
    },
    look: (root, paths) => lookByArchive(access, root, paths),
    digests: (root, paths) => digestByArchive(access, root, paths),
    limits: async () => (reason.isRunning ? { removes: true, missing: reason.missing } : undefined),
  }
}

type Known = { readonly details: ContainerDetails | undefined; readonly owner: Owner }

const readKnown = async (access: EngineAccess): Promise<Known> => {
  const details = await access.runtime.inspectContainer(access.container, { signal: access.signal })
  return { details, owner: await readImageOwner(access, details?.user ?? '') }
}

const refuseRemovals = async (
  access: EngineAccess,
  { root, remove }: Frame,
  { isRunning, missing }: ArchiveReason,
): Promise<readonly Refused[]> => {
  if (remove.length === 0) return []
  const there = await lookByArchive(access, root, remove)
  const why = isRunning
    ? `the image has no ${missing.join(', no ')}, so nothing can be deleted in it: rebuild`
    : 'it is deleted when the container runs'
  return remove.filter((path) => there.has(path)).map((path) => ({ path, why, isFinal: isRunning }))
}

type Applying = { readonly frame: Frame; readonly known: Known; readonly reason: ArchiveReason }

const applyPuts = async (access: EngineAccess, { frame, known, reason }: Applying): Promise<readonly Refused[]> => {
  const refused = frame.put.flatMap((put): readonly Refused[] => {
    const folder =
      known.details === undefined ? undefined : memoryFolderOf(known.details, joinPath(frame.root, put.path))
    if (folder === undefined) return []
    const why = reason.isRunning
      ? `${folder} is kept in memory, and the image has no ${reason.missing.join(', no ')} by which it could be reached`
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
