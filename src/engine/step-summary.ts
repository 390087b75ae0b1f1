import type { StepSummary } from '../core/events/event.ts'
import type { Action, Step } from '../core/plan/action.ts'

/** A step as events tell it: words only, no definitions and no values. */
export const toStepSummary = (step: Step): StepSummary => {
  const service = toStepService(step.action)
  return {
    id: step.id,
    kind: step.action.kind,
    subject: toStepSubject(step.action),
    ...(service === undefined ? {} : { service }),
    cause: step.cause,
    needs: step.needs,
    ...(step.group === undefined ? {} : { group: step.group }),
  }
}

export const toStepService = (action: Action): string | undefined =>
  'service' in action ? action.service : action.kind === 'image/pull' ? action.services[0] : undefined

/** What a step is done to, for people. */
export const toStepSubject = (action: Action): string => {
  switch (action.kind) {
    case 'image/pull':
    case 'image/build':
    case 'image/remove':
      return `image ${action.image}`
    case 'network/create':
      return `network ${action.network.name}`
    case 'network/remove':
      return `network ${action.name}`
    case 'volume/create':
      return `volume ${action.volume.name}`
    case 'volume/remove':
      return `volume ${action.name}`
    case 'container/create':
      return action.name
    case 'network/connect':
    case 'network/disconnect':
    case 'container/copy':
    case 'container/start':
    case 'container/stop':
    case 'container/kill':
    case 'container/restart':
    case 'container/remove':
    case 'container/rename':
    case 'container/pause':
    case 'container/unpause':
    case 'hook/exec':
      return action.container.name
    case 'model/provide':
      return `model ${action.key}`
    case 'service/await':
    case 'hook/run':
    case 'provider/up':
    case 'provider/stop':
    case 'provider/down':
      return action.service
    default:
      return action satisfies never
  }
}
