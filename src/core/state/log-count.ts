import type { LogBuffer } from './log-buffer.ts'
import type { LogFilter } from './log-filter.ts'
import { comparePositions, type LogPosition } from './log-source.ts'

export type CountQuery = {
  readonly services?: readonly string[]
  readonly filter: LogFilter
  /** The last line that is shown; absent: the newest. */
  readonly to?: LogPosition
}

export type LogCount = {
  /** How many lines were looked at: the newest ones, and all that have come since. */
  readonly looked: number
  readonly matches: number
  /** Of those that match, how many are behind the last one shown. */
  readonly below: number
}

/** How many lines a filter lets through. It remembers what it has counted, and looks at nothing but what is new. */
export type LogCounter = { readonly read: (query: CountQuery) => LogCount }

/** A filter that is being typed is another one with each letter: looking at a million lines takes longer than a key may. */
const mostAtOnce = 50_000

type Counted = { readonly filter: LogFilter; readonly names: string | undefined; lastId: number }

export const createLogCounter = (buffer: LogBuffer): LogCounter => {
  let all: (Counted & { looked: number; matches: number }) | undefined
  let behind: (Counted & { readonly to: LogPosition; below: number }) | undefined
  const isSame = (known: Counted | undefined, { filter, services }: CountQuery): boolean =>
    known !== undefined && known.filter === filter && known.names === services?.join('\n')
  const begin = ({ filter, services }: CountQuery): Counted => ({
    filter,
    names: services?.join('\n'),
    lastId: buffer.lastId(),
  })

  const countAll = (query: CountQuery): { readonly looked: number; readonly matches: number } => {
    const known = isSame(all, query) ? all : undefined
    if (known?.lastId === buffer.lastId()) return known
    const entries =
      known === undefined ? buffer.tail(mostAtOnce, toScope(query)) : buffer.since(known.lastId, toScope(query))
    all = {
      ...begin(query),
      looked: (known?.looked ?? 0) + entries.length,
      matches: (known?.matches ?? 0) + entries.filter(query.filter.matches).length,
    }
    return all
  }
  const countBehind = (query: CountQuery, to: LogPosition): number => {
    const known = isSame(behind, query) && behind?.to.id === to.id ? behind : undefined
    if (known?.lastId === buffer.lastId()) return known.below
    const scope = { ...toScope(query), matches: query.filter.matches }
    const fresh =
      known === undefined
        ? buffer.head(mostAtOnce, { ...scope, after: to })
        : buffer.since(known.lastId, scope).filter((entry) => comparePositions(entry, to) > 0)
    behind = { ...begin(query), to, below: (known?.below ?? 0) + fresh.length }
    return behind.below
  }
  return {
    read: (query) => {
      const { looked, matches } = countAll(query)
      return { looked, matches, below: query.to === undefined ? 0 : countBehind(query, query.to) }
    },
  }
}

const toScope = ({ services }: CountQuery): { readonly services?: readonly string[] } =>
  services === undefined ? {} : { services }
