import { fromNameBytes, toNameBytes } from '../../../wire/byte-names.ts'
import { readTar, type TarItem } from '../../../wire/read-tar.ts'
import type { ContainerRuntime } from '../../ports/container-runtime.ts'
import type { HostWrite, HostWriter, HostWritten } from '../../ports/host-writer.ts'
import type { SourceEntry } from '../../ports/source-files.ts'
import type { BackShell } from './back-shell.ts'
import { sizeOf } from './parse-listing.ts'
import type { Change } from './reconcile.ts'

export type ToHostDeps = {
  readonly runtime: Pick<ContainerRuntime, 'exec'>
  readonly writer: HostWriter
  readonly signal: AbortSignal
}

export type ToHost = {
  readonly container: string
  readonly shell: BackShell
  readonly signatures: ReadonlyMap<string, string>
  /** The folder of the container that `toName` names are below. */
  readonly place: string
  readonly toName: (path: string) => string
  /** Where it goes to on this machine, and what was seen there. */
  readonly root: string
  readonly entries: ReadonlyMap<string, SourceEntry>
  readonly changes: readonly Change[]
}

export type Outcomes = Map<string, HostWritten>

/** Names are arguments of a program, which takes only so many. */
const maxNamesLength = 16 * 1024
/** So much is brought at once; a larger file comes by itself, in a stream of its own. */
const maxBatchBytes = 2 * 1024 * 1024

/** Brings what a container has to this machine; one that fails keeps no other back. */
export const bringToHost = async (deps: ToHostDeps, asked: ToHost): Promise<Outcomes> => {
  const outcomes: Outcomes = new Map()
  const files: Change[] = []
  for (const change of asked.changes) {
    const { path, to } = change
    if (to?.kind === 'file') files.push(change)
    else outcomes.set(path, await deps.writer.write(asked.root, toWrite(change, asked, to ?? { kind: 'gone' })))
  }
  for (const batch of toBatches(files, asked)) {
    const again = await fetch(deps, asked, { batch, outcomes })
    // Other names of a file have no content of their own in an archive in which it stands already.
    for (const change of again) await fetch(deps, asked, { batch: [change], outcomes })
  }
  for (const { path } of asked.changes) if (!outcomes.has(path)) outcomes.set(path, 'changed')
  return outcomes
}

const toWrite = ({ path }: Change, { entries }: ToHost, to: HostWrite['to']): HostWrite => {
  const expected = entries.get(path)
  return { path, to, ...(expected === undefined ? {} : { expected }) }
}

const toBatches = (files: readonly Change[], { signatures }: ToHost): readonly (readonly Change[])[] => {
  const batches: Change[][] = []
  let [length, bytes] = [Number.POSITIVE_INFINITY, 0]
  for (const change of files) {
    length += change.path.length * 3 + 8
    bytes += sizeOf(signatures.get(change.path))
    if (length > maxNamesLength || bytes > maxBatchBytes) {
      batches.push([])
      length = 0
      bytes = sizeOf(signatures.get(change.path))
    }
    batches.at(-1)?.push(change)
  }
  return batches
}

type Fetching = { readonly batch: readonly Change[]; readonly outcomes: Outcomes }

/** Tells which have to be asked for by themselves. */
const fetch = async (deps: ToHostDeps, asked: ToHost, { batch, outcomes }: Fetching): Promise<readonly Change[]> => {
  const isLarge = batch.some(({ path }) => sizeOf(asked.signatures.get(path)) > maxBatchBytes)
  const archive = isLarge ? streamArchive(deps, asked, batch) : readArchive(asked, batch)
  const byName = new Map(batch.map((change) => [asked.toName(change.path), change]))
  const again: Change[] = []
  for await (const item of readTar(archive, asked.place)) {
    const change = byName.get(toItemName(item))
    if (change?.to?.kind !== 'file') continue
    if (item.kind === 'hardlink') again.push(change)
    if (item.kind !== 'file') continue
    const { digest, executable } = change.to
    const to = { kind: 'file' as const, digest, executable, content: item.data }
    outcomes.set(change.path, await deps.writer.write(asked.root, toWrite(change, asked, to)))
  }
  return batch.length === 1 ? [] : again
}

/** By the shell that is there: a new process of the engine takes many times as long. */
const readArchive = async function* (
  { shell, place, toName }: ToHost,
  batch: readonly Change[],
): AsyncGenerator<Uint8Array> {
  const { text } = await shell.ask(
    'fetch',
    place,
    batch.map(({ path }) => toName(path)),
  )
  yield Uint8Array.from(atob(text.replace(/\n/g, '')), (character) => character.charCodeAt(0))
}

const script = 'cd "$1" && exec xargs -0 tar -cf -'

const streamArchive = async function* (
  { runtime, signal }: ToHostDeps,
  { container, place, toName, shell: { program } }: ToHost,
  batch: readonly Change[],
): AsyncGenerator<Uint8Array> {
  const { shell, ...user } = program
  const command = [...shell, '-c', script, 'sh', place]
  const session = await runtime.exec(container, { command, stdin: true, ...user }, { signal })
  try {
    session.write(toNameBytes(batch.map(({ path }) => `${toName(path)}\0`).join('')))
    session.endInput()
    for await (const chunk of session.output) if (chunk.stream === 'stdout') yield chunk.data
  } finally {
    session.close()
  }
}

const toItemName = ({ path }: TarItem): string => {
  const name = fromNameBytes(path)
  return name.startsWith('./') ? name : `./${name}`
}
