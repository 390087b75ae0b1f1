import type { LogChunk } from '../ports/container-runtime.ts'

/** A container whose log is read. */
export type LoggedContainer = { readonly id: string; readonly name: string; readonly service: string }
/** Lines of one stream of one container, in a row. */
export type LogRun = {
  readonly source: LoggedContainer
  readonly stream: 'stdout' | 'stderr'
  readonly lines: LogChunk['lines']
}

type Cursor = {
  readonly source: LoggedContainer
  readonly chunks: AsyncIterator<LogChunk>
  chunk: LogChunk | undefined
  line: number
}

/**
 * Logs of several containers as one, ordered by the engine's time: a merge of streams each in order, which holds one chunk
 * of each and so needs no more memory for long logs than for short ones.
 */
export const mergeLogs = async function* (
  sources: readonly { readonly source: LoggedContainer; readonly chunks: AsyncIterable<LogChunk> }[],
): AsyncGenerator<LogRun> {
  const cursors: Cursor[] = sources.map(({ source, chunks }) => ({
    source,
    chunks: chunks[Symbol.asyncIterator](),
    chunk: undefined,
    line: 0,
  }))
  try {
    await Promise.all(cursors.map(advance))
    let open = cursors.filter((cursor) => cursor.chunk !== undefined)
    while (open.length > 0) {
      const { first, limit } = pickFirst(open)
      yield takeUntil(first, limit)
      if (first.line < (first.chunk?.lines.length ?? 0)) continue
      await advance(first)
      if (first.chunk === undefined) open = open.filter((cursor) => cursor !== first)
    }
  } finally {
    await Promise.all(cursors.map(async (cursor) => cursor.chunks.return?.()))
  }
}

const advance = async (cursor: Cursor): Promise<void> => {
  do {
    const next = await cursor.chunks.next()
    cursor.chunk = next.done === true ? undefined : next.value
  } while (cursor.chunk?.lines.length === 0)
  cursor.line = 0
}

const timeOf = (cursor: Cursor): string => cursor.chunk?.lines[cursor.line]?.timestamp ?? ''

/** The container whose next line is the oldest, and the time up to which it is the only one to have lines. */
const pickFirst = (open: readonly Cursor[]): { readonly first: Cursor; readonly limit: string | undefined } => {
  let first = open[0] as Cursor
  let limit: string | undefined
  for (const cursor of open.slice(1)) {
    const time = timeOf(cursor)
    if (time < timeOf(first)) {
      limit = timeOf(first)
      first = cursor
    } else if (limit === undefined || time < limit) limit = time
  }
  return { first, limit }
}

const takeUntil = (cursor: Cursor, limit: string | undefined): LogRun => {
  const chunk = cursor.chunk as LogChunk
  const from = cursor.line
  cursor.line += 1
  while (cursor.line < chunk.lines.length && (limit === undefined || timeOf(cursor) <= limit)) cursor.line += 1
  return { source: cursor.source, stream: chunk.stream, lines: chunk.lines.slice(from, cursor.line) }
}
