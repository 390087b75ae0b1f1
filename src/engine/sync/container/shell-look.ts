import type { Seen } from '../container-files.ts'
import { toFolderTree, isAtOrBelow } from './folder-tree.ts'
import { checkScript, toGroups } from './frame-script.ts'
import { interrupt } from './interruptions.ts'
import { quote, quoteBelow } from './quote.ts'
import { readOneStat, readStatLines } from './seen.ts'
import type { Answer } from './shell-session.ts'
import type { PlacedShell } from './shell-place.ts'

/** What is at these paths; links are not followed, and what is below one is not there. */
export const lookByShell = async (
  shell: PlacedShell,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Seen>> => {
  const place = await shell.locate(root)
  if (place.kind === 'none') return new Map()
  if (place.kind === 'other') return paths.includes('') ? await lookAtThing(shell, root) : new Map()
  return lookBelow({ shell, root, place: place.path }, paths)
}

type Here = { readonly shell: PlacedShell; readonly root: string; readonly place: string }

const lookBelow = async (here: Here, paths: readonly string[]): Promise<ReadonlyMap<string, Seen>> => {
  const there = await keepReachable(here, paths)
  const seen = new Map<string, Seen>()
  // In the lines of many, a name with a newline in it cannot be told.
  const plain = there.filter((path) => !path.includes('\n'))
  for (const group of toGroups(plain.map(quoteBelow))) {
    const lines = readStatLines((await askThere(here, `s ${group.join(' ')}`)).words)
    for (const [name, found] of lines) seen.set(name === '.' ? '' : name.slice('./'.length), found)
  }
  for (const path of there) {
    if (!path.includes('\n')) continue
    const found = readOneStat((await askThere(here, `s ${quoteBelow(path)}`)).words)
    if (found !== undefined) seen.set(path, found)
  }
  return addLinkTargets(here, seen)
}

/** Those that are not below a link, or below what is no folder. */
const keepReachable = async (here: Here, paths: readonly string[]): Promise<readonly string[]> => {
  const tree = toFolderTree(paths.filter((path) => path !== ''))
  if (tree.nodes.length === 1) return paths
  const bad = readBadFolders(await askThere(here, checkScript(tree)))
  if (bad.size === 0) return paths
  const closed = new Set(tree.nodes.filter(({ index }) => bad.has(index)).map(({ path }) => path))
  return paths.filter((path) => path === '' || closed.has(path) || !isAtOrBelow(path, closed))
}

/** What the shell says of folders that are none, by their index. */
export const readBadFolders = ({ said }: Answer): ReadonlyMap<number, string> => {
  const bad = new Map<number, string>()
  for (const text of said) {
    const [all, index = '', what = ''] = /^!(\d+) (\w+)$/.exec(text) ?? []
    if (all !== undefined) bad.set(Number(index), what)
  }
  return bad
}

const addLinkTargets = async (here: Here, seen: Map<string, Seen>): Promise<ReadonlyMap<string, Seen>> => {
  const links = [...seen].filter(([, { kind }]) => kind === 'link').map(([path]) => path)
  if (links.length === 0) return seen
  const script = links.map((path, index) => `l ${index} ${quoteBelow(path)}`).join(';')
  for (const text of (await askThere(here, script)).said) {
    const [, index = '', target] = /^l(\d+) (.*)\n\.$/s.exec(text) ?? []
    const path = links[Number(index)]
    const found = path === undefined ? undefined : seen.get(path)
    if (path !== undefined && found !== undefined && target !== undefined)
      seen.set(path, { ...found, linkTarget: target })
  }
  return seen
}

const lookAtThing = async (shell: PlacedShell, root: string): Promise<ReadonlyMap<string, Seen>> => {
  const { words, said } = await shell.ask(`s ${quote(root)};[ ! -L ${quote(root)} ]||l 0 ${quote(root)}`)
  const found = readOneStat(words)
  if (found === undefined) return new Map()
  const linkTarget = /^l0 (.*)\n\.$/s.exec(said.at(-1) ?? '')?.[1]
  return new Map([['', linkTarget === undefined ? found : { ...found, linkTarget }]])
}

const askThere = async ({ shell, root, place }: Here, script: string): Promise<Answer> => {
  const answer = await shell.askIn(root, place, { script })
  if (answer === undefined) throw interrupt('RootMoved')
  return answer
}

/** SHA-256 of those of the paths that are files. */
export const digestByShell = async (
  shell: PlacedShell,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const seen = await lookByShell(shell, root, paths)
  const files = paths.filter((path) => seen.get(path)?.kind === 'file')
  const digests = new Map<string, string>()
  const place = await shell.locate(root)
  if (place.kind !== 'folder') {
    const found = files.includes('')
      ? /^\\?([0-9a-f]{64}) /.exec((await shell.ask(`h ${quote(root)}`)).words)?.[1]
      : undefined
    return found === undefined ? digests : digests.set('', found)
  }
  const here = { shell, root, place: place.path }
  const isOdd = (path: string): boolean => /[\n\\]/.test(path)
  for (const group of toGroups(files.filter((path) => !isOdd(path)).map(quoteBelow)))
    for (const line of (await askThere(here, `h ${group.join(' ')}`)).words.split('\n')) {
      const [all, digest = '', name = ''] = /^([0-9a-f]{64}) [ *]\.\/(.*)$/s.exec(line) ?? []
      if (all !== undefined) digests.set(name, digest)
    }
  for (const path of files.filter(isOdd)) {
    const digest = /^\\?([0-9a-f]{64}) /.exec((await askThere(here, `h ${quoteBelow(path)}`)).words)?.[1]
    if (digest !== undefined) digests.set(path, digest)
  }
  return digests
}
