import { fromBinary } from './back-shell.ts'

/** A file as the shell in a container lists it. `signature` is what tells that it was not changed. */
export type Listed = {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  /** Whole seconds since the epoch, the later one of what was changed of it. */
  readonly changedAt: number
  readonly writtenAt: number
  readonly signature: string
}

export type Listing = {
  /** The container's own time, in seconds. */
  readonly now: number
  readonly kind: 'folder' | 'file' | 'gone'
  /** The target of the rule without links. */
  readonly place: string
  readonly files: readonly Listed[]
}

const kinds: Readonly<Record<number, Listed['kind']>> = { 0o10: 'file', 0o4: 'directory', 0o12: 'link' }

/** Nothing in a path but its begin is `/./`, so that no name, whatever line ends are in it, looks like a line of the list. */
const fields = String.raw`\/([0-9a-f]+)\/(\d+)\/(-?\d+)\/(-?\d+)\/(\d+)\/\.`
const starts = new RegExp(String.raw`(?:^|\n)${fields}\/`, 'g')
const root = new RegExp(`^${fields}\n`)

/** What `list` of the shell answers. Undefined when that is no list. */
export const parseListing = (text: string): Listing | undefined => {
  const header = /^(\d+)\/(folder|file|gone)(\/[^\0]*)\0/.exec(text)
  if (header === null) return undefined
  const [whole, now = '', kind = '', place = ''] = header
  const lines = text.slice(whole.length)
  const self = root.exec(lines)
  const body = lines.slice(self === null ? 0 : self[0].length)
  const found = [...body.matchAll(starts)]
  const isFolder = kind === 'folder'
  const files = found.map((start, index) => {
    const end = found[index + 1]?.index ?? body.length - (body.endsWith('\n') ? 1 : 0)
    const name = body.slice(start.index + start[0].length, end)
    return toListed(isFolder ? fromBinary(name) : '', start)
  })
  return {
    now: Number(now),
    kind: isFolder ? 'folder' : kind === 'file' ? 'file' : 'gone',
    place: fromBinary(place),
    files: self === null ? files : [toListed('', self), ...files],
  }
}

const toListed = (path: string, found: RegExpExecArray): Listed => {
  const [, mode = '', size = '', written = '', changed = '', inode = ''] = found
  const bits = Number.parseInt(mode, 16)
  return {
    path,
    kind: kinds[bits >> 12] ?? 'other',
    mode: bits & 0o7777,
    writtenAt: Number(written),
    changedAt: Math.max(Number(written), Number(changed)),
    signature: `${mode}/${size}/${written}/${changed}/${inode}`,
  }
}

/** The size that a signature tells. */
export const sizeOf = (signature: string | undefined): number => Number(signature?.split('/')[1] ?? 0)
