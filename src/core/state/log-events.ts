import type { ContainerSummary, StackEvent } from '../events/event.ts'
import { toExitText } from '../events/crash.ts'
import { toShortPath } from '../events/short-path.ts'
import type { LogNote } from './log-buffer.ts'
import { logLevels, type LogLevel } from './log-level.ts'
import type { ContainerEntry, State } from './state.ts'

type EventOf<T extends StackEvent['type']> = Extract<StackEvent, { type: T }>

/**
 * What an event says of a service that belongs among the lines of its log: started, exited, reloaded. `before` is the state that
 * the event has not been folded into yet.
 */
export const toLogNotes = (before: State, event: StackEvent): readonly LogNote[] => {
  switch (event.type) {
    case 'container/changed':
      return toContainerNotes(before, event)
    case 'container/removed': {
      const known = before.services.find((one) => one.name === event.service)
      const removed = known?.containers.find((one) => one.id === event.id)
      return removed === undefined ? [] : [toNote(event, event.service, { text: `${removed.name} removed` })]
    }
    case 'reload/ended':
      return [toNote(event, event.service, toReload(before, event))]
    default:
      return []
  }
}

type Said = { readonly text: string; readonly level?: LogLevel }

const toNote = ({ at }: StackEvent, service: string, { text, level = logLevels.info }: Said): LogNote => ({
  service,
  at,
  text,
  level,
})

const toReload = (
  { change }: State,
  { service, action, files, ms, problem, waiting }: EventOf<'reload/ended'>,
): Said => {
  const [first, ...more] = change?.service === service ? change.paths.map(toShortPath) : []
  const count = `${files} ${files === 1 ? 'file' : 'files'}`
  const what = first === undefined ? count : more.length === 0 ? first : `${first} and ${more.length} more`
  if (problem !== undefined)
    return { text: `${service} ${action} of ${what} failed: ${problem.message}`, level: logLevels.error }
  if (waiting !== undefined) return { text: `${service} takes ${what} when it starts` }
  return { text: `${service} reloaded ${what} (${action}, ${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`})` }
}

const toContainerNotes = (before: State, event: EventOf<'container/changed'>): readonly LogNote[] => {
  const { container } = event
  const known = before.services.find((one) => one.name === container.service)
  const last = known?.containers.find((one) => one.id === container.id)
  const others = known?.containers.filter((one) => one !== last) ?? []
  const isAlone = others.length === 0 && (known?.summary.replicas ?? 1) <= 1
  const name = isAlone ? container.service : `${container.service} ${container.number}`
  return [...toStateWords(last, container, before.startedAt), ...toHealthWords(last, container)].map((said) =>
    toNote(event, container.service, { ...said, text: `${name} ${said.text}` }),
  )
}

/** From one sight of a container to the next. Between two it may have ended and begun anew. */
const toStateWords = (last: ContainerEntry | undefined, now: ContainerSummary, since: number): readonly Said[] => {
  const { state, startedAt = 0, restarts = 0 } = now
  if (state === last?.state) {
    const isAgain = state === 'running' && last.startedAt !== undefined && startedAt > last.startedAt
    return isAgain ? [{ text: toStart(restarts, last) }] : []
  }
  // What ran before we came has not started now, and when it ended we do not know.
  const isOld = last === undefined && startedAt > 0 && startedAt < since
  switch (state) {
    case 'running':
      if (isOld) return []
      return [{ text: last?.state === 'paused' ? 'goes on' : toStart(restarts, last) }]
    case 'paused':
      return [{ text: 'paused' }]
    case 'exited':
    case 'dead':
    case 'restarting':
      return isOld ? [] : [toEnd(now)]
    default:
      return []
  }
}

const toStart = (restarts: number, last: ContainerEntry | undefined): string =>
  restarts > (last?.restarts ?? 0) || (restarts > 0 && last?.state === 'restarting')
    ? `started, restart ${restarts}`
    : 'started'

const toEnd = ({ state, exitCode = 0, outOfMemory, byHand }: ContainerSummary): Said => {
  const how = toExitText({ exitCode, ...(outOfMemory === undefined ? {} : { outOfMemory }) })
  return {
    text: `${how.replace(/^exit /, 'exited ')}${state === 'restarting' ? ', restarting' : ''}`,
    level: exitCode !== 0 && byHand !== true ? logLevels.error : logLevels.info,
  }
}

const toHealthWords = (last: ContainerEntry | undefined, { health }: ContainerSummary): readonly Said[] => {
  if (health === undefined || health === last?.health || health === 'starting') return []
  if (health === 'unhealthy') return [{ text: 'unhealthy', level: logLevels.error }]
  return last === undefined ? [] : [{ text: 'healthy' }]
}
