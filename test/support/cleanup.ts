import type { EngineApi } from './engine-api.ts'
import { eventually } from './eventually.ts'

const projectLabel = 'com.docker.compose.project'
export const objectLabel = 'dev.stack.e2e'

/** Removes what carries the project's label and what the scenario made beside it. Nothing else is touched. */
export const cleanUp = async (engine: EngineApi, project: string): Promise<void> => {
  const filters = [`${projectLabel}=${project}`, `${objectLabel}=${project}`].map((label) =>
    encodeURIComponent(JSON.stringify({ label: [label] })),
  )
  for (const removeKind of [removeContainers, removeNetworks, removeVolumes, removeImages]) {
    for (const filter of filters) await eventually(() => removeKind(engine, filter), 15_000)
  }
}

const remove = async (engine: EngineApi, path: string) => {
  const { status, body } = await engine.raw('DELETE', path)
  if (status >= 400 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${body.toString()}`)
}

const removeContainers = async (engine: EngineApi, filter: string) => {
  const found = await engine.call<{ Id: string }[]>('GET', `/containers/json?all=1&filters=${filter}`)
  await Promise.all(found.map(({ Id }) => remove(engine, `/containers/${Id}?force=1&v=1`)))
}

const removeNetworks = async (engine: EngineApi, filter: string) => {
  const found = await engine.call<{ Id: string }[]>('GET', `/networks?filters=${filter}`)
  await Promise.all(found.map(({ Id }) => remove(engine, `/networks/${Id}`)))
}

const removeVolumes = async (engine: EngineApi, filter: string) => {
  const { Volumes } = await engine.call<{ Volumes: { Name: string }[] | null }>('GET', `/volumes?filters=${filter}`)
  await Promise.all((Volumes ?? []).map(({ Name }) => remove(engine, `/volumes/${Name}?force=1`)))
}

const removeImages = async (engine: EngineApi, filter: string) => {
  const found = await engine.call<{ Id: string; RepoTags: string[] | null }[]>('GET', `/images/json?filters=${filter}`)
  const names = found.flatMap(({ Id, RepoTags }) => {
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>') // how older engines write that there is none
    return tags.length > 0 ? tags : [Id]
  })
  await Promise.all(names.map((name) => remove(engine, `/images/${name}?force=1`)))
}
