import type { SourceEntry } from '../ports/source-files.ts'
import type { Refused } from './container-files.ts'
import type { Difference } from './listing.ts'

/** A path that the container did not take, and when it is tried again. */
export type Aside = {
  readonly entry: SourceEntry | undefined
  readonly why: string
  readonly isFinal: boolean
  readonly tries: number
  readonly until: number
}

export type AsidePaths = Map<string, Aside>

export const firstRetryMs = 500
const lastRetryMs = 30_000

/** Whether this path is not to be tried now as it shall be; no entry: gone. */
export const isAside = (
  aside: AsidePaths,
  { path, entry, now }: { readonly path: string; readonly entry: SourceEntry | undefined; readonly now: number },
): boolean => {
  const state = aside.get(path)
  return state !== undefined && state.entry === entry && (state.isFinal || state.until > now)
}

type Refusal = { readonly refusal: Refused; readonly entry: SourceEntry | undefined; readonly now: number }

export const setAside = (aside: AsidePaths, { refusal: { path, why, isFinal }, entry, now }: Refusal): void => {
  const before = aside.get(path)
  const tries = before?.entry === entry ? (before?.tries ?? 0) + 1 : 1
  const until = now + Math.min(firstRetryMs * 2 ** (tries - 1), lastRetryMs)
  aside.set(path, { entry, why, isFinal, tries, until })
}

/** What is below a path that waits itself is tried after that one. */
export const dueTimes = (aside: ReadonlyMap<string, Aside>): readonly number[] =>
  [...aside].flatMap(([path, { isFinal, until }]) => (isFinal || isBelowAny(aside, path) ? [] : [until]))

/** What is in a folder that the container did not take waits for it. */
export const isBelowAny = (aside: ReadonlyMap<string, Aside>, path: string): boolean => {
  if (aside.size === 0) return false
  for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1))
    if (aside.get(path.slice(0, at))?.entry !== undefined) return true
  return false
}

/** Forgets what nobody asks for any more. */
export const forgetSettled = (aside: AsidePaths, { put, remove }: Difference): void => {
  if (aside.size === 0) return
  const open = new Set([...put.map(({ path }) => path), ...remove])
  for (const path of aside.keys()) if (!open.has(path)) aside.delete(path)
}

/** A file is put beside the one that it takes the place of: where there is no room for both, that one goes first. */
export const isOutOfRoom = (aside: Aside | undefined, entry: SourceEntry): boolean =>
  aside?.entry === entry && entry.kind === 'file' && /no space|quota/i.test(aside.why)
