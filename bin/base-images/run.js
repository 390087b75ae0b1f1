// `npm run base-images`: makes the base images that stand in for official ones, whether or not Docker Hub can be reached.
// With --json the last line is an object: the variables by which stack files of ours take them, and their names.
// With --examples, those of the examples of single languages, too; what is printed then starts these.
import { findEngine } from '../../src/system/engines/find-engine.ts'
import { baseImages } from './base-images.ts'
import { exampleImages } from './example-images.ts'
import { ensureBaseImages } from './ensure-base-images.ts'

const signal = AbortSignal.timeout(600_000)
const { found, attempts } = await findEngine(process.env, { signal })
if (found === undefined) {
  console.error(`No engine answers:\n${attempts.map(({ address, failure }) => `  ${address}: ${failure}`).join('\n')}`)
  process.exitCode = 4
} else {
  const report = (line) => console.log(`${line} …`)
  await ensureBaseImages(found, { signal, report })
  if (process.argv.includes('--examples')) {
    await ensureBaseImages(found, { signal, report, images: exampleImages })
    for (const { example, variable, name } of exampleImages)
      console.log(`cd examples/${example} && ${variable}=${name} stack up`)
  }
  const standIns = Object.fromEntries(baseImages.map(({ variable, name }) => [variable, name]))
  console.log(process.argv.includes('--json') ? JSON.stringify(standIns) : 'The base images are there.')
}
