import { createHash } from 'node:crypto'
import type { FolderLook, SourceEntry, SourceFiles } from '../../src/engine/ports/source-files.ts'
import type { Watcher, WatcherOptions } from '../../src/engine/ports/watcher.ts'

type Node = {
  kind: SourceEntry['kind']
  mode: number
  content: string
  target: string
  mtime: number
  ctime: number
  readonly inode: number
  /** When it was made, in milliseconds; no two things are made at the same time. */
  readonly born: number
  links: number
  readonly children: Map<string, Node>
}

/**
 * A disk in memory that behaves as Linux does: inodes, the number of which the next thing gets when one is gone, hard links,
 * times, and watches that belong to what they were asked for.
 */
export type MemoryDisk = {
  readonly files: SourceFiles
  readonly watcher: Watcher
  /** Decides of each notice how often it arrives. */
  deliveries: () => number
  /** Decides of each look whether it fails. */
  fails: () => boolean
  write(path: string, content: string, options?: { readonly keepTime?: boolean }): void
  makeFolder(path: string): void
  link(path: string, target: string): void
  hardLink(path: string, from: string): void
  rename(from: string, to: string): void
  remove(path: string): void
  chmod(path: string, mode: number): void
  /** Every path below a folder with what it is, as text. */
  list(folder: string): ReadonlyMap<string, string>
  kindOf(path: string): SourceEntry['kind'] | undefined
  loss(): void
}

/** What a thing is, in one line: kind, mode, content. */
export const toLine = (entry: { kind: string; mode: number; content?: string; target?: string }): string =>
  entry.kind === 'directory'
    ? `directory ${entry.mode.toString(8)}`
    : entry.kind === 'link'
      ? `link ${entry.target ?? ''}`
      : `file ${entry.mode.toString(8)} ${entry.content ?? ''}`

// oxlint-disable-next-line max-lines-per-function -- one disk with all that is done to it
export const createMemoryDisk = (now: () => number): MemoryDisk => {
  let lastInode = 1
  let lastBorn = 0
  const free: number[] = []
  const make = (kind: Node['kind'], more: Partial<Node> = {}): Node => ({
    kind,
    mode: kind === 'directory' ? 0o755 : 0o644,
    content: '',
    target: '',
    mtime: now(),
    ctime: now(),
    inode: free.pop() ?? (lastInode += 1),
    born: (lastBorn += 1),
    links: 1,
    children: new Map(),
    ...more,
  })
  const root = make('directory')
  const watched = new Map<Node, string>()
  let options: WatcherOptions | undefined

  const find = (path: string): Node | undefined => {
    let at: Node | undefined = root
    for (const part of path.split('/').filter(Boolean))
      at = at?.kind === 'directory' ? at.children.get(part) : undefined
    return at
  }
  const parentOf = (path: string): readonly [Node, string] => {
    const cut = path.lastIndexOf('/')
    const parent = find(path.slice(0, cut))
    if (parent?.kind !== 'directory') throw new Error(`no folder ${path.slice(0, cut)}`)
    return [parent, path.slice(cut + 1)]
  }
  const notice = (folder: Node): void => {
    const path = watched.get(folder)
    if (path === undefined) return
    for (let count = disk.deliveries(); count > 0; count -= 1) options?.onHint(path)
  }
  const touchFolder = (folder: Node): void => {
    folder.mtime = folder.ctime = now()
    notice(folder)
  }
  const put = (path: string, node: Node): void => {
    const [parent, name] = parentOf(path)
    parent.children.set(name, node)
    touchFolder(parent)
  }
  const toEntry = (node: Node): SourceEntry => ({
    kind: node.kind,
    mode: node.mode,
    size: node.content.length,
    mtimeMs: node.mtime,
    ctimeMs: node.ctime,
    inode: node.inode,
    links: node.links,
    ...(node.kind === 'directory' ? { bornMs: node.born } : {}),
    ...(node.kind === 'link' ? { linkTarget: node.target } : {}),
  })
  const unreadable = { kind: 'unreadable', why: 'it is said to fail' } as const
  const files: SourceFiles = {
    lookAt: (path) => {
      if (disk.fails()) return unreadable
      const node = find(path)
      return node === undefined ? { kind: 'gone' } : toEntry(node)
    },
    lookInto: (path, leaveOut): FolderLook | { kind: 'gone' } | typeof unreadable => {
      if (disk.fails()) return unreadable
      const node = find(path)
      if (node?.kind !== 'directory') return { kind: 'gone' }
      const hidden: string[] = []
      const entries = new Map<string, SourceEntry>()
      for (const [name, child] of node.children) {
        if (leaveOut(name, child.kind === 'directory')) continue
        if (disk.fails()) hidden.push(name)
        else entries.set(name, toEntry(child))
      }
      return { kind: 'folder', self: toEntry(node), entries, unreadable: hidden }
    },
    list: (path, leaveOut) => {
      if (disk.fails()) return unreadable
      const node = find(path)
      if (node?.kind !== 'directory') return { kind: 'gone' }
      const kept = [...node.children].filter(([name, child]) => !leaveOut(name, child.kind === 'directory'))
      const namesOf = (isWanted: (child: Node) => boolean) =>
        kept.flatMap(([name, child]) => (isWanted(child) ? [name] : []))
      const isFolder = ({ kind }: Node): boolean => kind === 'directory'
      return { kind: 'names', folders: namesOf(isFolder), others: namesOf((child) => !isFolder(child)) }
    },
    read: (path) => {
      if (disk.fails()) return unreadable
      const node = find(path)
      if (node?.kind !== 'file') return { kind: 'gone' }
      return { content: new TextEncoder().encode(node.content), entry: toEntry(node) }
    },
    stream: async function* (path, size) {
      const node = find(path)
      if (node?.kind === 'file') yield new TextEncoder().encode(node.content.slice(0, size))
    },
    hash: (content) => createHash('sha256').update(content).digest('hex'),
    digest: async (path) => {
      const node = find(path)
      return node?.kind === 'file' ? createHash('sha256').update(node.content).digest('hex') : undefined
    },
    findOpen: () => new Set(),
  }
  const disk: MemoryDisk = {
    files,
    watcher: {
      open: (given) => {
        options = given
        return {
          watch: (folder) => {
            const node = find(folder)
            if (node?.kind !== 'directory') return false
            watched.set(node, folder)
            return true
          },
          unwatch: (folder) => {
            for (const [node, path] of watched) if (path === folder) watched.delete(node)
          },
          close: () => {
            watched.clear()
            options = undefined
          },
        }
      },
    },
    deliveries: () => 1,
    fails: () => false,
    write: (path, content, { keepTime = false } = {}) => {
      const known = find(path)
      if (known?.kind !== 'file') return put(path, make('file', { content }))
      known.content = content
      known.ctime = now()
      if (!keepTime) known.mtime = now()
      const [parent] = parentOf(path)
      notice(parent)
    },
    makeFolder: (path) => {
      if (find(path) === undefined) put(path, make('directory'))
    },
    link: (path, target) => put(path, make('link', { target, mode: 0o777 })),
    hardLink: (path, from) => {
      const node = find(from)
      if (node?.kind !== 'file') return
      node.links += 1
      node.ctime = now()
      put(path, node)
    },
    rename: (from, to) => {
      const node = find(from)
      if (node === undefined || `${to}/`.startsWith(`${from}/`)) return
      const there = find(to)
      if (there === node) return
      if (there !== undefined) disk.remove(to)
      const [parent, name] = parentOf(from)
      const [goal, newName] = parentOf(to)
      parent.children.delete(name)
      goal.children.set(newName, node)
      node.ctime = now()
      touchFolder(parent)
      touchFolder(goal)
      if (node.kind === 'directory') notice(node)
    },
    remove: (path) => {
      const node = find(path)
      if (node === undefined) return
      for (const name of [...node.children.keys()]) disk.remove(`${path}/${name}`)
      const [parent, name] = parentOf(path)
      parent.children.delete(name)
      node.links -= 1
      node.ctime = now()
      if (node.kind === 'directory') notice(node)
      if (node.links <= 0) {
        watched.delete(node)
        free.push(node.inode)
      }
      touchFolder(parent)
    },
    chmod: (path, mode) => {
      const node = find(path)
      if (node === undefined || node.kind === 'link') return
      node.mode = mode
      node.ctime = now()
      notice(node.kind === 'directory' ? node : parentOf(path)[0])
      if (path.lastIndexOf('/') > 0) notice(parentOf(path)[0])
    },
    list: (folder) => {
      const found = new Map<string, string>()
      const walk = (node: Node, path: string): void => {
        for (const [name, child] of node.children) {
          const below = path === '' ? name : `${path}/${name}`
          found.set(below, toLine(child))
          if (child.kind === 'directory') walk(child, below)
        }
      }
      const node = find(folder)
      if (node?.kind === 'directory') walk(node, '')
      return found
    },
    kindOf: (path) => find(path)?.kind,
    loss: () => options?.onLoss(),
  }
  return disk
}
