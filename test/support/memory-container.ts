import { createHash } from 'node:crypto'
import type { ContainerFiles, ContainerLimits, Frame, Refused, Seen } from '../../src/engine/sync/container-files.ts'
import { toLine } from './memory-disk.ts'

type Thing = { kind: 'file' | 'directory' | 'link'; mode: number; content: string; target: string; mtime: number }

/** The files of a container in memory: entry by entry, as the port's words say. */
export type MemoryContainer = {
  readonly files: ContainerFiles
  /** Whether this path is refused now. */
  refuses: (path: string) => string | undefined
  /** What it cannot do. */
  limits: ContainerLimits | undefined
  /** Called before a frame is carried out; throws where the connection is cut. */
  before: (frame: Frame) => Promise<void> | void
  readonly things: Map<string, Thing>
  /** Every path below a folder with what it is, as text. */
  list(folder: string): ReadonlyMap<string, string>
  readonly frames: Frame[]
}

export const createMemoryContainer = (): MemoryContainer => {
  const things = new Map<string, Thing>()
  const drop = (path: string): void => {
    for (const key of things.keys()) if (key === path || key.startsWith(`${path}/`)) things.delete(key)
  }
  const join = (root: string, path: string): string => (path === '' ? root : `${root}/${path}`)
  /** A parent below the root that is no folder. */
  const blocked = (root: string, path: string): string | undefined => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const thing = things.get(join(root, path.slice(0, at)))
      if (thing !== undefined && thing.kind !== 'directory') return `${path.slice(0, at)} is no folder there`
    }
    return undefined
  }
  const putOne = (root: string, { path, entry, content }: Frame['put'][number]): void => {
    const target = join(root, path)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = join(root, path.slice(0, at))
      if (!things.has(parent)) things.set(parent, { kind: 'directory', mode: 0o755, content: '', target: '', mtime: 0 })
    }
    const there = things.get(target)
    if (there !== undefined && (there.kind !== entry.kind || entry.kind !== 'directory')) drop(target)
    things.set(target, {
      kind: entry.kind,
      mode: entry.mode,
      content: content === undefined ? '' : new TextDecoder().decode(content),
      target: entry.linkTarget ?? '',
      mtime: Math.floor(entry.mtimeMs / 1000),
    })
  }
  const container: MemoryContainer = {
    things,
    frames: [],
    refuses: () => undefined,
    limits: { keepsDeleted: false, missing: [], places: new Map() },
    before: () => {},
    list: (folder) =>
      new Map(
        [...things].flatMap(([path, thing]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), toLine(thing)]] : [],
        ),
      ),
    files: {
      warmUp: () => {},
      apply: async (frame) => {
        await container.before(frame)
        container.frames.push(frame)
        const refused: Refused[] = []
        for (const path of frame.remove) {
          const why = container.refuses(join(frame.root, path))
          if (why !== undefined) refused.push({ path, why, isFinal: false })
          else if (blocked(frame.root, path) === undefined) drop(join(frame.root, path))
        }
        for (const put of frame.put) {
          const parent = refused.find(({ path }) => put.path.startsWith(`${path}/`))
          const why = parent?.why ?? container.refuses(join(frame.root, put.path)) ?? blocked(frame.root, put.path)
          if (why !== undefined) refused.push({ path: put.path, why, isFinal: false })
          else putOne(frame.root, put)
        }
        return refused
      },
      look: async (root, paths) =>
        new Map(
          paths.flatMap((path): [string, Seen][] => {
            const thing = things.get(join(root, path))
            if (thing === undefined || blocked(root, path) !== undefined) return []
            const { kind, mode, content, mtime, target } = thing
            return [
              [path, { kind, mode, size: content.length, mtime, ...(kind === 'link' ? { linkTarget: target } : {}) }],
            ]
          }),
        ),
      digests: async (root, paths) =>
        new Map(
          paths.flatMap((path): [string, string][] => {
            const thing = things.get(join(root, path))
            if (thing?.kind !== 'file') return []
            return [[path, createHash('sha256').update(thing.content).digest('hex')]]
          }),
        ),
      limits: async () => container.limits,
      close: () => {},
    },
  }
  return container
}
