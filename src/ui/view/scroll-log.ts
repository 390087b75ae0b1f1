import type { LogBuffer, LogQuery } from '../../core/state/log-buffer.ts'
import type { LogPosition } from '../../core/state/log-source.ts'

export type ScrollOptions = { readonly query: LogQuery; readonly height: number }

/** The place after going so many lines back (negative) or on; undefined: at the end, and so following again. */
export const scrollLog = (
  logs: LogBuffer,
  from: LogPosition | undefined,
  options: ScrollOptions & { readonly lines: number },
): LogPosition | undefined => {
  const { query, lines } = options
  if (lines > 0) {
    if (from === undefined) return undefined
    const ahead = logs.head(lines + 1, { ...query, after: from })
    return ahead.length <= lines ? undefined : ahead[lines - 1]
  }
  const behind = logs.tail(1 - lines, { ...query, ...(from === undefined ? {} : { to: from }) })
  const first = logs.head(options.height, query)
  const wanted = behind[0]
  const highest = first.at(-1)
  if (wanted === undefined || highest === undefined) return from
  // Less than a screen of lines: there is nowhere to go.
  if (first.length < options.height) return from
  const next =
    wanted.order < highest.order || (wanted.order === highest.order && wanted.id < highest.id) ? highest : wanted
  return { order: next.order, id: next.id }
}

/** The place where the oldest line is at the top; undefined when all fit anyway. */
export const scrollToTop = (logs: LogBuffer, { query, height }: ScrollOptions): LogPosition | undefined => {
  const first = logs.head(height + 1, query)
  const bottom = first.length > height ? first[height - 1] : undefined
  return bottom === undefined ? undefined : { order: bottom.order, id: bottom.id }
}

/** The newest line as a place to stand still at. */
export const scrollToEnd = (logs: LogBuffer, query: LogQuery): LogPosition | undefined => {
  const last = logs.tail(1, query)[0]
  return last === undefined ? undefined : { order: last.order, id: last.id }
}
