import type { Published } from '../../core/state/published-url.ts'
import type { ServiceView } from '../../core/state/select.ts'
import { keyOf } from '../keys/keymap.ts'
import { type CommandContext, type Handled, only } from './handled.ts'
import { openScreen } from './screen-commands.ts'

export type AddressAction = 'open' | 'copy'

/** The addresses of a service that something can be done with: a browser opens what is most likely a web page. */
export const selectAddresses = ({ published }: ServiceView, action: AddressAction): readonly Published[] =>
  action === 'copy' ? published : published.filter(({ url }) => url !== undefined)

/** Of one address it is done at once; of several a person chooses one. */
export const onAddresses = (action: AddressAction, context: CommandContext, service: ServiceView): Handled => {
  const { view } = context
  const [first, ...others] = selectAddresses(service, action)
  if (first === undefined) return only({ ...view, notice: toNothing(service, context) })
  if (others.length > 0) return only(openScreen(view, action === 'open' ? 'openAddress' : 'copyAddress'))
  return useAddress(action, context, first)
}

export const useAddress = (
  action: AddressAction,
  { view, canOpen }: Pick<CommandContext, 'view' | 'canOpen'>,
  { url, host }: Published,
): Handled => {
  const text = url ?? host
  if (action === 'open' && !canOpen) return only({ ...view, notice: `Open ${text}` })
  const notice = action === 'open' ? `Opening ${text}` : `Copied ${text}`
  return { view: { ...view, notice }, effects: [{ kind: action, text }] }
}

const toNothing = ({ name, published }: ServiceView, { keys }: CommandContext): string => {
  const [first] = published
  if (first === undefined) return `${name} publishes no port.`
  const key = keyOf(keys, 'copy')
  return `${first.host} does not look like a web page.${key === undefined ? '' : ` Copy it with ${key}.`}`
}
