import type { ContainerDetails, ContainerRuntime, PathStat } from '../../ports/container-runtime.ts'
import { relativeTo } from '../paths.ts'
import { folderOf } from './quote.ts'

export type EngineAccess = {
  readonly runtime: Pick<ContainerRuntime, 'statPath' | 'putArchive' | 'getArchive' | 'inspectContainer'>
  readonly signal: AbortSignal
  readonly container: string
}

const goFolder = 2 ** 31

export type Kind = 'folder' | 'link' | 'file' | 'none'

const toKind = (stat: PathStat | undefined): Kind => {
  if (stat === undefined) return 'none'
  if (stat.linkTarget !== '') return 'link'
  return stat.mode >= goFolder ? 'folder' : 'file'
}

/** What a path is by itself; links above it are followed. */
export const kindOf = async ({ runtime, signal, container }: EngineAccess, path: string): Promise<Kind> =>
  toKind(await runtime.statPath(container, path, { signal }))

/** What a path is, or what it leads to where it is a link. */
export const kindBehind = async (access: EngineAccess, path: string): Promise<Kind> => {
  const own = await kindOf(access, path)
  if (own !== 'link') return own
  const { runtime, signal, container } = access
  return toKind(await runtime.statPath(container, `${path}/`, { signal })) === 'folder' ? 'folder' : 'link'
}

/** The deepest folder that is there, on the way to a path; links are followed. */
export const nearestFolder = async (access: EngineAccess, path: string): Promise<string> => {
  for (let at = path; at !== '' && at !== '/'; at = folderOf(at))
    if ((await kindBehind(access, at)) === 'folder') return at
  return '/'
}

/** The folder in memory that a path is in, if any: these are mounted for the container's processes alone. */
export const memoryFolderOf = ({ mounts, tmpfs = [] }: ContainerDetails, path: string): string | undefined =>
  [...tmpfs, ...mounts.filter(({ type }) => type === 'tmpfs').map(({ target }) => target)]
    .map(withoutSlash)
    .find((folder) => relativeTo(folder, path) !== undefined)

/** The read-only mount that a path is on, if it is one: `/` for what the image brought. */
export const lockedFolderOf = ({ mounts, readOnly = [] }: ContainerDetails, path: string): string | undefined => {
  const own = mounts
    .map(({ target }) => withoutSlash(target))
    .filter((folder) => relativeTo(folder, path) !== undefined)
    .toSorted((a, b) => b.length - a.length)[0]
  return readOnly.find((folder) => withoutSlash(folder) === (own ?? ''))
}

const withoutSlash = (folder: string): string => folder.replace(/\/+$/, '')
