/** What is to be shown, as far as it decides how much room it gets. */
export type LayoutInput = {
  readonly columns: number
  readonly rows: number
  readonly services: number
  /** Lines of what goes on right now. */
  readonly activities: number
  readonly problem: boolean
  /** Lines of a question that waits for an answer. */
  readonly prompt: number
  /** Help or details take the place of table and log. */
  readonly overlay: boolean
  /** Which of table and log has the keyboard: where there is room for one only, it is this one. */
  readonly pane: 'services' | 'logs'
}

/** Heights in rows; 0: not shown. */
export type Layout = {
  readonly columns: number
  readonly header: number
  /** Empty rows under the header, and above the log. */
  readonly gap: number
  readonly logGap: number
  readonly table: number
  /** Whether the first row of the table names its columns. */
  readonly heading: boolean
  readonly activities: number
  readonly logs: number
  /** Columns of the details beside the log, and of what stands beside these. */
  readonly inspector: number
  readonly aside: number
  readonly overlay: number
  readonly prompt: number
  readonly problem: number
  readonly hints: number
}

const smallestLog = 4

/** Nothing is shown. */
export const emptyLayout = (columns: number): Layout => ({
  columns,
  header: 0,
  gap: 0,
  logGap: 0,
  table: 0,
  heading: false,
  activities: 0,
  logs: 0,
  inspector: 0,
  aside: 0,
  overlay: 0,
  prompt: 0,
  problem: 0,
  hints: 0,
})

/**
 * Divides the screen. The last row stays free: a frame as high as the terminal makes it scroll. What goes first when
 * room gets scarce: the gap, the details, what goes on (the table says it too), the names of the columns, the hints,
 * the log or the table; never the header.
 */
export const layout = (input: LayoutInput): Layout => {
  const height = Math.max(1, input.rows - 1)
  const hints = height >= 5 ? 1 : 0
  const prompt = Math.min(input.prompt, height - 1 - hints)
  const problem = input.problem && height >= 4 && height - 1 - hints - prompt > 0 ? 1 : 0
  const gap = height >= 20 ? 1 : 0
  const rest = Math.max(0, height - 1 - hints - problem - prompt - gap)
  const base: Layout = { ...emptyLayout(input.columns), header: 1, gap, prompt, problem, hints }
  if (input.overlay) return { ...base, overlay: rest }

  const heading = rest >= 8
  const wanted = input.services + (heading ? 1 : 0)
  const most = Math.max(heading ? 4 : 3, Math.floor(rest * 0.4))
  const table = Math.min(wanted, most)
  const activities =
    input.activities > 0 && rest >= 14 ? Math.min(input.activities + 1, Math.max(3, Math.floor(rest * 0.3))) : 0
  const logGap = height >= 28 ? 1 : 0
  const logs = rest - table - activities - logGap
  if (logs < smallestLog) {
    return input.pane === 'logs' ? { ...base, logs: rest } : { ...base, table: rest, heading }
  }
  return {
    ...base,
    table,
    heading,
    activities,
    logGap,
    logs,
    inspector: input.columns >= 140 && logs >= 10 ? Math.min(56, Math.floor(input.columns * 0.3)) : 0,
    aside: input.columns >= 200 && logs >= 10 ? Math.min(80, Math.floor(input.columns * 0.3)) : 0,
  }
}

/** What columns beside it leave of the width, with a blank between. */
export const toLogWidth = ({ columns, inspector, aside }: Layout): number =>
  columns - [inspector, aside].reduce((sum, width) => sum + (width === 0 ? 0 : width + 1), 0)
