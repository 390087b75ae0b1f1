import { toStaleService } from '../events/staleness.ts'
import { toPublished, type Published } from './published-url.ts'
import {
  selectCrashLoop,
  selectWaitsOf,
  toProbeText,
  toServiceStatus,
  toVerb,
  type ServiceStatus,
} from './service-status.ts'
import { toUsage, type Usage } from './usage.ts'
import type { RaisedProblem, StepProgress, Reload, ServiceState, State } from './state.ts'

/** Gives the same value for the same state, so that a view can compare by identity. */
export const onceForEachState = <T>(select: (state: State) => T): ((state: State) => T) => {
  const known = new WeakMap<State, { readonly value: T }>()
  return (state) => {
    const found = known.get(state)
    if (found !== undefined) return found.value
    const value = select(state)
    known.set(state, { value })
    return value
  }
}

export type ServiceView = {
  readonly name: string
  readonly tier?: string
  readonly image?: string
  readonly status: ServiceStatus
  readonly replicas: { readonly running: number; readonly wanted: number }
  /** One of its containers has a process, or gets one again without anybody's doing. */
  readonly isUp: boolean
  readonly published: readonly Published[]
  readonly restarts: number
  /** What it uses, if somebody measures it. */
  readonly usage?: Usage
  /** One letter for its tier, which no other tier has. */
  readonly tierMark?: string
  readonly lastReload?: Reload
  /** Why what runs is not what was saved. */
  readonly stale?: RaisedProblem
  readonly watched: boolean
  readonly service: ServiceState
}

/** What is broken first, then what waits, then the order of the file: a small screen shows what needs somebody. */
export const selectServiceViews: (state: State) => readonly ServiceView[] = onceForEachState((state) =>
  state.services.map((service) => toView(state, service)).toSorted((a, b) => urgency(a, state) - urgency(b, state)),
)

const selectTierMarks: (state: State) => ReadonlyMap<string, string> = onceForEachState((state) => {
  const marks = new Map<string, string>()
  for (const { summary } of state.services) {
    if (summary.tier === undefined || marks.has(summary.tier)) continue
    const taken = new Set(marks.values())
    const free = [...summary.tier.toLowerCase(), ...'abcdefghijklmnopqrstuvwxyz'].find(
      (letter) => /[a-z]/.test(letter) && !taken.has(letter),
    )
    if (free !== undefined) marks.set(summary.tier, free)
  }
  return marks
})

// While the stack starts nearly everything waits for its turn, and rows that jump are hard to read.
const urgency = ({ status, stale }: ServiceView, { phase }: State): number =>
  status.tone === 'bad' ? 0 : stale !== undefined || (status.word === 'waiting' && phase === 'running') ? 1 : 2

const upStates: ReadonlySet<string> = new Set(['running', 'restarting', 'paused'])

const toView = (state: State, service: ServiceState): ServiceView => {
  const { summary } = service
  const lastReload = state.reloads.findLast((reload) => reload.service === service.name)
  const stale = state.problems.findLast((one) => toStaleService(one) === service.name)
  const usage = toUsage(service)
  const tierMark = summary.tier === undefined ? undefined : selectTierMarks(state).get(summary.tier)
  return {
    name: service.name,
    status: toServiceStatus(state, service),
    replicas: {
      running: service.containers.filter((one) => one.state === 'running').length,
      wanted: Math.max(summary.replicas, service.containers.length),
    },
    isUp: service.containers.some((one) => upStates.has(one.state)),
    published: toPublished(service),
    restarts: service.containers.reduce((sum, one) => sum + (one.restarts ?? 0), 0),
    // Who is watched without rules of its own is known when the watch has begun.
    watched: summary.watched || state.watching?.services.includes(service.name) === true,
    service,
    ...(summary.tier === undefined ? {} : { tier: summary.tier }),
    ...(summary.image === undefined ? {} : { image: summary.image }),
    ...(usage === undefined ? {} : { usage }),
    ...(tierMark === undefined ? {} : { tierMark }),
    ...(lastReload === undefined ? {} : { lastReload }),
    ...(stale === undefined ? {} : { stale }),
  }
}

export type Counts = {
  readonly total: number
  readonly up: number
  readonly busy: number
  readonly bad: number
  /** Of the bad ones: they end again and again. */
  readonly looping: number
  readonly off: number
  /** Of all these: what runs is not what was saved. */
  readonly stale: number
}

/** Services by how they are; what ran to its end as it should counts as up. */
export const selectCounts: (state: State) => Counts = onceForEachState((state) => {
  const views = selectServiceViews(state)
  const tones = views.map((view) => view.status.tone)
  const count = (...wanted: readonly string[]) => tones.filter((tone) => wanted.includes(tone)).length
  return {
    total: tones.length,
    up: count('good', 'done'),
    busy: count('busy'),
    bad: count('bad'),
    looping: views.filter((view) => selectCrashLoop(state, view.service) !== undefined && view.status.tone === 'bad')
      .length,
    off: count('calm'),
    stale: views.filter((view) => view.stale !== undefined).length,
  }
})

/** What goes on right now, or is waited for: one line each, in the order of the services. */
export type Activity = {
  readonly id: string
  /** A service, or what a step without one is done to: `network app`. */
  readonly subject: string
  readonly verb: string
  readonly text: string
  readonly since?: number
  readonly progress?: StepProgress
}

export const selectActivities: (state: State) => readonly Activity[] = onceForEachState((state) => {
  const running = state.steps.filter((step) => step.status === 'running')
  const acts = running.flatMap((step): Activity[] => {
    const verb = toVerb(step.kind)
    if (step.kind === 'service/await') return []
    const text =
      step.waiting?.note ??
      step.progress?.note ??
      (step.service === undefined
        ? ''
        : step.kind.startsWith('image/')
          ? step.subject.replace(/^image /, '')
          : step.cause)
    return [
      {
        id: step.id,
        subject: step.service ?? step.subject,
        verb:
          verb ?? (step.kind.endsWith('/create') ? 'creating' : step.kind.endsWith('/remove') ? 'removing' : 'working'),
        text,
        ...(step.startedAt === undefined ? {} : { since: step.startedAt }),
        ...(step.progress === undefined ? {} : { progress: step.progress }),
      },
    ]
  })
  const waits = state.services.flatMap((service): Activity[] => {
    if (acts.some((act) => act.subject === service.name)) return []
    const awaited = running.find((step) => step.kind === 'service/await' && step.service === service.name)
    if (awaited !== undefined) {
      const container = service.containers.find((one) => one.state === 'running')
      const note =
        toProbeText(service) ??
        awaited.waiting?.note ??
        (service.summary.hasHealthcheck ? 'first probe of its healthcheck' : awaited.cause)
      return [
        {
          id: awaited.id,
          subject: service.name,
          verb: container === undefined ? 'running' : 'checking',
          text: note,
          ...(awaited.startedAt === undefined ? {} : { since: awaited.startedAt }),
        },
      ]
    }
    const waiting = selectWaitsOf(state, service)
    return waiting.length === 0
      ? []
      : [
          {
            id: `${service.name}/waits`,
            subject: service.name,
            verb: 'waiting',
            text: `for ${waiting.map((wait) => wait.text).join(', ')}`,
          },
        ]
  })
  const order = new Map(state.services.map((service, index) => [service.name, index]))
  return [...acts, ...waits].toSorted((a, b) => (order.get(a.subject) ?? -1) - (order.get(b.subject) ?? -1))
})

/** How far the present plan is. */
export const selectPlanProgress: (state: State) => { readonly ended: number; readonly total: number } =
  onceForEachState((state) => ({
    ended: state.steps.filter((step) => step.status !== 'pending' && step.status !== 'running').length,
    total: state.steps.length,
  }))

export const selectService = (state: State, name: string): ServiceView | undefined =>
  selectServiceViews(state).find((view) => view.name === name)
export const selectLastReload = (state: State): Reload | undefined => state.reloads.at(-1)
