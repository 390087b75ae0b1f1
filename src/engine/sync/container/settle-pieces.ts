import type { Put, Refused } from '../container-files.ts'

/** What became of an attempt: of what is not refused, all is there where it is ok; else some may be. */
export type Outcome = { readonly ok: boolean; readonly words: string; readonly refused: readonly Refused[] }

export type Settling = {
  readonly bring: (puts: readonly Put[]) => Promise<Outcome>
  /** Those of them that have not arrived, as far as it can be told. */
  readonly keepMissing: (puts: readonly Put[]) => Promise<readonly Put[]>
}

/**
 * After an attempt at all of them has failed: what has not arrived is tried in pieces, ever bigger ones while all goes
 * well, one alone after a failure, for who unpacks may have ended at the first entry that cannot be made.
 */
export const settlePieces = async (
  { bring, keepMissing }: Settling,
  puts: readonly Put[],
): Promise<readonly Refused[]> => {
  const refused: Refused[] = []
  let left = await keepMissing(puts)
  let most = 1
  while (left.length > 0) {
    const piece = left.slice(0, most)
    left = left.slice(piece.length)
    const outcome = await bring(piece)
    refused.push(...outcome.refused)
    most = outcome.ok ? most * 2 : 1
    if (outcome.ok) continue
    const rest = withoutRefused(piece, outcome.refused)
    if (piece.length > 1) left = [...(await keepMissing(rest)), ...left]
    else for (const { path } of rest) refused.push({ path, why: toWhy(outcome.words), isFinal: false })
  }
  return refused
}

export const withoutRefused = (puts: readonly Put[], refused: readonly Refused[]): readonly Put[] => {
  const paths = new Set(refused.map(({ path }) => path))
  return puts.filter(({ path }) => !paths.has(path))
}

/** The first words of a tool, such that they fit into a line. */
export const toWhy = (words: string): string => {
  const lines = words.toWellFormed().split('\n')
  const first = lines.map((line) => line.trim()).find((line) => line !== '') ?? 'its tools failed and did not say why'
  return first.length > 300 ? `${first.slice(0, 299)}…` : first
}
