import { createEngineApi } from '../support/engine-api.ts'
import { type BenchService, cases, toCreateBody } from './cases.ts'

/**
 * The engine calls of `up -d` and `down -v` and nothing else: no file is read, nothing is compared, nothing is waited
 * for but a service's own dependencies having been started. Its time is the engine's own.
 *
 *     node bare.ts up|down <case> <project>
 */
const [act, caseName, project = ''] = process.argv.slice(2)
const found = cases.find(({ name }) => name === caseName)
if (!found || (act !== 'up' && act !== 'down') || project === '') throw new Error('bare.ts up|down <case> <project>')
const engine = createEngineApi()

const up = async (services: readonly BenchService[]) => {
  const labels = { 'com.docker.compose.project': project }
  await engine.call('POST', '/networks/create', { Name: `${project}_default`, Labels: labels })
  const started = new Map<string, Promise<unknown>>()
  for (const service of services) started.set(service.name, start(service, started))
  await Promise.all(started.values())
}

const start = async (service: BenchService, started: ReadonlyMap<string, Promise<unknown>>) => {
  const path = `/containers/create?name=${project}-${service.name}-1`
  const { Id } = await engine.call<{ Id: string }>('POST', path, toCreateBody(service, project))
  await Promise.all(service.needs.map((name) => started.get(name)))
  await engine.call('POST', `/containers/${Id}/start`)
}

const down = async (services: readonly BenchService[]) => {
  await Promise.all(
    services.map(async ({ name }) => {
      await engine.call('POST', `/containers/${project}-${name}-1/stop`)
      await engine.call('DELETE', `/containers/${project}-${name}-1?force=1&v=1`)
    }),
  )
  await engine.call('DELETE', `/networks/${project}_default`)
}

await (act === 'up' ? up(found.services) : down(found.services))
