import { image } from './objects.ts'

/** Ends of flow mappings that many stack files share: `web: { ${sleeper}, depends_on: [db] }`. */

/** Runs until it is stopped, and then stops at once. */
export const sleeper = `image: ${image}, init: true, command: sleep 600`

/** Runs one shell script to its end. */
export const job = (script: string) => `image: ${image}, command: ["sh", "-c", ${JSON.stringify(script)}]`

/** A shell script that then stays; `init` makes it stop at once. */
export const daemon = (script: string) =>
  `image: ${image}, init: true, command: ["sh", "-c", ${JSON.stringify(`${script}; exec sleep 600`)}]`

/** Healthy as soon as the file is there. */
export const healthyWhen = (file: string) =>
  `healthcheck: { test: ["CMD", "test", "-e", "${file}"], interval: 300ms, timeout: 2s, retries: 30 }`

/** Healthy from the first probe on. */
export const healthyAtOnce = 'healthcheck: { test: ["CMD", "true"], interval: 300ms, timeout: 2s, retries: 10 }'
