import { isStackError, StackError } from '../core/errors/stack-error.ts'
import type { ContainerRuntime } from '../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { shorten } from './containers.ts'
import { accept, guard } from './connection/guard.ts'

const NOT_MODIFIED = 304

/** Starting what runs is a success. A port that is taken is an error that names who has it. */
export const createStartContainer =
  (client: DockerClient): ContainerRuntime['startContainer'] =>
  async (id, { signal } = {}) => {
    try {
      await guard(client, { what: `start container ${shorten(id)}`, signal }, () =>
        accept([NOT_MODIFIED], client.docker.getContainer(id).start(withSignal(signal, {}))),
      )
    } catch (error) {
      if (!isStackError(error) || error.code !== 'engine/port-in-use') throw error
      const { address, port } = error.data as { address: string; port: number }
      const holder = await findPortHolder(client, port).catch(() => '')
      throw new StackError('engine/port-in-use', { address, port, holder }, { cause: error.cause })
    }
  }

/** @returns words for the container that publishes the port, or nothing when none does */
const findPortHolder = async (client: DockerClient, port: number): Promise<string> => {
  const listed = await client.docker.listContainers({ filters: { publish: [String(port)] } })
  const holder = listed.find(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port))
  if (holder === undefined) return ''
  const project = holder.Labels?.['com.docker.compose.project']
  return `container ${(holder.Names?.[0] ?? holder.Id).replace(/^\//, '')}${project === undefined ? '' : ` of project "${project}"`}`
}
