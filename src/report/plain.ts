import type { Problem } from '../core/errors/problem.ts'
import type { ContainerSummary, StackEvent } from '../core/events/event.ts'
import { toPlanChanges } from '../core/events/plan-changes.ts'
import { toErr, toOut, toShortTime, type Line, type Report } from './lines.ts'
import { createLogFormat, type LogFormat } from './log-lines.ts'
import { noPaint, type Paint } from './paint.ts'
import { toProblemLines, type ProblemOptions } from './problems.ts'
import { createStandingProblems, type StandingNews, type StandingProblems } from './standing-problems.ts'
import { createStepRows, toBuildText, type RowChange } from './step-rows.ts'
import { toSafeText } from '../wire/safe-text.ts'

export type PlainOptions = {
  readonly project: string
  readonly paint: { readonly stdout: Paint; readonly stderr: Paint }
  readonly problems: ProblemOptions
  /** Lines of what is done to containers, networks and so on; without them only logs and problems are told. */
  readonly steps: boolean
  /** Kinds of steps whose progress is not told. */
  readonly silent?: readonly ('image/pull' | 'image/build')[]
  /** Somebody looks at what containers write, and gets it as it is; otherwise it is what a hook has to say. */
  readonly attached?: boolean
  readonly logs: { readonly prefix: boolean; readonly timestamps: boolean; readonly colors: boolean }
}

/** A wait that goes on says what it sees after so many milliseconds, and then again and again. */
const remindAfterMs = { first: 2_000, later: 10_000 } as const

/** Events as lines, one for each thing that a person wants to know, in the manner of `docker compose --progress plain`. */
export const createPlainReport = (options: PlainOptions): Report => {
  const rows = createStepRows()
  const format = createLogFormat(options.logs)
  const containers = createContainerNames(options.project)
  let since = Number.POSITIVE_INFINITY
  const told = new Map<string, { text: string; at: number; reminders: number }>()

  const transfers = createTransferLines(options)
  const isTold = createToldProblems()
  const standing = createStandingProblems()

  const tellRow = (change: RowChange, at: number): readonly Line[] => {
    if (change.minor || !options.steps) return []
    const text = `${change.text} ${change.state === 'waiting' ? (change.detail ?? '') : ''}`
    const last = told.get(change.key)
    const isReminder = change.state === 'waiting' && last !== undefined && last.text.startsWith('Waiting')
    if (
      last?.text === text ||
      (isReminder && at - last.at < (last.reminders === 0 ? remindAfterMs.first : remindAfterMs.later))
    )
      return []
    told.set(change.key, { text, at, reminders: isReminder ? last.reminders + 1 : 0 })
    return toErr(toRowLine(change, options.paint.stderr))
  }
  return {
    tell: (event) => {
      since = Math.min(since, event.at)
      containers.learn(event)
      const change = rows.read(event)
      const problem = change?.problem === undefined || isTold(change.problem) ? undefined : change.problem
      if (event.type === 'step/progressed') return transfers(event, change)
      if (event.type === 'plan/made') transfers(event, undefined)
      const news = standing.read(event)
      if (news !== undefined) return news === 'nothing' ? [] : toStandingLines(news, options)
      const lines =
        change === undefined
          ? toOtherLines(event, { options, format, containers, standing, since: () => since })
          : tellRow(change, event.at)
      return problem === undefined ? lines : [...lines, ...toErr(...toProblemLines([problem], options.problems))]
    },
  }
}

/** Several steps may fail of one cause: it is told once. */
export const createToldProblems = (): ((problem: Problem) => boolean) => {
  const told = new Set<string>()
  return ({ code, message }) => {
    const key = `${code} ${message}`
    const isKnown = told.has(key)
    told.add(key)
    return isKnown
  }
}

const toStandingLines = (news: StandingNews, { problems, paint }: PlainOptions): readonly Line[] =>
  'problem' in news ? toErr(...toProblemLines([news.problem], problems)) : toErr(paint.stderr('green', news.over))

type TransferLines = (
  event: Extract<StackEvent, { type: 'plan/made' | 'step/progressed' }>,
  change: RowChange | undefined,
) => readonly Line[]

/** What a build prints, and each new state of a layer; how many bytes there are by now is nothing for a log. */
const createTransferLines = ({ steps, silent = [], paint }: PlainOptions): TransferLines => {
  const kinds = new Map<string, string>()
  const told = new Map<string, string>()
  return (event, change) => {
    if (event.type === 'plan/made') {
      for (const { id, kind } of event.steps) kinds.set(id, kind)
      return []
    }
    const kind = kinds.get(event.id)
    const { note, part = '' } = event
    if (!steps || change === undefined || note === undefined || silent.some((each) => each === kind)) return []
    const key = `${event.id} ${part}`
    if (told.get(key) === note || (kind === 'image/build' && note.startsWith('done: '))) return []
    told.set(key, note)
    return toErr(
      ` ${change.title}  ${paint.stderr('dim', [kind === 'image/build' ? '' : part, toBuildText(note)].filter((word) => word !== '').join(' '))}`,
    )
  }
}

const logPaint = ({ paint, logs }: PlainOptions, stream: 'stdout' | 'stderr'): Paint =>
  logs.colors ? paint[stream] : noPaint

const colors = { working: 'blue', waiting: 'yellow', done: 'green', failed: 'red', skipped: 'dim' } as const

/** ` Container web-1  Recreate  (image changed)` */
const toRowLine = ({ title, state, text, detail, ms }: RowChange, paint: Paint): string => {
  const time = state === 'done' && ms >= 1000 ? `  ${toShortTime(ms)}` : ''
  const shown =
    detail !== undefined && (state === 'waiting' || state === 'skipped' || text === 'Recreate') ? `  (${detail})` : ''
  return ` ${title}  ${paint(colors[state], text)}${paint('dim', time + shown)}`
}

type Names = {
  learn(event: StackEvent): void
  nameOf(container: string): string
  lastOf(id: string): ContainerSummary | undefined
}

/** Containers by id or name, each under its short name: without the project's. */
export const createContainerNames = (project: string): Names => {
  const names = new Map<string, string>()
  const states = new Map<string, ContainerSummary>()
  let pending: ContainerSummary | undefined
  const shorten = (name: string): string =>
    name.startsWith(`${project}-`) || name.startsWith(`${project}_`) ? name.slice(project.length + 1) : name
  return {
    learn: (event) => {
      if (pending !== undefined) states.set(pending.id, pending)
      pending = event.type === 'container/changed' ? event.container : undefined
      if (pending !== undefined) names.set(pending.id, shorten(pending.name))
    },
    nameOf: (container) => names.get(container) ?? shorten(container),
    /** As it was before the event that is being told. */
    lastOf: (id) => states.get(id),
  }
}

type Telling = {
  /** When the first event came. */ readonly since: () => number
  readonly options: PlainOptions
  readonly format: LogFormat
  readonly containers: Names
  readonly standing: StandingProblems
}

const toOtherLines = (event: StackEvent, telling: Telling): readonly Line[] => {
  const { options, format, containers, standing } = telling
  switch (event.type) {
    case 'log/written': {
      const raw = options.attached === true
      const written = raw ? event.lines : event.lines.map((line) => ({ ...line, text: toSafeText(line.text, false) }))
      const lines = format.lines(containers.nameOf(event.container), written, logPaint(options, event.stream))
      return lines.map((text) => ({ stream: event.stream, text, ...(raw ? { raw } : {}) }))
    }
    case 'session/started':
      format.expect(
        event.services.flatMap(({ name, replicas }) =>
          Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`),
        ),
      )
      return []
    case 'plan/made':
      return event.trigger === 'file' && options.steps ? toErr(toEditLine(event.steps)) : []
    case 'log/dropped':
      return toErr(`${event.service}: ${event.lines} lines were left out, they came too fast`)
    case 'container/changed':
      return toExitLine(event.container, telling)
    case 'step/waiting':
      return toErr(event.note)
    case 'problem/raised':
      return toErr(...toProblemLines([event.problem], options.problems))
    case 'watch/started':
      return toErr(`Watching ${event.services.join(', ')} for changes`)
    case 'watch/changed':
      return toErr(`${event.service}: ${event.action} after a change of ${toPathsText(event.paths)}`)
    case 'reload/ended':
      return toErr(
        toReloadLine(event),
        ...(event.problem === undefined || standing.isTold(event.problem)
          ? []
          : toProblemLines([event.problem], options.problems)),
      )
    case 'session/changed':
      return event.phase === 'stopping'
        ? toErr(options.paint.stderr('bold', 'Stopping … press Ctrl+C again to kill'))
        : []
    default:
      return []
  }
}

/** What an edit of the stack file will change, before it does. */
const toEditLine = (steps: Extract<StackEvent, { type: 'plan/made' }>['steps']): string => {
  const changes = toPlanChanges(steps).map(({ what, why }) => (why === undefined ? what : `${what} (${why})`))
  return changes.length === 0 ? 'The edited files change nothing' : `The edited files ask to ${changes.join(', ')}`
}

/** `web: sync done, 3 files, 25 ms` */
const toReloadLine = (event: Extract<StackEvent, { type: 'reload/ended' }>): string => {
  const { service, action, files, ms, waiting, problem } = event
  const count = files > 0 ? `, ${files} ${files === 1 ? 'file' : 'files'}` : ''
  const rest =
    waiting === undefined
      ? ''
      : `; ${waiting === 1 ? '1 change waits' : `${waiting} changes wait`} until ${service} runs`
  return `${service}: ${action} ${problem === undefined ? 'done' : 'failed'}${count}, ${ms < 1000 ? `${Math.round(ms)} ms` : toShortTime(ms)}${rest}`
}

const toPathsText = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ')

/** Told when a container that ran while we looked has ended, as Compose does; one that ended before is no news. */
const toExitLine = (container: ContainerSummary, { options, format, containers, since }: Telling): readonly Line[] => {
  const before = containers.lastOf(container.id)
  const hasEnded = container.state === 'exited' || container.state === 'dead' || container.state === 'restarting'
  const isOld = before?.state === 'running' ? false : (container.startedAt ?? 0) < since()
  const isTold = before?.state === container.state && before.startedAt === container.startedAt
  if (!hasEnded || isOld || isTold || container.exitCode === undefined) return []
  const notes = [
    ...(container.outOfMemory === true ? ['out of memory'] : []),
    ...(container.state === 'restarting' ? ['restarting'] : []),
  ]
  const more = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  return toOut(
    format.note(
      containers.nameOf(container.id),
      `exited with code ${container.exitCode}${more}`,
      logPaint(options, 'stdout'),
    ),
  )
}
