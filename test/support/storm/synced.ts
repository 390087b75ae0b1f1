import { image } from '../objects.ts'

/** Ends of services of stack files whose folder `src` is synced. */

export const sleep = `image: ${image}, init: true, command: sleep 6000`

/** A watch rule as the last attribute of a service. */
export const synced = (target: string, more = ', initial_sync: true'): string =>
  `develop: { watch: [{ path: ./src, target: ${target}, action: sync${more} }] }`
