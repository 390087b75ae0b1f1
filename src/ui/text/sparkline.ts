export type SparklineOptions = {
  readonly width: number
  /** One character for each height, lowest first. */
  readonly levels: string
  /** What reaches the top at least: smaller changes than this are no mountains. */
  readonly least: number
}

/** The last numbers as a line of bars, newest at the right end. */
export const toSparkline = (values: readonly number[], { width, levels, least }: SparklineOptions): string => {
  if (width <= 0) return ''
  const shown = values.slice(-width)
  const top = Math.max(least, ...shown)
  const bars = [...levels]
  const last = bars.length - 1
  return shown
    .map((value) => bars[Math.min(last, Math.round((Math.max(0, value) / top) * last))] ?? '')
    .join('')
    .padStart(width)
}
