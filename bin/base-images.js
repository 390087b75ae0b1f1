// `npm run base-images`: makes the base images that stand in for official ones, whether or not Docker Hub can be reached.
import { ensureBaseImages } from '../src/system/base-images/ensure-base-images.ts'
import { findEngine } from '../src/system/engines/find-engine.ts'

const signal = AbortSignal.timeout(600_000)
const { found, attempts } = await findEngine(process.env, { signal })
if (found === undefined) {
  console.error(`No engine answers:\n${attempts.map(({ address, failure }) => `  ${address}: ${failure}`).join('\n')}`)
  process.exitCode = 4
} else {
  await ensureBaseImages(found, { signal, report: (line) => console.log(`${line} …`) })
  console.log('The base images are there.')
}
