import { selectService, type ServiceView } from '../../core/state/select.ts'
import { keyOf } from '../keys/keymap.ts'
import type { ServiceCommand } from '../keys/service-keys.ts'
import { type CommandContext, type Handled, type Handler, only, send } from './handled.ts'
import { toggleScreen } from './screen-commands.ts'
import { selectChosen } from './view-state.ts'

type OnService = (context: CommandContext, service: ServiceView) => Handled

const onChosen =
  (handle: OnService): Handler =>
  (context) => {
    const { view, state } = context
    const name = selectChosen(view, state)
    const service = name === undefined ? undefined : selectService(state, name)
    return service === undefined ? only({ ...view, notice: 'There is no service yet.' }) : handle(context, service)
  }

export const serviceHandlers: Readonly<Record<ServiceCommand, Handler>> = {
  restart: onChosen(({ view }, { name }) => send(view, { type: 'restart', services: [name] })),
  rebuild: onChosen(({ view }, { name }) => send(view, { type: 'rebuild', services: [name] })),
  toggle: onChosen(({ view }, { name, isUp }) => send(view, { type: isUp ? 'stop' : 'start', services: [name] })),
  kill: onChosen(({ view }, { name, isUp }) =>
    isUp
      ? only({
          ...view,
          asking: {
            title: `kill ${name}`,
            text: ['Its processes end at once and save nothing.'],
            yes: 'kill it',
            command: { type: 'kill', services: [name] },
          },
        })
      : only({ ...view, notice: `${name} does not run.` }),
  ),
  open: onChosen((context, service) => onAddress('open', context, service)),
  copy: onChosen((context, service) => onAddress('copy', context, service)),
  details: toggleScreen('details'),
}

const onAddress = (
  command: 'open' | 'copy',
  { view, canOpen, keys }: Pick<CommandContext, 'view' | 'canOpen' | 'keys'>,
  service: ServiceView,
): Handled => {
  const published = service.published.find((one) => one.url !== undefined) ?? service.published[0]
  if (published === undefined) return only({ ...view, notice: `${service.name} publishes no port.` })
  const text = published.url ?? published.host
  if (command === 'open' && !canOpen) return only({ ...view, notice: `Open ${text}` })
  if (command === 'open' && published.url === undefined)
    return only({ ...view, notice: `${text} does not look like a web page.${toCopyHint(keys)}` })
  return {
    view: { ...view, notice: command === 'open' ? `Opening ${text}` : `Copied ${text}` },
    effects: [{ kind: command, text }],
  }
}

const toCopyHint = (keys: CommandContext['keys']): string => {
  const key = keyOf(keys, 'copy')
  return key === undefined ? '' : ` Copy it with ${key}.`
}
