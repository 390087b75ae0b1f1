import { type BenchTool, median, ninetyFifth, type Row } from './measure.ts'

export interface Result extends Row {
  readonly stack?: number
  readonly compose?: number
  readonly bare?: number
  readonly ratio?: number
  readonly toBare?: number
  readonly met?: boolean
}

/** Medians, ratios and whether the bars are met. */
export const toResult = (row: Row): Result => {
  const statistic = row.statistic === 'p95' ? ninetyFifth : median
  const medians = Object.fromEntries(
    Object.entries(row.times).map(([tool, times]) => [tool, statistic(times)]),
  ) as Partial<Record<BenchTool, number>>
  const { stack, compose, bare } = medians
  const ratio = quotient(stack, compose)
  const toBare = quotient(stack, bare)
  const judged = [
    isWithin(ratio, row.bar),
    isWithin(toBare, row.bareBar),
    isWithin(stack, row.most),
    isWithin(stack === undefined || bare === undefined ? undefined : stack - bare, row.aboveBare),
  ].filter((one) => one !== undefined)
  return {
    ...row,
    ...medians,
    ...(ratio === undefined ? {} : { ratio }),
    ...(toBare === undefined ? {} : { toBare }),
    ...(judged.length === 0 ? {} : { met: judged.every(Boolean) }),
  }
}

const quotient = (value?: number, other?: number) =>
  value === undefined || other === undefined ? undefined : value / other

/** Nothing where there is no bar, or nothing that could be held to it. */
const isWithin = (value?: number, bar?: number): boolean | undefined =>
  value === undefined || bar === undefined ? undefined : value <= bar

const inUnit = (value: number, unit: string) => `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`.trim()
const inTime = (value: number) =>
  Math.abs(value) < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`
const amount = (value?: number, unit?: string) => {
  if (value === undefined) return ''
  if (!Number.isFinite(value)) return 'given up'
  return unit === undefined ? inTime(value) : inUnit(value, unit)
}
const spread = ({ times: { stack }, unit }: Row) =>
  stack ? `${amount(Math.min(...stack), unit)}–${amount(Math.max(...stack), unit)}` : ''
const withBar = (text: string, bar: string) => (bar === '' ? text : `${text} ≤${bar}`.trim())
const part = (value?: number, bar?: number) => withBar(value?.toFixed(2) ?? '', bar?.toFixed(2) ?? '')
const toBareOf = ({ toBare, bareBar, stack, bare, aboveBare }: Result) =>
  aboveBare === undefined || stack === undefined || bare === undefined
    ? part(toBare, bareBar)
    : withBar(`${part(toBare)}, ${amount(stack - bare)} more`, amount(aboveBare))

/** A table for people: medians of whole commands, the spread of stack's times, ratios and bars. */
export const toTable = (results: readonly Result[]): string => {
  const head = ['case', 'command', 'stack', '(spread)', 'compose', 'bare', 'stack/compose', 'stack/bare', '']
  const body = results.map((one) => [
    one.case,
    one.command,
    withBar(amount(one.stack, one.unit), amount(one.most, one.unit)),
    spread(one),
    amount(one.compose, one.unit),
    amount(one.bare, one.unit),
    part(one.ratio, one.bar),
    toBareOf(one),
    one.met === undefined ? '' : one.met ? '✓ met' : '✗ MISSED',
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)].join('\n')
}
