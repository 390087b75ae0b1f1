import { StackError } from '../../core/errors/stack-error.ts'
import type { EngineEvent, Runtime } from '../../engine/ports/runtime.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { guardStream } from '../connection/guard.ts'
import type { EngineMessage } from '../connection/answers.ts'
import { readLines } from '../../wire/read-body.ts'

/** Asked of the engine, so that the probes of healthchecks (three events each) are not even sent. */
const ACTIONS = [
  'create', 'start', 'restart', 'die', 'stop', 'kill', 'oom', 'pause', 'unpause', 'rename', 'update', 'destroy', 'health_status',
  'connect', 'disconnect', 'remove', 'mount', 'unmount', 'pull', 'push', 'tag', 'untag', 'delete', 'import', 'load',
] // prettier-ignore

/** What is only asked for by somebody who wants to see all that goes on. */
const EXEC_ACTIONS = [
  'exec_create',
  'exec_start',
  'exec_die',
  'exec_detach',
  'attach',
  'detach',
  'resize',
  'commit',
  'export',
  'copy',
  'top',
]

const KINDS = ['container', 'network', 'volume', 'image'] satisfies EngineEvent['kind'][]

/**
 * Events as they happen. With a project: of its containers; the engine puts no labels on events of networks and volumes.
 * @throws `engine/connection-lost` when the engine ends the stream
 */
export const createEvents =
  (client: DockerClient): Runtime['events'] =>
  ({ project, since, until, execs = false }, { signal }) =>
    guardStream(client, { what: 'report its events', signal }, async function* () {
      const filters = {
        type: KINDS,
        event: execs ? [...ACTIONS, ...EXEC_ACTIONS] : ACTIONS,
        ...(project === undefined ? {} : { label: [`com.docker.compose.project=${project}`] }),
      }
      const [stream, { readEngineMessage }] = await Promise.all([
        client.docker.getEvents(withSignal(signal, { filters, since, until })),
        import('../connection/answers.ts'),
      ])
      for await (const message of readLines(stream, readEngineMessage, signal)) {
        const event = toEngineEvent(message, { execs })
        if (event !== undefined) yield event
      }
      if (until === undefined) throw new StackError('engine/connection-lost', { what: 'report its events' })
    })

export const toEngineEvent = (message: EngineMessage, { execs = false } = {}): EngineEvent | undefined => {
  const kind = KINDS.find((one) => one === message.Type)
  if (kind === undefined) return undefined
  const attributes = message.Actor.Attributes ?? {}
  const [action = '', detail = ''] = message.Action.split(': ')
  if (action.startsWith('exec_') && !execs) return undefined
  const health =
    action === 'health_status' && (detail === 'healthy' || detail === 'unhealthy' || detail === 'starting')
      ? detail
      : undefined
  const service = attributes['com.docker.compose.service']
  const project = attributes['com.docker.compose.project']
  const exitCode = attributes['exitCode']
  return {
    kind,
    // What is executed is part of the action's name.
    action: action.startsWith('exec_') ? message.Action : action,
    id: message.Actor.ID,
    name: attributes['name'] ?? message.Actor.ID,
    ...(service === undefined ? {} : { service }),
    ...(project === undefined ? {} : { project }),
    ...(health === undefined ? {} : { health }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    at: message.timeNano === undefined ? message.time * 1000 : message.timeNano / 1e6,
    attributes,
  }
}
