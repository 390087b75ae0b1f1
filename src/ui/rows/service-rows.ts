import type { ServiceView } from '../../core/state/select.ts'
import type { Theme } from '../theme.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import { formatAge, formatPercent, formatSize } from '../text/format.ts'
import { toSparkline } from '../text/sparkline.ts'
import { toColumns, toName, toPortsText, type Columns } from './service-columns.ts'

export type ServiceRowsOptions = {
  readonly width: number
  readonly height: number
  readonly heading: boolean
  readonly theme: Theme
  readonly now: number
  readonly selected: string | undefined
  /** The next action is for all of these. */
  readonly marked: ReadonlySet<string>
  /** The table has the keyboard. */
  readonly focused: boolean
  /** What the last line of a service's log says, for one that failed without another reason. */
  readonly lastWords: (service: string) => string | undefined
}

/** The services whose rows fit, around the selected one. */
export const selectShown = (
  views: readonly ServiceView[],
  { height, heading, selected }: Pick<ServiceRowsOptions, 'height' | 'heading' | 'selected'>,
): { readonly first: number; readonly shown: readonly ServiceView[] } => {
  const room = Math.max(0, height - (heading ? 1 : 0))
  const at = Math.max(
    0,
    views.findIndex((view) => view.name === selected),
  )
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), views.length - room))
  return { first, shown: views.slice(first, first + room) }
}

/** The table of services: as many rows as fit around the selected one, each as one string. */
export const toServiceRows = (views: readonly ServiceView[], options: ServiceRowsOptions): readonly string[] => {
  const { heading } = options
  const columns = toColumns(views, options.width)
  const { first, shown } = selectShown(views, options)
  const rows = shown.map((view) => toServiceRow(view, columns, options))
  return heading
    ? [toHeading(columns, options, { above: first, below: views.length - first - shown.length }), ...rows]
    : rows
}

const toHeading = (
  columns: Columns,
  options: ServiceRowsOptions,
  hidden: { readonly above: number; readonly below: number },
): string => {
  const { theme, width } = options
  const text = `     ${fit('SERVICE', columns.name)}${fit('STATE', columns.state)}${fit('FOR', columns.age)}${toMeasuredHeading(columns)}${fit('TIER', columns.tier)}${fit('IMAGE', columns.image)}PORTS`
  const more = [hidden.above > 0 ? `${hidden.above} above` : '', hidden.below > 0 ? `${hidden.below} below` : '']
    .filter((one) => one !== '')
    .join(', ')
  return composeRow([{ text, paint: theme.dim }], {
    width,
    ellipsis: theme.symbols.ellipsis,
    ...(more === '' ? {} : { right: [{ text: `${more} `, paint: theme.dim }] }),
  })
}

const toMeasuredHeading = ({ cpu, cpuLine, memory, memoryLine, network, restarts }: Columns): string =>
  [
    cpu === 0 ? fit('CPU', cpuLine) : `${fit('CPU', cpu - 2, { align: 'right' })}${' '.repeat(cpuLine + 2)}`,
    memory === 0 ? '' : `${fit('MEM', memory - 2, { align: 'right' })}${' '.repeat(memoryLine + 2)}`,
    network === 0 ? '' : fit('  IN   OUT /s', network),
    restarts === 0 ? '' : fit('RST', restarts),
  ].join('')

/** What it uses: the number, and behind it the last ones as a line. */
const toMeasuredText = ({ usage, restarts }: ServiceView, columns: Columns, { theme }: ServiceRowsOptions): string => {
  const number = (text: string | undefined, cells: number): string =>
    cells === 0 ? '' : `${fit(text ?? '', cells - 2, { align: 'right' })}  `
  const line = (values: readonly number[] | undefined, cells: number, least: number): string =>
    cells === 0 ? '' : `${toSparkline(values ?? [], { width: cells - 2, levels: theme.symbols.levels, least })}  `
  return [
    number(usage && formatPercent(usage.cpuPercent), columns.cpu),
    line(
      usage?.past.map(({ cpuPercent }) => cpuPercent),
      columns.cpuLine,
      leastCpu,
    ),
    number(usage && formatSize(usage.memoryBytes), columns.memory),
    line(
      usage?.past.map(({ memoryBytes }) => memoryBytes),
      columns.memoryLine,
      1,
    ),
    columns.network === 0
      ? ''
      : fit(
          usage === undefined
            ? ''
            : `${fit(formatSize(usage.networkInBytes), 6, { align: 'right' })} ${fit(formatSize(usage.networkOutBytes), 6, { align: 'right' })}`,
          columns.network,
        ),
    columns.restarts === 0 ? '' : fit(restarts === 0 ? '' : String(restarts), columns.restarts),
  ].join('')
}

/** Of one core: what less than that makes no difference to. */
const leastCpu = 10

/** One service as one row. */
export const toServiceRow = (view: ServiceView, columns: Columns, options: ServiceRowsOptions): string => {
  const { theme, width } = options
  const { status } = view
  const { ellipsis } = theme.symbols
  const selected = view.name === options.selected
  const mark = options.marked.has(view.name) ? theme.symbols.marked : ' '
  const marker = selected ? theme.symbols.selected : columns.tier > 0 ? ' ' : (view.tierMark ?? ' ')
  const age =
    (status.tone === 'good' || status.tone === 'busy' || status.tone === 'bad') && status.since !== undefined
      ? formatAge(options.now - status.since)
      : ''
  const tone = (text: string) => theme.tone(status.tone, text)
  const ports = toPortsText(view)
  const reason = toReason(view, options)
  const segments: Segment[] = [
    { text: mark, paint: theme.accent },
    { text: `${marker} `, paint: options.focused && selected ? theme.accent : theme.dim },
    { text: `${theme.symbols.tones[status.tone]} `, paint: tone },
    { text: fit(toName(view), columns.name - 2, { ellipsis }) + '  ', ...(selected ? { paint: theme.bold } : {}) },
    { text: fit(status.word, columns.state - 1, { ellipsis }) + ' ', paint: tone },
    { text: fit(age, columns.age), paint: theme.dim },
    { text: toMeasuredText(view, columns, options) },
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
  if (reason === undefined) segments.push(...toPortSegments(view, theme))
  else if (ports === '' || columns.ports === 0) segments.push(...badge, { text: reason, paint: paintReason })
  else
    segments.push({ text: fit(ports, columns.ports - 2, { ellipsis }) + '  ' }, ...badge, {
      text: reason,
      paint: paintReason,
    })
  return composeRow(segments, { width, ellipsis })
}

/** Each address leads to its page in terminals that know how. */
const toPortSegments = (view: ServiceView, theme: Theme): readonly Segment[] =>
  view.published.flatMap(({ url, host }, index) => [
    { text: index === 0 ? '' : ' ' },
    { text: url ?? host, ...(url === undefined ? {} : { paint: (text: string) => theme.link(url, text) }) },
  ])

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
