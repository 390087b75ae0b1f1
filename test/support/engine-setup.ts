import { baseImages } from '../../bin/base-images/base-images.ts'
import type { EngineAddress } from '../../src/engine/ports/engine-address.ts'
import { requestEngine } from '../../src/system/engines/engine-http.ts'
import { engineUnderTest, ensureImages } from './base-images.ts'
import { objectLabel } from './cleanup.ts'

/** What an earlier run left behind is at least this old; what is younger may belong to a run that goes on beside this one. */
const LEFTOVER_SECONDS = 3_600

/** Before the docker and e2e tests: an engine answers, the base images are there, nothing is left of runs that were killed. */
export default async function setup(): Promise<void> {
  const signal = AbortSignal.timeout(300_000)
  const engine = await engineUnderTest(signal)
  await ensureImages(engine, { images: baseImages, signal })
  await removeLeftovers(engine, signal)
}

type Listed = { readonly Id: string; readonly Created: number }

const removeLeftovers = async (engine: EngineAddress, signal: AbortSignal): Promise<void> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [objectLabel] }))
  const { body } = await requestEngine(engine, { path: `/containers/json?all=1&filters=${filters}`, signal })
  const old = (JSON.parse(body) as readonly Listed[]).filter(
    ({ Created }) => Date.now() / 1000 - Created > LEFTOVER_SECONDS,
  )
  for (const { Id } of old)
    await requestEngine(engine, { method: 'DELETE', path: `/containers/${Id}?force=1&v=1`, signal })
}
