import type { Frame, Put, Refused } from '../container-files.ts'
import type { HostWritten } from '../../ports/host-writer.ts'
import type { SourceEntry, SourceFiles } from '../../ports/source-files.ts'
import { parentOf, pathBelow } from '../paths.ts'
import { temporaryName } from './back-paths.ts'
import type { BackShell } from './back-shell.ts'
import type { Change } from './reconcile.ts'
import type { Outcomes } from './to-host.ts'

export type ToContainerDeps = {
  readonly source: Pick<SourceFiles, 'lookAt' | 'read' | 'stream'>
  readonly shell: BackShell
  readonly apply: (frame: Frame) => Promise<readonly Refused[]>
}

export type ToContainer = {
  /** The folder of the container that names are below. */
  readonly place: string
  readonly toName: (path: string) => string
  readonly signatures: ReadonlyMap<string, string>
  readonly root: string
  readonly entries: ReadonlyMap<string, SourceEntry>
  readonly changes: readonly Change[]
}

/** What is larger is not held at once. */
const largest = 4 * 1024 * 1024

/**
 * Brings what this machine has to a container. Files and links are put beside their places, and take them only where what is
 * there is what was seen.
 */
export const bringToContainer = async (deps: ToContainerDeps, asked: ToContainer): Promise<Outcomes> => {
  const outcomes: Outcomes = new Map()
  const cleared = await clear(deps, asked, outcomes)
  const isOpen = ({ path }: Change): boolean => {
    for (let at = path; ; at = parentOf(at)) {
      if (outcomes.has(at) && outcomes.get(at) !== 'done') return false
      if (!at.includes('/')) return outcomes.get('') === undefined || outcomes.get('') === 'done'
    }
  }
  const puts = asked.changes.filter((change) => change.to !== undefined && isOpen(change))
  await makeFolders(deps, asked, { puts, outcomes, cleared })
  const beside = await putBeside(deps, asked, { puts: puts.filter(isOpen), outcomes })
  if (beside.length > 0) {
    const words = beside.flatMap(({ change, temporary }) => {
      const expected = cleared.has(change.path) ? gone : (asked.signatures.get(change.path) ?? gone)
      return ['move', asked.toName(change.path), expected, temporary]
    })
    const answers = await askForChanges(deps.shell, asked.place, words)
    for (const [index, { change }] of beside.entries()) outcomes.set(change.path, answers[index] ?? 'changed')
  }
  for (const { path } of asked.changes) if (!outcomes.has(path)) outcomes.set(path, 'changed')
  return outcomes
}

const gone = 'gone'

/** Takes away what goes, or is in the way of another kind. Tells where nothing is now. */
const clear = async (deps: ToContainerDeps, asked: ToContainer, outcomes: Outcomes): Promise<ReadonlySet<string>> => {
  const going = asked.changes.filter(
    ({ from, to }) => from !== undefined && (to === undefined || to.kind !== from.kind || to.kind === 'link'),
  )
  if (going.length === 0) return new Set()
  const words = going.flatMap(({ path, from }) => [
    from?.kind === 'directory' ? 'folder' : 'file',
    asked.toName(path),
    asked.signatures.get(path) ?? gone,
    '',
  ])
  const answers = await askForChanges(deps.shell, asked.place, words)
  const cleared = new Set<string>()
  for (const [index, { path, to }] of going.entries()) {
    const answer = answers[index] ?? 'changed'
    if (answer === 'done') cleared.add(path)
    if (to === undefined || answer !== 'done') outcomes.set(path, answer)
  }
  return cleared
}

type Putting = { readonly puts: readonly Change[]; readonly outcomes: Outcomes }

/** Made where nothing is; whose they are and what their mode is follows. */
const makeFolders = async (
  { shell, apply }: ToContainerDeps,
  asked: ToContainer,
  { puts, outcomes }: Putting & { readonly cleared: ReadonlySet<string> },
): Promise<void> => {
  const folders = puts.filter(({ to }) => to?.kind === 'directory')
  const below = folders.filter(({ path }) => path !== '')
  const root = folders.find(({ path }) => path === '')
  const entryOf = ({ path }: Change): readonly Put[] => {
    const entry = asked.entries.get(path)
    return entry === undefined ? [] : [{ path, entry }]
  }
  if (root !== undefined) {
    const refused = await apply({ root: asked.place, remove: [], put: entryOf(root) })
    outcomes.set('', toOutcome(refused[0]))
    if (refused.length > 0) return
  }
  if (below.length === 0) return
  const words = below.flatMap(({ path }) => ['make', asked.toName(path), gone, ''])
  const answers = await askForChanges(shell, asked.place, words)
  const made = below.filter((_, index) => answers[index] === 'done')
  const refused = await apply({ root: asked.place, remove: [], put: made.flatMap(entryOf) })
  for (const [index, { path }] of below.entries()) outcomes.set(path, answers[index] ?? 'changed')
  for (const one of refused) outcomes.set(one.path, toOutcome(one))
}

type Beside = { readonly change: Change; readonly temporary: string }

/** Reads what is to be put, and puts what is still as it was seen beside its place. */
const putBeside = async (
  { source, apply }: ToContainerDeps,
  asked: ToContainer,
  { puts, outcomes }: Putting,
): Promise<readonly Beside[]> => {
  const [all, put]: [Map<string, Change>, Put[]] = [new Map(), []]
  for (const [index, change] of puts.filter(({ to }) => to?.kind !== 'directory').entries()) {
    const entry = asked.entries.get(change.path)
    const read = entry === undefined ? undefined : readPut(source, pathBelow(asked.root, change.path), entry)
    if (read === undefined) {
      outcomes.set(change.path, 'changed')
      continue
    }
    const path = asked
      .toName(change.path)
      .slice(2)
      .replace(/[^/]*$/, `${temporaryName}${index}`)
    all.set(path, change)
    put.push({ path, ...read })
  }
  if (put.length === 0) return []
  const refused = await apply({ root: asked.place, remove: [], put: [...findFolders(asked, puts, outcomes), ...put] })
  for (const one of refused) {
    const change = all.get(one.path)
    if (change !== undefined) outcomes.set(change.path, toOutcome(one))
    all.delete(one.path)
  }
  return [...all].map(([path, change]) => ({ change, temporary: `./${path}` }))
}

/** Where only some files count, their folders come with them. */
const findFolders = (
  { entries, signatures }: ToContainer,
  puts: readonly Change[],
  outcomes: Outcomes,
): readonly Put[] => {
  const missing = new Map<string, Put>()
  for (const { path } of puts)
    for (let at = path; at !== '';) {
      at = at.includes('/') ? parentOf(at) : ''
      const entry = entries.get(at)
      if (entry?.kind === 'directory' && !signatures.has(at) && !outcomes.has(at)) missing.set(at, { path: at, entry })
    }
  return [...missing.values()].toSorted((a, b) => a.path.length - b.path.length)
}

const readPut = (source: ToContainerDeps['source'], path: string, seen: SourceEntry): Omit<Put, 'path'> | undefined => {
  if (seen.kind === 'link') {
    const now = source.lookAt(path)
    return now.kind === 'link' && now.linkTarget === seen.linkTarget ? { entry: now } : undefined
  }
  if (seen.size > largest)
    return { entry: seen, stream: { size: seen.size, open: () => source.stream(path, seen.size) } }
  const read = source.read(path)
  if ('kind' in read) return undefined
  const isSame = read.entry.ctimeMs === seen.ctimeMs && read.entry.size === seen.size && read.entry.inode === seen.inode
  return isSame ? { entry: read.entry, content: read.content } : undefined
}

const toOutcome = (refused: Refused | undefined): HostWritten =>
  refused === undefined ? 'done' : { refused: refused.why }

const askForChanges = async (
  shell: BackShell,
  place: string,
  words: readonly string[],
): Promise<readonly HostWritten[]> => {
  const { text } = await shell.ask('change', place, words)
  return text
    .split('\0')
    .slice(0, -1)
    .map((said) => {
      const answer = said.trim()
      if (answer === 'done' || answer === 'changed') return answer
      return isPassing(answer) ? 'changed' : { refused: answer }
    })
}

/** Somebody in the container was quicker. */
const isPassing = (said: string): boolean => /not empty|exists|No such file/i.test(said)
