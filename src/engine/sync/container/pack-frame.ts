import { toNameBytes } from '../../../wire/byte-names.ts'
import { packTar, writeTar, type StreamedEntry } from '../../../wire/write-tar.ts'
import type { Put } from '../container-files.ts'
import { interrupt } from './interruptions.ts'
import { toSeconds } from './seen.ts'
import type { Body } from './shell-session.ts'

export type Owner = { readonly uid: number; readonly gid: number }

const openSource = async function* (open: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* open()
  } catch (error) {
    throw interrupt('SourceFailed', error)
  }
}

/** One path of a container as an entry of an archive, at an absolute place. */
export const toTarEntry = ({ entry, content, stream }: Put, at: string, owner: Owner): StreamedEntry => ({
  path: toNameBytes(at),
  kind: entry.kind,
  mode: entry.mode,
  mtimeSeconds: toSeconds(entry),
  ...owner,
  ...(content === undefined ? {} : { content }),
  ...(stream === undefined ? {} : { stream: { ...stream, open: () => openSource(stream.open) } }),
  ...(entry.linkTarget === undefined ? {} : { linkTarget: toNameBytes(entry.linkTarget) }),
})

/** An archive whose size is known before it is made: what is streamed is not held. */
export const packEntries = (entries: readonly StreamedEntry[]): Body => {
  if (entries.every(({ stream }) => stream === undefined)) {
    const tar = packTar(entries)
    return { size: tar.length, chunks: [tar] }
  }
  const fixed = packTar(entries.map((entry) => (entry.stream === undefined ? entry : { ...entry, content: nothing })))
  const streamed = entries.reduce((sum, { stream }) => sum + Math.ceil((stream?.size ?? 0) / block) * block, 0)
  return { size: fixed.length + streamed, chunks: writeTar(entries) }
}

const block = 512
const nothing = new Uint8Array()

export const sizeOf = ({ content, stream }: Put): number => stream?.size ?? content?.length ?? 0
