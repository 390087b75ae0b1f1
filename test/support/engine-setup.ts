import type { EngineAddress } from '../../src/engine/ports/engine-address.ts'
import { baseImages } from '../../bin/base-images/base-images.ts'
import { asksDockerHub } from '../../src/system/doctor/docker-hub.ts'
import { ensureBaseImages } from '../../bin/base-images/ensure-base-images.ts'
import { requestEngine } from '../../src/system/engines/engine-http.ts'
import { findEngine } from '../../src/system/engines/find-engine.ts'
import { objectLabel } from './cleanup.ts'

/** What an earlier run left behind is at least this old; what is younger may belong to a run that goes on beside this one. */
const LEFTOVER_SECONDS = 3_600

/** Before the docker and e2e tests: an engine answers, the base images are there, nothing is left of runs that were killed. */
export default async function setup(): Promise<void> {
  const signal = AbortSignal.timeout(300_000)
  const { found, attempts } = await findEngine(process.env, { signal })
  if (found === undefined) {
    const tried = attempts.map(({ address, failure }) => `  ${address}: ${failure}`).join('\n')
    throw new Error(
      `These tests need a container engine and none answers:\n${tried}\nRun "npm test", which sets one up.`,
    )
  }
  await ensureImages(found, signal)
  await removeLeftovers(found, signal)
}

/** Tests use images by our own names alone. With Docker Hub, the official ones get these names too. */
const ensureImages = async (engine: EngineAddress, signal: AbortSignal): Promise<void> => {
  const missing: (typeof baseImages)[number][] = []
  for (const image of baseImages) {
    const { status } = await requestEngine(engine, { path: `/images/${image.name}/json`, signal })
    if (status !== 200) missing.push(image)
  }
  if (missing.length === 0) return
  const hub = await asksDockerHub(engine, { env: process.env, signal })
  if (!hub.reachable) {
    await ensureBaseImages(engine, { signal, report: (line) => process.stdout.write(`${line} …\n`) })
    return
  }
  for (const { name, official } of missing) await pullAs(engine, { name, official, signal })
}

const pullAs = async (
  engine: EngineAddress,
  { name, official, signal }: { name: string; official: string; signal: AbortSignal },
): Promise<void> => {
  const [from = '', tag = 'latest'] = official.split(':')
  const pulled = await requestEngine(engine, {
    method: 'POST',
    path: `/images/create?fromImage=${from}&tag=${tag}`,
    signal,
  })
  if (pulled.status !== 200 || pulled.body.includes('"errorDetail"'))
    throw new Error(`${official} cannot be pulled: ${pulled.body.slice(-500)}`)
  const [repo = '', ourTag = 'latest'] = name.split(':')
  await requestEngine(engine, { method: 'POST', path: `/images/${official}/tag?repo=${repo}&tag=${ourTag}`, signal })
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
