import type { Command } from '../../core/events/event.ts'
import type { ServiceState, State } from '../../core/state/state.ts'
import { selectChosen, selectOpenScreen, type ViewState } from './view-state.ts'

/** What has to be asked for, for the screen to be true. */
export type Asked = {
  readonly command: Command
  /** It is asked for again when this is another one. */
  readonly key: string
  /** Milliseconds after which it is asked for again, for what nobody tells of; absent: never. */
  readonly everyMs?: number
}

export type AskedInput = {
  readonly view: ViewState
  readonly state: State
  /** The details stand beside the log. */
  readonly hasInspector: boolean
}

/** What is seen is asked for, and nothing else: no screen costs the engine anything while it is closed. */
export const selectAsked = ({ view, state, hasInspector }: AskedInput): Asked | undefined => {
  const open = selectOpenScreen(view)?.name
  if (open === 'objects') return { command: { type: 'list' }, key: toAllContainers(state) }
  if (open === 'health') return withPause(toInspect(view, state), probePauseMs)
  const inspects = open === 'details' || (open === undefined && hasInspector)
  return inspects ? toInspect(view, state) : undefined
}

/** The engine probes, keeps the last five, and says nothing of them as long as the health stays what it is. */
const probePauseMs = 2000

const withPause = (asked: Asked | undefined, everyMs: number): Asked | undefined =>
  asked === undefined ? undefined : { ...asked, everyMs }

const toInspect = (view: ViewState, state: State): Asked | undefined => {
  const chosen = selectChosen(view, state)
  const service = state.services.find(({ name }) => name === chosen)
  if (service === undefined) return undefined
  return { command: { type: 'inspect', service: service.name }, key: toKey(service) }
}

/** Another one when a container has come or gone. */
const toAllContainers = ({ services }: State): string =>
  services.flatMap(({ containers }) => containers.map(({ id }) => id)).join('\n')

/** Another one when a container was replaced, started or ended. */
const toKey = ({ name, containers }: ServiceState): string =>
  [name, ...containers.map(({ id, state, startedAt }) => `${id} ${state} ${startedAt ?? ''}`)].join('\n')
