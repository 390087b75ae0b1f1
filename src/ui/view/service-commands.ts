import { selectService, type ServiceView } from '../../core/state/select.ts'
import type { ServiceCommand } from '../keys/service-keys.ts'
import { onAddresses } from './address-commands.ts'
import { aside, ask, type CommandContext, type Handled, type Handler, only, send } from './handled.ts'
import { moveHandlers } from './move-commands.ts'
import { toggleScreen } from './screen-commands.ts'
import { selectChosen, selectTargets, type ViewState } from './view-state.ts'

type OnService = (context: CommandContext, service: ServiceView) => Handled

const noService = 'There is no service yet.'

const onChosen =
  (handle: OnService): Handler =>
  (context) => {
    const { view, state } = context
    const name = selectChosen(view, state)
    const service = name === undefined ? undefined : selectService(state, name)
    return service === undefined ? only({ ...view, notice: noService }) : handle(context, service)
  }

type Targets = {
  readonly services: readonly string[]
  /** Those of them that run, that do not, and that are frozen. */
  readonly up: readonly string[]
  readonly down: readonly string[]
  readonly paused: readonly string[]
}

/** On all that are marked, or else on the chosen one. */
const onTargets =
  (handle: (view: ViewState, targets: Targets) => Handled): Handler =>
  ({ view, state }) => {
    const services = selectTargets(view, state)
    if (services.length === 0) return only({ ...view, notice: noService })
    const views = services.flatMap((name) => selectService(state, name) ?? [])
    const where = (holds: (service: ServiceView) => boolean) => views.filter(holds).map(({ name }) => name)
    return handle(view, {
      services,
      up: where(({ isUp }) => isUp),
      down: where(({ isUp }) => !isUp),
      paused: where(({ service }) => service.containers.some((one) => one.state === 'paused')),
    })
  }

/** Marks have done their work when something was asked for. */
const act = (
  view: ViewState,
  type: 'restart' | 'rebuild' | 'stop' | 'start' | 'pause' | 'unpause',
  services: readonly string[],
) => send({ ...view, marked: [] }, { type, services })

const list = (services: readonly string[]): string => services.join(', ')

const notRunning = (view: ViewState, services: readonly string[]): Handled =>
  only({ ...view, notice: `${list(services)} ${services.length === 1 ? 'does' : 'do'} not run.` })

const onRunning = (handle: OnService): Handler =>
  onChosen((context, service) => (service.isUp ? handle(context, service) : notRunning(context.view, [service.name])))

export const serviceHandlers: Readonly<Record<ServiceCommand, Handler>> = {
  markService: (context) => markService(context),
  restart: onTargets((view, { services }) => act(view, 'restart', services)),
  rebuild: onTargets((view, { services }) => act(view, 'rebuild', services)),
  recreate: onTargets((view, { services }) =>
    ask(view, {
      title: `recreate ${list(services)}`,
      text: [
        `What was written inside ${services.length === 1 ? 'its containers' : 'their containers'} is lost. Volumes and images stay.`,
      ],
      yes: 'recreate',
      effect: { kind: 'send', command: { type: 'recreate', services } },
    }),
  ),
  toggle: onTargets((view, { up, down }) => (up.length > 0 ? act(view, 'stop', up) : act(view, 'start', down))),
  start: onTargets((view, { services, down }) =>
    down.length > 0
      ? act(view, 'start', down)
      : only({ ...view, notice: `${list(services)} ${services.length === 1 ? 'runs' : 'run'} already.` }),
  ),
  stop: onTargets((view, { services, up }) => (up.length > 0 ? act(view, 'stop', up) : notRunning(view, services))),
  kill: onTargets((view, { services, up }) =>
    up.length === 0
      ? notRunning(view, services)
      : ask(view, {
          title: `kill ${list(up)}`,
          text: [`${up.length === 1 ? 'Its' : 'Their'} processes end at once and save nothing.`],
          yes: up.length === 1 ? 'kill it' : 'kill them',
          effect: { kind: 'send', command: { type: 'kill', services: up } },
        }),
  ),
  pause: onTargets((view, { services, up, paused }) => {
    const moving = up.filter((name) => !paused.includes(name))
    if (up.length === 0) return notRunning(view, services)
    return moving.length > 0 ? act(view, 'pause', moving) : act(view, 'unpause', paused)
  }),
  scale: onTargets((view, { services }) =>
    only({ ...view, typing: 'prompt', prompt: { about: 'scale', services, text: '' } }),
  ),
  shell: onRunning(({ view }, { name }) => aside(view, { kind: 'shell', service: name })),
  exec: onRunning(({ view }, { name }) =>
    only({ ...view, typing: 'prompt', prompt: { about: 'exec', services: [name], text: '' } }),
  ),
  debug: onRunning(({ view }, { name }) => aside(view, { kind: 'debug', service: name })),
  attach: onRunning(({ view }, { name }) => aside(view, { kind: 'attach', service: name })),
  open: onChosen((context, service) => onAddresses('open', context, service)),
  copy: onChosen((context, service) => onAddresses('copy', context, service)),
  details: toggleScreen('details'),
}

/** The next one is chosen then, so that several are marked with one key. */
const markService = (context: CommandContext): Handled => {
  const { view, state } = context
  const name = selectChosen(view, state)
  if (name === undefined) return only({ ...view, notice: noService })
  const marked = view.marked.includes(name) ? view.marked.filter((one) => one !== name) : [...view.marked, name]
  const moved = moveHandlers.down({ ...context, view: { ...view, marked } }).view
  const notice =
    marked.length === 0 ? 'No service is marked.' : `Marked for the next action: ${list(selectTargets(moved, state))}`
  return only({ ...moved, notice })
}
