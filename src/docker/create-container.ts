import type { Problem } from '../core/errors/problem.ts'
import { StackError } from '../core/errors/stack-error.ts'
import { unsupportedBy } from '../core/plan/unsupported.ts'
import type { ContainerRuntime, ContainerSpec } from '../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { toContainerBody } from './create-options/container-body.ts'
import { containerAliases, ownAliases, realName, toEndpoint, toNetworking } from './create-options/endpoints.ts'
import { accept, guard } from './connection/guard.ts'
import type { ApiVersion } from './connection/negotiate.ts'
import { createReadLocalFacts } from './local-facts.ts'
import { toSocketPath } from './api-socket.ts'

/** One call; on engines before API 1.44 one more for each network but the first. */
export const createCreateContainer = (client: DockerClient): ContainerRuntime['createContainer'] => {
  const readLocalFacts = createReadLocalFacts(client)
  return (spec, { signal } = {}) =>
    guard(client, { what: `create container ${spec.name}`, signal }, async () => {
      const { api, os, podman } = await client.negotiated(signal)
      const socketPath = toSocketPath(client.address)
      refuseErrors(spec, unsupportedBy(spec, { api, os, podman, ...(socketPath === undefined ? {} : { socketPath }) }))
      const body = toContainerBody(spec, { api, socketPath, ...(await readLocalFacts(spec)) })
      const { platform } = spec.service
      const answer = await client.beside.createContainer({ name: spec.name, platform, body, signal })
      client.names.learn(answer.Id, spec.name)
      await connectOthers(client, { id: answer.Id, spec, api, signal })
      return { id: answer.Id, warnings: answer.Warnings ?? [] }
    })
}

/** A last look: whoever plans asks beforehand, so that nothing has been changed by then. */
const refuseErrors = (spec: ContainerSpec, problems: readonly Problem[]): void => {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  throw new StackError(
    'engine/refused',
    { what: `create container ${spec.name}`, why: errors.map(({ message }) => message).join(' ') },
    { problems: errors },
  )
}

type Connect = {
  readonly id: string
  readonly spec: ContainerSpec
  readonly api: ApiVersion
  readonly signal: AbortSignal | undefined
}

/** A container that has not all of its networks is no container of the service: it does not stay. */
const connectOthers = async (client: DockerClient, { id, spec, api, signal }: Connect): Promise<void> => {
  const later = toNetworking(spec, api)?.later ?? []
  try {
    for (const key of later) {
      const aliases = [...containerAliases(spec), ...ownAliases(spec, key)]
      const body = { Container: id, EndpointConfig: toEndpoint(spec.service, { key, aliases, api }) }
      await client.docker.getNetwork(encodeURIComponent(realName(spec, key))).connect(withSignal(signal, body))
    }
  } catch (error) {
    await accept([404], client.docker.getContainer(id).remove({ force: true, v: true })).catch(() => undefined)
    throw error
  }
}
