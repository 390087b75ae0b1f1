import { parseDuration } from '../core/project/units.ts'
import { createUsageError } from './usage-error.ts'

/** `42m`, a date, or seconds since the epoch → seconds since the epoch. A duration counts back from now. */
export const parseTime = (
  text: string | undefined,
  { now, command }: { readonly now: number; readonly command: string },
): number | undefined => {
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const duration = parseDuration(text)
  if (duration !== undefined) return now / 1000 - duration / 1e9
  const date = Date.parse(text)
  if (!Number.isNaN(date)) return date / 1000
  throw createUsageError(
    { detail: `"${text}" is no time: write 2026-01-02T13:23:37Z, 42m, or seconds since 1970.` },
    command,
  )
}
