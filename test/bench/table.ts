import { median, type Row } from './measure.ts'

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
  const medians = Object.fromEntries(Object.entries(row.times).map(([tool, times]) => [tool, median(times)])) as {
    stack?: number
    compose?: number
    bare?: number
  }
  const { stack, compose, bare } = medians
  const ratio = stack !== undefined && compose !== undefined ? stack / compose : undefined
  const toBare = stack !== undefined && bare !== undefined ? stack / bare : undefined
  const judged = [
    ...(row.bar !== undefined && ratio !== undefined ? [ratio <= row.bar] : []),
    ...(row.bareBar !== undefined && toBare !== undefined ? [toBare <= row.bareBar] : []),
  ]
  return {
    ...row,
    ...medians,
    ...(ratio === undefined ? {} : { ratio }),
    ...(toBare === undefined ? {} : { toBare }),
    ...(judged.length === 0 ? {} : { met: judged.every(Boolean) }),
  }
}

const time = (value?: number) =>
  value === undefined ? '' : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`
const spread = (values?: readonly number[]) =>
  values ? `${time(Math.min(...values))}–${time(Math.max(...values))}` : ''
const part = (value?: number, bar?: number) =>
  [value?.toFixed(2) ?? '', bar === undefined ? '' : `≤${bar.toFixed(2)}`].join(' ').trim()

/** A table for people: medians of whole commands, the spread of stack's times, ratios and bars. */
export const toTable = (results: readonly Result[]): string => {
  const head = ['case', 'command', 'stack', '(spread)', 'compose', 'bare', 'stack/compose', 'stack/bare', '']
  const body = results.map((one) => [
    one.case,
    one.command,
    time(one.stack),
    spread(one.times.stack),
    time(one.compose),
    time(one.bare),
    part(one.ratio, one.bar),
    part(one.toBare, one.bareBar),
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
