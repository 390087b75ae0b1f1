// `npm run base-images`: makes the base images that stand in for official ones, whether or not Docker Hub can be reached.
// With --json the last line is an object: the variables by which stack files of ours take them, and their names.
import { findEngine } from '../../src/system/engines/find-engine.ts'
import { baseImages } from './base-images.ts'
import { ensureBaseImages } from './ensure-base-images.ts'

const signal = AbortSignal.timeout(600_000)
const { found, attempts } = await findEngine(process.env, { signal })
if (found === undefined) {
  console.error(`No engine answers:\n${attempts.map(({ address, failure }) => `  ${address}: ${failure}`).join('\n')}`)
  process.exitCode = 4
} else {
  await ensureBaseImages(found, { signal, report: (line) => console.log(`${line} …`) })
  const standIns = Object.fromEntries(baseImages.map(({ variable, name }) => [variable, name]))
  console.log(process.argv.includes('--json') ? JSON.stringify(standIns) : 'The base images are there.')
}
