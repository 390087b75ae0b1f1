import type { ContainerFiles, ContainerLimits, Frame, PlaceLimit, Refused } from '../container-files.ts'
import { mountOf } from './greeting.ts'
import { isInterrupted } from './interruptions.ts'
import { folderOf, joinBelow, joinPath, nameOf, quote } from './quote.ts'
import { toWhy } from './settle-pieces.ts'
import { applyBelow, isBare } from './shell-apply.ts'
import { digestByShell, lookByShell } from './shell-look.ts'
import { readPlace, type Place } from './shell-place.ts'
import type { ShellTools } from './shell-tools.ts'

/** How the files of a container are reached. */
export type Way = Pick<ContainerFiles, 'apply' | 'look' | 'digests' | 'limits'>

// A root that is moved about while it is asked for.
const mostMoves = 5

/** Through a shell that stays open in the container: a saved file costs no new process of the engine. */
export const createShellWay = (tools: ShellTools): Way => {
  const { shell, greeting } = tools
  return {
    apply: (frame) => untilSettled(() => applyFrame(tools, frame)),
    look: async (root, paths) =>
      greeting.missing.has('stat') ? undefined : untilSettled(() => lookByShell(shell, root, paths)),
    digests: async (root, paths) =>
      greeting.missing.has('sha256sum') || greeting.missing.has('stat')
        ? new Map()
        : untilSettled(() => digestByShell(shell, root, paths)),
    limits: (roots) => readLimits(tools, roots),
  }
}

const readLimits = async (tools: ShellTools, roots: readonly string[]): Promise<ContainerLimits> => {
  const places = new Map<string, PlaceLimit>()
  for (const root of roots) {
    const { path, isReadOnly, isInMemory } = mountOf(tools.greeting.mounts, await findPlace(tools, root))
    if (isReadOnly || isInMemory) places.set(root, { kind: isReadOnly ? 'read-only' : 'in-memory', mount: path })
  }
  return { keepsDeleted: false, missing: [], places }
}

/** Where a root leads, or would be made. */
const findPlace = async (tools: ShellTools, root: string): Promise<string> => {
  if (root === '' || root === '/') return '/'
  const place = await tools.shell.locate(root)
  if (place.kind === 'folder') return place.path
  return joinPath(await findPlace(tools, folderOf(root)), nameOf(root))
}

const untilSettled = async <T>(act: () => Promise<T>): Promise<T> => {
  for (let moves = 1; ; moves += 1) {
    try {
      return await act()
    } catch (error) {
      if (!isInterrupted(error, 'RootMoved') || moves === mostMoves) throw error
    }
  }
}

const applyFrame = async (tools: ShellTools, frame: Frame): Promise<readonly Refused[]> => {
  const own = frame.put.find(({ path }) => path === '')
  if (own !== undefined && own.entry.kind !== 'directory') return applyThing(tools, frame)
  const emptied = frame.remove.includes('') ? await removeRoot(tools, frame.root) : []
  const remove = frame.remove.filter((path) => path !== '')
  if (frame.put.length === 0 && remove.length === 0) return emptied
  const place = await enterRoot(tools, frame)
  if (typeof place !== 'string') {
    if (frame.put.length === 0) return emptied
    return [...emptied, ...frame.put.map(({ path }) => ({ path, why: place.why, isFinal: false }))]
  }
  return [...emptied, ...(await applyBelow({ ...tools, root: frame.root, place }, { ...frame, remove }))]
}

/** A root that is a file or a link: a name in the folder above. A link that is there is replaced, and not written through. */
const applyThing = async (tools: ShellTools, frame: Frame): Promise<readonly Refused[]> => {
  const name = nameOf(frame.root)
  const root = folderOf(frame.root) || '/'
  const refused = await applyFrame(tools, {
    root,
    remove: frame.remove.filter((path) => path !== '').map((path) => joinBelow(name, path)),
    put: frame.put.map((put) => ({ ...put, path: put.path === '' ? name : joinBelow(name, put.path) })),
  })
  return refused.map((each) => ({ ...each, path: each.path === name ? '' : each.path.slice(name.length + 1) }))
}

/** The place of a root that is a folder, or is made one where the frame puts something there. */
const enterRoot = async ({ shell }: ShellTools, frame: Frame): Promise<string | { readonly why: string }> => {
  const place = await shell.locate(frame.root)
  if (place.kind === 'folder') return place.path
  if (frame.put.length === 0) return { why: '' }
  const isOwn = frame.put.some(({ path }) => path === '')
  if (place.kind === 'other' && !isOwn) return { why: `${frame.root} is no folder there` }
  const answer = await shell.ask(
    `${place.kind === 'other' ? `x ${quote(frame.root)};` : ''}k ${quote(frame.root)};f ${quote(frame.root)}`,
  )
  const made: Place = readPlace(answer)
  return made.kind === 'folder' ? made.path : { why: toWhy(answer.words) }
}

/** What the root is, and the folder that it leads to where it is a link. The place of a mount stays, empty. */
const removeRoot = async (tools: ShellTools, root: string): Promise<readonly Refused[]> => {
  const place = await tools.shell.locate(root, { fresh: true })
  if (place.kind === 'none') return []
  if (place.kind === 'folder' && place.path === '/')
    return [{ path: '', why: 'it is all of the container', isFinal: true }]
  const at = place.kind === 'folder' ? place.path : root
  const { ok, words } = await tools.shell.ask(`cd /;x ${quote(at)};[ ! -L ${quote(root)} ]||x ${quote(root)}`)
  if (ok || (await isBare(tools, at))) return []
  return [{ path: '', why: toWhy(words), isFinal: false }]
}
