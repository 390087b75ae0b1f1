import { isStackError } from '../../../core/errors/stack-error.ts'
import { isByteName, toNameBytes } from '../../../wire/byte-names.ts'
import { writeTar, type StreamedEntry } from '../../../wire/write-tar.ts'
import type { Put, Refused } from '../container-files.ts'
import { kindOf, type EngineAccess } from './archive-place.ts'
import { isAtOrBelow, type FolderNode } from './folder-tree.ts'
import { planPuts, type PutPlan } from './frame-script.ts'
import { sizeOf, toTarEntry, type Owner } from './pack-frame.ts'
import { folderOf, joinBelow, joinPath } from './quote.ts'
import type { Outcome } from './settle-pieces.ts'

/** A folder of a container that takes archives, and the way from it to the root of what is put. */
export type Target = {
  readonly access: EngineAccess
  readonly owner: Owner
  /** A folder that is there. */
  readonly base: string
  /** From there to the root; empty where it is the root itself. */
  readonly way: string
  /** Whether the root is there. */
  readonly isThere: boolean
}

// The container's own calls wait while an archive is unpacked.
const mostAtOnce = { entries: 500, bytes: 8 * 1024 * 1024 }

/** One attempt at all of them, by the engine's own archives. */
export const bringByArchive = async (target: Target, puts: readonly Put[]): Promise<Outcome> => {
  const plan = planPuts(puts)
  const ways = await lookAtWays(target, plan)
  const refused = puts.flatMap(({ path }): readonly Refused[] => {
    const folder = [...ways.closed.keys()].find((each) => isAtOrBelow(path, new Set([each])))
    return folder === undefined ? [] : [{ path, why: ways.closed.get(folder) ?? '', isFinal: false }]
  })
  const closed = new Set(refused.map(({ path }) => path))
  const implied = [
    ...foldersAbove(target).map((path) => toImplied(target, path)),
    ...ways.missing.map((path) => toImplied(target, joinBelow(target.way, path).replace(/\/$/, ''))),
  ]
  const entries = puts
    .filter(({ path }) => !closed.has(path))
    .map((put) => ({ size: sizeOf(put), tar: toTarEntry(put, joinBelow(target.way, put.path), target.owner) }))
  const words = await putInPieces(target, [...implied, ...entries])
  return { ok: words === '', words, refused }
}

type Sized = { readonly size: number; readonly tar: StreamedEntry }

const toImplied = ({ owner }: Target, path: string): Sized => ({
  size: 0,
  tar: { path: toNameBytes(path), kind: 'directory', mode: 0o755, ...owner },
})

/** The folders on the way to a root that is not there. */
const foldersAbove = ({ way, isThere }: Target): readonly string[] => {
  const folders: string[] = []
  for (let at = folderOf(way); at !== '' && !isThere; at = folderOf(at)) folders.unshift(at)
  return folders
}

/** @returns what the engine said against one of them; nothing when all went well */
const putInPieces = async ({ access, base }: Target, entries: readonly Sized[]): Promise<string> => {
  const { runtime, signal, container } = access
  let words = ''
  for (const piece of toPieces(entries)) {
    let unreadable: unknown
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* writeTar(piece)
      } catch (error) {
        unreadable = error
        throw error
      }
    }
    try {
      await runtime.putArchive(container, base, chunks(), { signal })
    } catch (error) {
      if (unreadable === undefined && !(await isRefusal(access, error))) throw error
      words ||= ((unreadable ?? error) as Error).message
    }
  }
  return words
}

const toPieces = (entries: readonly Sized[]): readonly (readonly StreamedEntry[])[] => {
  const pieces: StreamedEntry[][] = []
  let bytes = Infinity
  for (const { size, tar } of entries) {
    if (bytes + size > mostAtOnce.bytes || (pieces.at(-1)?.length ?? 0) >= mostAtOnce.entries) {
      pieces.push([])
      bytes = 0
    }
    pieces.at(-1)?.push(tar)
    bytes += size
  }
  return pieces
}

/** Whether the engine takes calls and the container is there: then it is about the files. */
const isRefusal = async ({ runtime, signal, container }: EngineAccess, error: unknown): Promise<boolean> => {
  if (signal.aborted || !isStackError(error)) return false
  if (error.code === 'engine/refused') return true
  return error.code === 'engine/not-found' && (await runtime.inspectContainer(container, { signal })) !== undefined
}

type Ways = {
  /** Folders that are not there and that nobody asked for: made with the mode of most. */
  readonly missing: readonly string[]
  /** Folders that are none, and why nothing can be put there. */
  readonly closed: ReadonlyMap<string, string>
}

/** The folders on the way to what is put. Nothing goes through a link. */
const lookAtWays = async (target: Target, { puts, tree }: PutPlan): Promise<Ways> => {
  const own = new Set(puts.filter(({ entry }) => entry.kind === 'directory').map(({ path }) => path))
  const missing: string[] = []
  const closed = new Map<string, string>()
  const visit = async (node: FolderNode, isAboveThere: boolean): Promise<void> => {
    const isOwn = own.has(node.path)
    const kind = isAboveThere ? await kindBelow(target, node.path) : 'none'
    if (kind === 'unknown') closed.set(node.path, `the engine cannot be asked for ${node.path}: its name is no UTF-8`)
    else if (!isOwn && (kind === 'link' || kind === 'file')) closed.set(node.path, `${node.path} is a ${kind} there`)
    else {
      if (!isOwn && kind === 'none') missing.push(node.path)
      await visitAll(node.folders, kind === 'folder')
    }
  }
  const visitAll = async (nodes: readonly FolderNode[], isAboveThere: boolean): Promise<void> => {
    for (const node of nodes) await visit(node, isAboveThere)
  }
  if (!target.isThere) missing.push(...(own.has('') ? [] : ['']))
  await visitAll(tree.root.folders, target.isThere)
  return { missing, closed }
}

const kindBelow = async (
  { access, base, way }: Target,
  path: string,
): Promise<Awaited<ReturnType<typeof kindOf>> | 'unknown'> =>
  isByteName(path) ? 'unknown' : kindOf(access, joinPath(base, joinBelow(way, path)))
