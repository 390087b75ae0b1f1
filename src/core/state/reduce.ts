import type { StackEvent } from '../events/event.ts'
import { withKnownSizes } from '../events/project-objects.ts'
import { withImageWork } from './image-work.ts'
import { reduceService } from './reduce-service.ts'
import { reduceSteps } from './reduce-steps.ts'
import { withFirstHealth, withStartup } from './reduce-startup.ts'
import { commandsKept, initialState, reloadsKept, toServiceState, type State } from './state.ts'

/**
 * Folds one event into the state. Pure: the same events give the same state, and an event that changes nothing that
 * can be seen gives back the very same object.
 */
// oxlint-disable-next-line max-lines-per-function -- one case an event
export const reduce = (state: State, event: StackEvent): State => {
  switch (event.type) {
    case 'session/started':
      return state.startedAt === 0
        ? {
            ...initialState,
            project: event.project,
            command: event.command,
            ...(event.tiers === undefined ? {} : { tiers: event.tiers }),
            ...(event.opened === undefined ? {} : { opened: event.opened }),
            files: event.files,
            startedAt: event.at,
            phaseAt: event.at,
            services: event.services.map(toServiceState),
          }
        : withReloadedFile(state, event)
    case 'session/changed':
      return event.phase === state.phase
        ? state
        : { ...withStartup(state, event), phase: event.phase, phaseAt: event.at }
    case 'session/ended':
      return { ...state, phase: 'stopped', exit: event.exit, questions: [] }
    case 'problem/raised': {
      const raised = {
        id: event.id,
        problem: event.problem,
        at: event.at,
        ...(event.service === undefined ? {} : { service: event.service }),
        ...(event.crash === undefined ? {} : { crash: event.crash }),
      }
      const known = state.problems.find((one) => one.id === event.id)
      if (known === undefined) return { ...state, problems: [...state.problems, raised] }
      // Raised again: it keeps its place and the time it was first seen.
      return { ...state, problems: state.problems.map((one) => (one === known ? { ...raised, at: known.at } : one)) }
    }
    case 'problem/cleared':
      return state.problems.some((one) => one.id === event.id)
        ? { ...state, problems: state.problems.filter((one) => one.id !== event.id) }
        : state
    case 'question/asked':
      return {
        ...state,
        questions: [
          ...state.questions.filter((one) => one.id !== event.id),
          { id: event.id, text: event.text, fallback: event.fallback },
        ],
      }
    case 'question/answered':
      return { ...state, questions: state.questions.filter((one) => one.id !== event.id) }
    case 'edit/proposed':
      return withProposal(state, event)
    case 'watch/started':
      return { ...state, watching: { services: event.services, paths: event.paths } }
    case 'command/begun':
      return {
        ...state,
        commands: [...state.commands, { id: event.id, line: event.line, at: event.at }].slice(-commandsKept),
      }
    case 'command/ended':
      return {
        ...state,
        commands: state.commands.map((one) =>
          one.id === event.id ? { ...one, outcome: event.outcome, ms: event.ms } : one,
        ),
      }
    case 'watch/changed':
      return { ...state, change: { service: event.service, paths: event.paths, action: event.action, at: event.at } }
    case 'reload/ended':
      return withReload(state, event)
    case 'plan/made':
    case 'step/started':
    case 'step/progressed':
    case 'step/waiting':
    case 'step/ended': {
      const next = withImages(reduceSteps(state, event), event)
      return event.type === 'step/started' ? reduceService(next, event) : next
    }
    case 'container/changed':
      return reduceService(withFirstHealth(state, event), event)
    case 'container/removed':
    case 'probe/ended':
    case 'service/inspected':
    case 'stats/measured':
      return reduceService(state, event)
    case 'objects/listed':
      return { ...state, objects: withKnownSizes(event.objects, state.objects) }
    case 'log/written':
    case 'log/dropped':
      return state
    default:
      // A reader of a newer stream meets events that it does not know: they change nothing here.
      event satisfies never
      return state
  }
}

const withImages = (state: State, event: StackEvent): State => {
  if (event.type !== 'step/started' && event.type !== 'step/progressed' && event.type !== 'step/ended') return state
  const images = withImageWork(state.images, event)
  return images === state.images ? state : { ...state, images }
}

const withProposal = (
  { proposal, ...rest }: State,
  { at, changes, losses, plan }: Extract<StackEvent, { type: 'edit/proposed' }>,
): State =>
  changes.length === 0 ? rest : { ...rest, proposal: { at, changes, losses, ...(plan === undefined ? {} : { plan }) } }

/** The stack file was read again: what is known of its services stays, for nothing has happened to their containers yet. */
const withReloadedFile = (state: State, event: Extract<StackEvent, { type: 'session/started' }>): State => {
  const known = new Map(state.services.map((service) => [service.name, service]))
  const services = event.services.map((summary) => {
    const before = known.get(summary.name)
    known.delete(summary.name)
    return before === undefined ? toServiceState(summary) : { ...before, summary }
  })
  // A service that the file no longer names is seen as long as it has containers.
  const left = [...known.values()].filter(({ containers }) => containers.length > 0)
  const { proposal, tiers, ...rest } = state
  return {
    ...rest,
    project: event.project,
    files: event.files,
    services: [...services, ...left],
    ...(event.tiers === undefined ? {} : { tiers: event.tiers }),
  }
}

const pathsKept = 5

const withReload = (state: State, event: Extract<StackEvent, { type: 'reload/ended' }>): State => {
  const { change, ...rest } = state
  const reload = {
    service: event.service,
    action: event.action,
    files: event.files,
    ms: event.ms,
    at: event.at,
    ...(event.waiting === undefined ? {} : { waiting: event.waiting }),
    ...(change?.service === event.service ? { paths: change.paths.slice(0, pathsKept) } : {}),
    ...(event.parts === undefined ? {} : { parts: event.parts }),
    ...(event.problem === undefined ? {} : { problem: event.problem }),
  }
  return {
    ...rest,
    reloads: [...state.reloads, reload].slice(-reloadsKept),
    ...(change === undefined || change.service === event.service ? {} : { change }),
  }
}
