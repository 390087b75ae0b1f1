import { RECIPE_LABEL, type BaseImage } from '../../bin/base-images/base-images.ts'
import { ensureBaseImages } from '../../bin/base-images/ensure-base-images.ts'
import type { EngineAddress } from '../../src/engine/ports/engine-address.ts'
import { asksDockerHub } from '../../src/system/doctor/docker-hub.ts'
import { requestEngine } from '../../src/system/engines/engine-http.ts'
import { findEngine } from '../../src/system/engines/find-engine.ts'

/** The engine that the tests run on. */
export const engineUnderTest = async (signal: AbortSignal): Promise<EngineAddress> => {
  const { found, attempts } = await findEngine(process.env, { signal })
  if (found !== undefined) return found
  const tried = attempts.map(({ address, failure }) => `  ${address}: ${failure}`).join('\n')
  throw new Error(`These tests need a container engine and none answers:\n${tried}\nRun "npm test", which sets one up.`)
}

/** Tests use images by our own names alone. With Docker Hub, the official ones get these names too. */
export const ensureImages = async (
  engine: EngineAddress,
  { images, signal }: { readonly images: readonly BaseImage[]; readonly signal: AbortSignal },
): Promise<void> => {
  const missing: BaseImage[] = []
  for (const image of images) {
    const { status, body } = await requestEngine(engine, { path: `/images/${image.name}/json`, signal })
    if (status !== 200 || isOfOtherRecipe(body, image)) missing.push(image)
  }
  if (missing.length === 0) return
  const hub = await asksDockerHub(engine, { env: process.env, signal })
  if (!hub.reachable) {
    await ensureBaseImages(engine, { images, signal, report: (line) => process.stdout.write(`${line} …\n`) })
    return
  }
  for (const { name, official } of missing) await pullAs(engine, { name, official, signal })
}

/** An official image bears no recipe and stays. */
const isOfOtherRecipe = (body: string, { recipe }: BaseImage): boolean => {
  const { Config } = JSON.parse(body) as { Config?: { Labels?: Readonly<Record<string, string>> | null } }
  return ![undefined, recipe].includes(Config?.Labels?.[RECIPE_LABEL])
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
