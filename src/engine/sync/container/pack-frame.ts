import { toNameBytes } from '../../../wire/byte-names.ts'
import type { StreamedEntry } from '../../../wire/write-tar.ts'
import type { Put } from '../container-files.ts'
import { interrupt } from './interruptions.ts'
import { toSeconds } from './seen.ts'

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

export const sizeOf = ({ content, stream }: Put): number => stream?.size ?? content?.length ?? 0
