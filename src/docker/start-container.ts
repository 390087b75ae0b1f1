import { isStackError, StackError } from '../core/errors/stack-error.ts'
import type { ContainerRuntime } from '../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { shorten } from './containers.ts'
import { accept, guard } from './connection/guard.ts'

const NOT_MODIFIED = 304
const PROJECT = 'com.docker.compose.project'
const SERVICE = 'com.docker.compose.service'

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
      throw await nameHolder(client, id, error as StackError<'engine/port-in-use'>).catch(() => error)
    }
  }

/** The same error with who has the port, where it is a container or the service itself. */
const nameHolder = async (
  client: DockerClient,
  id: string,
  { data, cause }: StackError<'engine/port-in-use'>,
): Promise<StackError> => {
  const { port } = data
  const protocol = /\/(tcp|udp|sctp)\b|listen (tcp|udp|sctp)/
    .exec((cause as Error).message)
    ?.slice(1)
    .find(Boolean)
  const [own, listed] = await Promise.all([
    client.docker.getContainer(id).inspect(),
    client.docker.listContainers({ filters: { publish: [String(port)] } }),
  ])
  const holder = listed.find(
    ({ Id, Ports }) =>
      Id !== own.Id &&
      Ports?.some(({ PublicPort, Type }) => PublicPort === port && (protocol === undefined || Type === protocol)),
  )
  const more = { cause }
  if (holder === undefined) {
    const bindings = Object.values(
      (own.HostConfig.PortBindings ?? {}) as Record<string, { HostPort?: string }[] | null>,
    )
    const times = bindings.flat().filter((binding) => binding?.HostPort === String(port)).length
    if (times < 2) return new StackError('engine/port-in-use', data, more)
    const name = own.Config.Labels[SERVICE] ?? own.Name.replace(/^\//, '')
    const holds = `service "${name}" itself, which publishes it ${times === 2 ? 'twice' : `${times} times`}`
    return new StackError(
      'engine/port-in-use',
      { ...data, holder: holds, help: 'Publish it once under "ports".' },
      more,
    )
  }
  const name = `container ${(holder.Names?.[0] ?? holder.Id).replace(/^\//, '')}`
  const isOf = (label: string): boolean => own.Config.Labels[label] === holder.Labels?.[label]
  const project = holder.Labels?.[PROJECT]
  if (project === undefined) return new StackError('engine/port-in-use', { ...data, holder: name }, more)
  if (!isOf(PROJECT) || !isOf(SERVICE))
    return new StackError('engine/port-in-use', { ...data, holder: `${name} of project "${project}"` }, more)
  const help = `Only one container can have it: publish a range ("${port}-${port + 9}:…"), or let the engine choose a port.`
  return new StackError('engine/port-in-use', { ...data, holder: `${name} of the same service`, help }, more)
}
