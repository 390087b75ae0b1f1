import { selectService } from './select.ts'
import type { Tone } from './service-status.ts'
import type { State, StepState } from './state.ts'

/** What a stretch of time was spent with. `check`: until it was healthy, or had run to its end. */
export type BarKind = 'image' | 'make' | 'check' | 'wait'

export type Bar = { readonly kind: BarKind; readonly from: number; readonly to: number }

/** One service on its way up, or what belongs to none of them. */
export type TimelineRow = {
  readonly name: string
  readonly word: string
  readonly tone: Tone
  /** In their order, without gaps up to the last of them; times in milliseconds since the epoch. */
  readonly bars: readonly Bar[]
  /** Up to now while it is on its way. */
  readonly to: number
  readonly isOver: boolean
}

/** How the stack came up. */
export type Timeline = {
  readonly from: number
  readonly to: number
  readonly isOver: boolean
  readonly rows: readonly TimelineRow[]
  /** What the end had to wait for, in its order: making one of these quicker makes all quicker. */
  readonly criticalPath: readonly string[]
}

const shared = 'networks, volumes'

/** Services of which nothing has begun yet. */
const toUnbegun = ({ startup, services, steps }: State, begun: ReadonlySet<string | undefined>): readonly string[] => {
  if (startup.endedAt !== undefined) return []
  const pending = new Set(steps.flatMap(({ service, status }) => (status === 'pending' ? (service ?? []) : [])))
  return services.map(({ name }) => name).filter((name) => !begun.has(name) && pending.has(name))
}

const toWaitingRow = (
  state: State,
  name: string,
  { from, now }: { readonly from: number; readonly now: number },
): TimelineRow => ({
  name,
  word: selectService(state, name)?.status.word ?? 'waiting',
  tone: 'busy',
  bars: [{ kind: 'wait', from, to: now }],
  to: now,
  isOver: false,
})

type Lane = { readonly name: string; readonly steps: readonly Begun[] }
type Begun = StepState & { readonly startedAt: number; readonly endedAt: number }

/** From the times that the steps of the start began and ended at. `now` stands for the end of what still runs. */
export const selectTimeline = (state: State, now: number): Timeline | undefined => {
  const steps = toBegun(state, now)
  if (steps.length === 0) return undefined
  const begun = new Set(steps.map(({ service }) => service))
  const from = Math.min(...steps.map(({ startedAt }) => startedAt))
  const rows = [
    ...toLanes(state, steps).map((lane) => toRow(state, lane, { from, now })),
    ...toUnbegun(state, begun).map((name) => toWaitingRow(state, name, { from, now })),
  ]
  const to = Math.max(...rows.map((row) => row.to))
  return { from, to, isOver: rows.every((row) => row.isOver), rows, criticalPath: toCriticalPath(rows, steps) }
}

/** The start's own steps; while it goes on, those of the present plan, too. */
const toBegun = ({ startup, steps }: State, now: number): readonly Begun[] => {
  const present = startup.endedAt === undefined ? steps : []
  const ids = new Set(present.map(({ id }) => id))
  return [...startup.steps.filter(({ id }) => !ids.has(id)), ...present].flatMap((step) =>
    step.startedAt === undefined
      ? []
      : [{ ...step, startedAt: step.startedAt, endedAt: step.ms === undefined ? now : step.startedAt + step.ms }],
  )
}

const toLanes = (state: State, steps: readonly Begun[]): readonly Lane[] => {
  const names = new Set(state.services.map(({ name }) => name))
  const lanes = Map.groupBy(steps, ({ service }) => (service !== undefined && names.has(service) ? service : shared))
  const first = ({ steps: own }: Lane): number => Math.min(...own.map(({ startedAt }) => startedAt))
  return [...lanes].map(([name, own]) => ({ name, steps: own })).toSorted((x, y) => first(x) - first(y))
}

const kinds: Readonly<Record<string, BarKind>> = {
  'image/pull': 'image',
  'image/build': 'image',
  'model/provide': 'image',
  'service/await': 'check',
}

const toRow = (
  state: State,
  { name, steps }: Lane,
  { from, now }: { readonly from: number; readonly now: number },
): TimelineRow => {
  const service = selectService(state, name)
  const spans = steps.map(({ kind, startedAt, endedAt }): Bar => ({
    kind: kinds[kind] ?? 'make',
    from: startedAt,
    to: endedAt,
  }))
  const made = Math.max(...spans.map(({ to }) => to))
  const ready = service === undefined ? undefined : toReadyAt(state, { name, made })
  const isOver = steps.every(({ ms }) => ms !== undefined) && (ready !== undefined || service === undefined)
  const to = isOver ? Math.max(made, ready ?? made) : now
  const hasCheck = service?.service.summary.hasHealthcheck === true || spans.some(({ kind }) => kind === 'check')
  // What begins later was waited for; a check lasts until it is ready, whether a step waits for it or not.
  const all = hasCheck && to > made ? [...spans, { kind: 'check' as const, from: made, to }] : spans
  return {
    name,
    word: service?.status.word ?? (isOver ? 'created' : 'creating'),
    tone: service?.status.tone ?? (isOver ? 'done' : 'busy'),
    bars: toBars(all, from),
    to,
    isOver,
  }
}

/** When a service was what it was started for; undefined while it is not. */
const toReadyAt = (
  state: State,
  { name, made }: { readonly name: string; readonly made: number },
): number | undefined => {
  const service = selectService(state, name)
  if (service === undefined) return made
  const healthyAt = state.startup.healthyAt[name]
  if (service.service.summary.hasHealthcheck && healthyAt !== undefined) return Math.max(healthyAt, made)
  if (service.status.tone === 'busy') return undefined
  return made
}

const strength: Readonly<Record<BarKind, number>> = { wait: 0, check: 1, make: 2, image: 3 }

/** Stretches beside each other become one row: the more telling one wins, and what nothing covers was waited. */
const toBars = (spans: readonly Bar[], from: number): readonly Bar[] => {
  const marks = [...new Set([from, ...spans.flatMap((span) => [span.from, span.to])])].toSorted((a, b) => a - b)
  const bars: Bar[] = []
  for (const [index, mark] of marks.entries()) {
    const next = marks[index + 1]
    if (next === undefined) break
    const kind = spans
      .filter((span) => span.from <= mark && span.to >= next)
      .reduce<BarKind>((best, span) => (strength[span.kind] > strength[best] ? span.kind : best), 'wait')
    const last = bars.at(-1)
    if (last?.kind === kind) bars[bars.length - 1] = { ...last, to: next }
    else bars.push({ kind, from: mark, to: next })
  }
  return bars
}

/** Back from whoever was ready last, each time to the one that ended last of those it needed. */
const toCriticalPath = (rows: readonly TimelineRow[], steps: readonly Begun[]): readonly string[] => {
  // While all goes on, who waits for others is not who holds up the rest.
  const names = new Set(steps.map(({ service }) => service ?? shared))
  const begun = rows.filter(({ name }) => names.has(name))
  const last = begun.reduce((latest, row) => (row.to > latest.to ? row : latest))
  const byId = new Map(steps.map((step) => [step.id, step]))
  const own = steps.filter((step) => (step.service ?? shared) === last.name)
  const path: string[] = []
  let step = own.length === 0 ? undefined : latestOf(own)
  const seen = new Set<Begun>()
  while (step !== undefined && !seen.has(step)) {
    seen.add(step)
    // A network is made in a moment: what it was made for is what counts.
    if (step.service !== undefined && path.at(-1) !== step.service) path.push(step.service)
    const needs: readonly Begun[] = step.needs.flatMap((id) => byId.get(id) ?? [])
    step = needs.length === 0 ? undefined : latestOf(needs)
  }
  return path.toReversed()
}

const latestOf = (steps: readonly Begun[]): Begun =>
  steps.reduce((latest, step) => (step.endedAt > latest.endedAt ? step : latest))
