import type { StackEvent, StepSummary } from '../events/event.ts'
import { toPlanChanges } from '../events/plan-changes.ts'
import { withPlanned } from './reduce-startup.ts'
import type { ServiceState, StepProgress, State, StepState } from './state.ts'

type StepEvent = Extract<
  StackEvent,
  { type: 'plan/made' | 'step/started' | 'step/progressed' | 'step/waiting' | 'step/ended' }
>

export const reduceSteps = (state: State, event: StepEvent): State => {
  if (event.type === 'plan/made') {
    const planned = event.steps.map((step): StepState => ({ ...step, status: 'pending' }))
    const ids = new Set(planned.map((step) => step.id))
    const running = state.steps.filter((step) => step.status === 'running' && !ids.has(step.id))
    const steps = Map.groupBy(event.steps, ({ service }) => service)
    const services = state.services.map((one) => withLastPlan(one, steps.get(one.name) ?? [], event.at))
    const next = { ...withPlanned(state, ids), services, steps: [...running, ...planned], unchanged: event.unchanged }
    return event.trigger === 'file' ? { ...next, edit: toEdit(state, event) } : next
  }
  const known = state.steps.find((step) => step.id === event.id)
  const step = known ?? toUnplanned(event)
  if (step === undefined) return state
  const next = changed(step, event)
  return {
    ...state,
    steps: known === undefined ? [...state.steps, next] : state.steps.map((one) => (one === known ? next : one)),
  }
}

const withLastPlan = (service: ServiceState, steps: readonly StepSummary[], at: number): ServiceState => {
  const [change] = toPlanChanges(steps)
  return change === undefined ? service : { ...service, planned: { ...change, at } }
}

/** A further plan of the same edit comes when images were built: what it does comes on top. */
const toEdit = (
  { edit, phase, phaseAt }: State,
  { at, steps }: Extract<StepEvent, { type: 'plan/made' }>,
): NonNullable<State['edit']> => {
  const isFurther = edit !== undefined && phase === 'applying' && edit.at >= phaseAt
  return { at, changes: [...(isFurther ? edit.changes : []), ...toPlanChanges(steps)] }
}

/** A step that no plan announced, such as a restart that a person asked for. */
const toUnplanned = (event: Exclude<StepEvent, { type: 'plan/made' }>): StepState | undefined => {
  if (event.type !== 'step/started') return undefined
  return {
    id: event.id,
    kind: event.kind,
    subject: event.subject,
    cause: '',
    needs: [],
    status: 'pending',
    ...(event.service === undefined ? {} : { service: event.service }),
    ...(event.group === undefined ? {} : { group: event.group }),
  }
}

const changed = (step: StepState, event: Exclude<StepEvent, { type: 'plan/made' }>): StepState => {
  switch (event.type) {
    case 'step/started': {
      // Started again under the same id: what was said of the run before is over.
      const { waiting, progress, problem, because, ms, ...fresh } = step
      return { ...fresh, status: 'running', startedAt: event.at }
    }
    case 'step/progressed':
      return { ...step, progress: toProgress(step.progress, event) }
    case 'step/waiting':
      return { ...step, waiting: { on: event.on, note: event.note } }
    case 'step/ended': {
      const { waiting, progress, ...rest } = step
      return {
        ...rest,
        status: event.outcome,
        ms: event.ms,
        ...(event.problem === undefined ? {} : { problem: event.problem }),
        ...(event.because === undefined ? {} : { because: event.because }),
      }
    }
  }
}

/** Sums the parts: a total is known only when that of every part is. Steps count before bytes, which are no measure of a build. */
const toProgress = (
  before: StepProgress | undefined,
  event: Extract<StackEvent, { type: 'step/progressed' }>,
): StepProgress => {
  const part = event.part ?? ''
  const known = before?.parts[part]
  const total = event.total ?? known?.total
  const ofPart = event.unit ?? known?.unit ?? (event.done === undefined ? undefined : before?.unit)
  const parts: StepProgress['parts'] = {
    ...before?.parts,
    [part]: {
      done: event.done ?? known?.done ?? 0,
      ...(total === undefined ? {} : { total }),
      ...(ofPart === undefined ? {} : { unit: ofPart }),
    },
  }
  const all = Object.values(parts)
  const unit = all.some((one) => one.unit === 'steps') ? 'steps' : all.find((one) => one.unit !== undefined)?.unit
  const counted = all.filter((one) => one.unit === unit && (one.total !== undefined || one.done > 0))
  const sum =
    counted.every((one) => one.total !== undefined) && counted.length > 0
      ? counted.reduce((n, one) => n + (one.total ?? 0), 0)
      : undefined
  const note = event.note ?? before?.note
  return {
    done: counted.reduce((n, one) => n + one.done, 0),
    parts,
    ...(sum === undefined ? {} : { total: sum }),
    ...(unit === undefined ? {} : { unit }),
    ...(note === undefined ? {} : { note }),
  }
}
