import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readTar } from '../../src/wire/read-tar.ts'
import type { EngineApi } from './engine-api.ts'
import type { ExecShell } from './exec-shell.ts'

/**
 * A folder's content as it can be compared. Names are bytes: here each byte is one character (latin1), which is another way
 * than the tool's own, so that a mistake of the one is none of the other.
 */
export type Tree = ReadonlyMap<string, TreeEntry>

export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  /** Of a file its content, of a link where it leads. */
  readonly content: Buffer
  readonly owner?: string
}

const nothing = Buffer.alloc(0)
export const toBytes = (path: string): Buffer => Buffer.from(path, 'latin1')

/** What is below a folder of this machine. Pipes, sockets and devices are left out: nobody copies them. */
export const readFolder = (folder: string, isLeftOut: (path: string) => boolean = () => false): Tree => {
  const tree = new Map<string, TreeEntry>()
  const walk = (below: string): void => {
    const names = readdirSync(toBytes(`${folder}/${below}`), { encoding: 'buffer' }).map((name) =>
      name.toString('latin1'),
    )
    for (const path of names.map((name) => below + name).filter((each) => !isLeftOut(each))) {
      const entry = readEntry(toBytes(`${folder}/${path}`))
      if (entry.kind !== 'other') tree.set(path, entry)
      if (entry.kind === 'directory') walk(`${path}/`)
    }
  }
  walk('')
  return tree
}

const readEntry = (path: Buffer): TreeEntry => {
  const found = lstatSync(path)
  const mode = found.mode & 0o7777
  if (found.isDirectory()) return { kind: 'directory', mode, content: nothing }
  if (found.isSymbolicLink()) return { kind: 'link', mode, content: readlinkSync(path, { encoding: 'buffer' }) }
  if (found.isFile()) return { kind: 'file', mode, content: readFileSync(path) }
  return { kind: 'other', mode, content: nothing }
}

/** What is below a folder of a container, as its own tar packs it. A folder that is not there is an empty one. */
export const readContainer = async (shell: ExecShell, root: string): Promise<Tree> =>
  readArchive(await shell.run(`[ ! -d ${root} ] || tar -cf - -C ${root} . 2>/dev/null`))

/** The same as the engine packs it: for containers without a shell. It does not see what is in a tmpfs. */
export const readThroughEngine = async (engine: EngineApi, container: string, root: string): Promise<Tree> => {
  const { status, body } = await engine.raw('GET', `/containers/${container}/archive?path=${root}/.`)
  if (status === 404) return new Map()
  if (status !== 200) throw new Error(`${root} cannot be read: ${status} ${body.toString()}`)
  return readArchive(body)
}

const readArchive = async (archive: Buffer): Promise<Tree> => {
  const tree = new Map<string, TreeEntry>()
  if (archive.length === 0) return tree
  for await (const item of readTar(once(archive), 'a container')) {
    const path = toPath(item.path)
    const chunks: Uint8Array[] = []
    for await (const chunk of item.data) chunks.push(chunk)
    if (path === '' || path === '.') continue
    if (item.kind === 'hardlink') {
      const first = tree.get(toPath(item.linkTarget))
      if (first !== undefined) tree.set(path, first)
    } else {
      const content = item.kind === 'link' ? item.linkTarget : Buffer.concat(chunks)
      tree.set(path, { kind: item.kind, mode: item.mode, content, owner: `${item.uid}:${item.gid}` })
    }
  }
  return tree
}

const toPath = (name: Buffer): string => name.toString('latin1').replace(/^\.\//, '').replace(/\/$/, '')

const once = async function* (archive: Buffer): AsyncGenerator<Buffer> {
  yield archive
}

export interface Comparison {
  /** `uid:gid` of everything in the container. */
  readonly owner?: string
  /** What nobody looks at, on either side. */
  readonly isPassedOver?: (path: string) => boolean
  /** The container may have more than the source. */
  readonly hasMore?: boolean
}

/** Every path at which the container is not as the source is, in words; nothing when they are the same. */
export const compareTrees = (
  source: Tree,
  held: Tree,
  { owner, isPassedOver = () => false, hasMore = false }: Comparison = {},
): readonly string[] => {
  const paths = [...new Set([...source.keys(), ...(hasMore ? [] : held.keys())])].filter((path) => !isPassedOver(path))
  return paths.toSorted().flatMap((path) => {
    const [wanted, found] = [source.get(path), held.get(path)]
    const name = toText(path)
    if (wanted === undefined) return [`${name} is there, and is gone here: ${describe(found)}`]
    if (found === undefined) return [`${name} is missing: ${describe(wanted)}`]
    const isSame =
      wanted.kind === found.kind &&
      (wanted.kind === 'link' || wanted.mode === found.mode) &&
      wanted.content.equals(found.content)
    if (!isSame) return [`${name} is ${describe(found)}, not ${describe(wanted)}`]
    // Whose a link is makes no difference; busybox unpacks all as root's.
    return owner === undefined || owner === found.owner || found.kind === 'link'
      ? []
      : [`${name} belongs to ${found.owner}, not to ${owner}`]
  })
}

const describe = (entry: TreeEntry | undefined): string => {
  if (entry === undefined || entry.kind === 'other') return 'something else'
  const { kind, mode, content } = entry
  if (kind === 'link') return `a link to ${toText(content.toString('latin1'))}`
  const permissions = mode.toString(8).padStart(4, '0')
  const text = content.toString('latin1', 0, 40)
  return kind === 'directory'
    ? `a folder ${permissions}`
    : `a file ${permissions}, ${content.length} bytes ${toText(text)}`
}

/** A name or a text in characters that every terminal shows; JSON reads it back. */
export const toText = (text: string): string =>
  toAscii(JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text))

export const toAscii = (json: string): string =>
  json.replaceAll(/[\u007f-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
