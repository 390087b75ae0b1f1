import { selectService } from '../../core/state/select.ts'
import type { Published } from '../../core/state/published-url.ts'
import { type AddressAction, selectAddresses, useAddress } from '../view/address-commands.ts'
import { selectChosen } from '../view/view-state.ts'
import type { FullScreen, ItemContext, ScreenItem } from './full-screen.ts'

/** The addresses of a service that has several; Enter opens or copies one, and leads back. */
export const addressesTo = (action: AddressAction): FullScreen => ({
  title: ({ state, view }) => `${action} an address of ${selectChosen(view, state) ?? 'a service'}`,
  chooses: action,
  items: ({ state, view }: ItemContext) => {
    const chosen = selectChosen(view, state)
    const service = chosen === undefined ? undefined : selectService(state, chosen)
    return service === undefined ? [] : selectAddresses(service, action).map((one) => toItem(action, one))
  },
})

const toItem = (action: AddressAction, published: Published): ScreenItem => {
  const { host, url, containerPort, protocol } = published
  const port = `port ${containerPort}/${protocol} of the container`
  return {
    id: `${host} ${protocol}`,
    text: `${url ?? host} ${port}`,
    segments: ({ theme }) => ({
      left: [
        { text: url ?? host, paint: (text) => (url === undefined ? text : theme.link(text, url)) },
        { text: `  ${port}`, paint: theme.dim },
      ],
    }),
    choose: ({ view, ...context }) =>
      useAddress(action, { ...context, view: { ...view, screens: view.screens.slice(0, -1) } }, published),
  }
}
