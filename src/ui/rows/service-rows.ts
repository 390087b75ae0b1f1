import type { ServiceView } from '../../core/state/select.ts'
import type { Theme } from '../theme.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { fit } from '../text/fit.ts'
import { formatAge } from '../text/format.ts'

export type ServiceRowsOptions = {
  readonly width: number
  readonly height: number
  readonly heading: boolean
  readonly theme: Theme
  readonly now: number
  readonly selected: string | undefined
  /** The table has the keyboard. */
  readonly focused: boolean
  /** What the last line of a service's log says, for one that failed without another reason. */
  readonly lastWords: (service: string) => string | undefined
}

type Columns = {
  readonly name: number
  readonly state: number
  readonly age: number
  readonly tier: number
  readonly ports: number
  readonly note: number
  readonly image: number
}

/** The table of services: as many rows as fit around the selected one, each as one string. */
export const toServiceRows = (views: readonly ServiceView[], options: ServiceRowsOptions): readonly string[] => {
  const { height, heading } = options
  const columns = toColumns(views, options)
  const room = height - (heading ? 1 : 0)
  const at = Math.max(
    0,
    views.findIndex((view) => view.name === options.selected),
  )
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), views.length - room))
  const shown = views.slice(first, first + room)
  const rows = shown.map((view) => toServiceRow(view, columns, options))
  return heading
    ? [toHeading(columns, options, { above: first, below: views.length - first - shown.length }), ...rows]
    : rows
}

const smallestStateWidth = 13

/** Room goes to name, state and reason first; image, tier and age leave when it gets narrow, the reason never. */
const toColumns = (views: readonly ServiceView[], { width }: ServiceRowsOptions): Columns => {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
  const name = Math.min(Math.max(7, longest(views.map(toName))), Math.max(7, Math.floor(width * 0.25)))
  const age = width >= 44 ? 6 : 0
  // Cut is what nobody could guess the end of, but for the smallest screens.
  const state = width < 44 ? smallestStateWidth : Math.max(smallestStateWidth, longest(views.map(toWord)) + 1)
  const tier =
    width >= 120 && views.some((view) => view.tier !== undefined)
      ? Math.max(6, Math.min(14, longest(views.map((view) => view.tier ?? '')) + 2))
      : 0
  const image = width >= 150 ? Math.min(34, longest(views.map((view) => view.image ?? '')) + 2) : 0
  const rest = Math.max(0, width - 5 - (name + 2) - state - age - tier - image)
  const ports = width >= 100 ? Math.min(Math.floor(rest * 0.5), Math.max(7, longest(views.map(toPortsText))) + 2) : 0
  return { name: name + 2, state, age, tier, ports, image, note: rest - ports }
}

const toWord = ({ status }: ServiceView) => status.word

const toName = (view: ServiceView) =>
  view.replicas.wanted > 1 ? `${view.name} ${view.replicas.running}/${view.replicas.wanted}` : view.name

const toPortsText = (view: ServiceView) => view.published.map((one) => one.url ?? one.host).join(' ')

const toHeading = (
  columns: Columns,
  options: ServiceRowsOptions,
  hidden: { readonly above: number; readonly below: number },
): string => {
  const { theme, width } = options
  const text = `     ${fit('SERVICE', columns.name)}${fit('STATE', columns.state)}${fit('FOR', columns.age)}${fit('TIER', columns.tier)}${fit('IMAGE', columns.image)}PORTS`
  const more = [hidden.above > 0 ? `${hidden.above} above` : '', hidden.below > 0 ? `${hidden.below} below` : '']
    .filter((one) => one !== '')
    .join(', ')
  return composeRow([{ text, paint: theme.dim }], {
    width,
    ellipsis: theme.symbols.ellipsis,
    ...(more === '' ? {} : { right: [{ text: `${more} `, paint: theme.dim }] }),
  })
}

/** One service as one row. */
export const toServiceRow = (view: ServiceView, columns: Columns, options: ServiceRowsOptions): string => {
  const { theme, width } = options
  const { status } = view
  const { ellipsis } = theme.symbols
  const selected = view.name === options.selected
  const marker = selected ? theme.symbols.selected : ' '
  const age =
    (status.tone === 'good' || status.tone === 'busy' || status.tone === 'bad') && status.since !== undefined
      ? formatAge(options.now - status.since)
      : ''
  const tone = (text: string) => theme.tone(status.tone, text)
  const ports = toPortsText(view)
  const reason = toReason(view, options)
  const segments: Segment[] = [
    { text: ` ${marker} `, paint: options.focused ? theme.accent : theme.dim },
    { text: `${theme.symbols.tones[status.tone]} `, paint: tone },
    { text: fit(toName(view), columns.name - 2, { ellipsis }) + '  ', ...(selected ? { paint: theme.bold } : {}) },
    { text: fit(status.word, columns.state - 1, { ellipsis }) + ' ', paint: tone },
    { text: fit(age, columns.age), paint: theme.dim },
    { text: fit(view.tier ?? '', columns.tier - 1, { ellipsis }) + (columns.tier > 0 ? ' ' : ''), paint: theme.dim },
    {
      text: fit(view.image ?? '', columns.image - 2, { ellipsis }) + (columns.image > 0 ? '  ' : ''),
      paint: theme.dim,
    },
  ]
  const paintReason = (text: string) =>
    status.tone === 'bad' ? tone(text) : view.stale === undefined ? theme.dim(text) : theme.warn(text)
  const badge: Segment[] =
    view.stale === undefined
      ? []
      : [{ text: `${theme.symbols.warning} stale  `, paint: (text) => theme.bold(theme.warn(text)) }]
  if (reason === undefined) segments.push({ text: ports })
  else if (ports === '' || columns.ports === 0) segments.push(...badge, { text: reason, paint: paintReason })
  else
    segments.push({ text: fit(ports, columns.ports - 2, { ellipsis }) + '  ' }, ...badge, {
      text: reason,
      paint: paintReason,
    })
  return composeRow(segments, { width, ellipsis })
}

const toReason = (view: ServiceView, options: ServiceRowsOptions): string | undefined => {
  const { status, stale } = view
  const reason = status.reason ?? stale?.problem.message
  if (reason !== undefined) return withoutName(view.name, reason.split('\n')[0] ?? '')
  return status.tone === 'bad' ? options.lastWords(view.name) : undefined
}

/** The row begins with the name: its reason need not. */
const withoutName = (name: string, text: string) => {
  const known = [`${name} `, `Service "${name}" `].find((start) => text.startsWith(start))
  return known === undefined ? text : text.slice(known.length)
}
