import { quote } from './quote.ts'
import type { Answer, Body, ShellSession } from './shell-session.ts'

/** Where a root leads: a folder, links followed; another thing; nothing. */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'none' }

/** A shell that is asked about things below roots. Where a root leads is remembered, and looked at again by every request. */
export type PlacedShell = {
  /** Uncached where `fresh`. */
  locate(root: string, options?: { readonly fresh: boolean }): Promise<Place>
  /** Runs a script in a root's folder. Undefined: the root leads elsewhere since; nothing was done but what is in `before`. */
  askIn(root: string, place: string, request: PlacedRequest): Promise<Answer | undefined>
  ask(script: string): Promise<Answer>
  /** Another shell in the place of one that was closed in the middle of a request. */
  renew(): Promise<void>
  isOpen(): boolean
  close(): void
}

export type PlacedRequest = {
  readonly script: string
  /** Done before it is gone to the root. */
  readonly before?: string
  readonly body?: Body | undefined
}

export const createPlacedShell = (first: ShellSession, reopen: () => Promise<ShellSession>): PlacedShell => {
  let session = first
  const places = new Map<string, Place>()
  return {
    locate: async (root, { fresh } = { fresh: false }) => {
      const known = fresh ? undefined : places.get(root)
      if (known !== undefined) return known
      const place = readPlace(await session.ask(`f ${quote(root)}`))
      if (place.kind === 'folder') places.set(root, place)
      return place
    },
    askIn: async (root, place, { script, before, body }) => {
      const go = `r ${quote(root)} ${quote(place)}&&{ ${script};}`
      const answer = await session.ask(before === undefined ? go : `${before}&&${go}`, body)
      if (!answer.said.includes('m')) return answer
      places.delete(root)
      return undefined
    },
    ask: (script) => session.ask(script),
    renew: async () => {
      session.close()
      session = await reopen()
    },
    isOpen: () => session.isOpen(),
    close: () => session.close(),
  }
}

export const readPlace = ({ said }: Answer): Place => {
  const last = said.at(-1) ?? 'n'
  if (last.startsWith('d')) return { kind: 'folder', path: last.slice(1) }
  return last === 'e' ? { kind: 'other' } : { kind: 'none' }
}
