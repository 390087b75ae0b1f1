import type { Agreements } from '../../ports/agreements.ts'
import type { Agreed, Base, Kept } from './side.ts'

/** What both sides had, and which container it was agreed upon with. */
export type Remembered = { readonly container: string; readonly base: Base }

type Row = readonly [path: string, kind: string, value: string, isHere: 0 | 1, ...earlier: string[]]

const form = 1

export const loadBase = async (agreements: Agreements | undefined, name: string): Promise<Remembered | undefined> => {
  const text = await agreements?.load(name)
  if (text === undefined) return undefined
  try {
    const found: unknown = JSON.parse(text)
    if (!isRecord(found) || found['form'] !== form || typeof found['container'] !== 'string') return undefined
    const rows = Array.isArray(found['rows']) ? found['rows'] : []
    return { container: found['container'], base: new Map(rows.flatMap((row: unknown) => fromRow(row))) }
  } catch {
    return undefined // cut short, or somebody else's
  }
}

export const keepBase = async (
  agreements: Agreements | undefined,
  name: string,
  { container, base }: Remembered,
): Promise<void> => agreements?.keep(name, JSON.stringify({ form, container, rows: [...base].map(toRow) }))

const toRow = ([path, { entry, isHere, earlier }]: readonly [string, Agreed]): Row => {
  const value = entry.kind === 'file' ? entry.digest : entry.kind === 'link' ? entry.linkTarget : ''
  const kind = entry.kind === 'file' && entry.executable ? 'program' : entry.kind
  return [path, kind, value, isHere ? 1 : 0, ...earlier]
}

const fromRow = (row: unknown): readonly (readonly [string, Agreed])[] => {
  if (!Array.isArray(row)) return []
  const [path, kind, value, isHere, ...earlier]: readonly unknown[] = row
  if (typeof path !== 'string' || typeof value !== 'string') return []
  const entry = toEntry(kind, value)
  if (entry === undefined) return []
  return [[path, { entry, isHere: isHere === 1, earlier: earlier.filter((one) => typeof one === 'string') }]]
}

const toEntry = (kind: unknown, value: string): Kept | undefined => {
  switch (kind) {
    case 'file':
    case 'program':
      return { kind: 'file', digest: value, executable: kind === 'program' }
    case 'link':
      return { kind, linkTarget: value }
    case 'directory':
      return { kind }
    default:
      return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
