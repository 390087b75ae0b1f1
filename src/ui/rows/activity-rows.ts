import type { Activity } from '../../core/state/select.ts'
import type { Theme } from '../theme.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { fit } from '../text/fit.ts'
import { formatAge, formatBytes } from '../text/format.ts'
import { toTitleRow } from './title-row.ts'

export type ActivityRowsOptions = {
  readonly width: number
  readonly height: number
  readonly theme: Theme
  readonly now: number
  readonly plan: { readonly ended: number; readonly total: number }
}

/** What goes on right now and what is waited for, one line each, under a rule that says how far the plan is. */
export const toActivityRows = (activities: readonly Activity[], options: ActivityRowsOptions): readonly string[] => {
  const { theme, width, height, plan } = options
  const title = toTitleRow(
    {
      name: 'now',
      focused: false,
      ...(plan.total === 0 ? {} : { right: [{ text: `${plan.ended} of ${plan.total} steps`, paint: theme.dim }] }),
    },
    { width, theme },
  )
  const room = height - 1
  const shown = activities.length > room ? activities.slice(0, Math.max(0, room - 1)) : activities
  const name = Math.min(24, Math.max(7, ...activities.map((one) => textWidth(one.subject))))
  const rows = shown.map((one) => toActivityRow(one, { ...options, name }))
  const more = activities.length - shown.length
  return [
    title,
    ...rows,
    ...(more > 0
      ? [composeRow([{ text: `     and ${more} more`, paint: theme.dim }], { width, ellipsis: theme.symbols.ellipsis })]
      : []),
  ]
}

export const toActivityRow = (activity: Activity, options: ActivityRowsOptions & { readonly name: number }): string => {
  const { theme, width, now } = options
  const { ellipsis, tones } = theme.symbols
  const waiting = activity.verb === 'waiting'
  const left: Segment[] = [
    { text: `   ${waiting ? tones.calm : tones.busy} `, paint: (text) => theme.tone(waiting ? 'calm' : 'busy', text) },
    { text: `${fit(activity.subject, options.name, { ellipsis })}  ` },
    { text: fit(activity.verb, 12), paint: (text) => theme.tone(waiting ? 'calm' : 'busy', text) },
  ]
  const right: Segment[] = [
    ...toProgressSegments(activity, theme, width),
    {
      text: activity.since === undefined ? '      ' : fit(formatAge(now - activity.since), 5, { align: 'right' }) + ' ',
      paint: theme.dim,
    },
  ]
  const used = [...left, ...right].reduce((sum, one) => sum + textWidth(one.text), 0)
  return composeRow(
    [...left, { text: fit(activity.text, Math.max(0, width - used - 2), { ellipsis }), paint: theme.dim }],
    { width, ellipsis, right },
  )
}

const toProgressSegments = ({ progress }: Activity, theme: Theme, width: number): Segment[] => {
  if (progress === undefined) return []
  const { done, total, unit } = progress
  if (total === undefined || total <= 0)
    return done > 0 && unit === 'bytes' ? [{ text: ` ${formatBytes(done)}`, paint: theme.dim }] : []
  const ratio = Math.min(1, done / total)
  const cells = width >= 100 ? 20 : 10
  const full = Math.round(ratio * cells)
  const { bar } = theme.symbols
  const amount = unit === 'bytes' ? `${formatBytes(done)} of ${formatBytes(total)}` : `${done}/${total}`
  return [
    { text: ` ${amount} `, paint: theme.dim },
    { text: bar.full.repeat(full), paint: theme.accent },
    { text: bar.empty.repeat(cells - full), paint: theme.dim },
    { text: fit(`${Math.floor(ratio * 100)}%`, 5, { align: 'right' }) },
  ]
}
