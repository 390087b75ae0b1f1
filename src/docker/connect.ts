import { arch } from 'node:os'
import { StackError } from '../core/errors/stack-error.ts'
import type { EngineFacts } from '../core/plan/observed.ts'
import type { EngineAddress } from '../engine/ports/engine-address.ts'
import type { Runtime } from '../engine/ports/runtime.ts'
import { readApiLogins, toSocketPath } from './api-socket.ts'
import { createArchiveCalls } from './streams/archive.ts'
import { createClient, withSignal, type DockerClient } from './connection/client.ts'
import { createContainerCalls } from './containers.ts'
import { createCreateContainer } from './create-container.ts'
import { createEvents } from './streams/events.ts'
import type { ConnectionOptions } from './connection/engine-connection.ts'
import { guard } from './connection/guard.ts'
import { createImageCalls } from './images.ts'
import { createInteractiveCalls } from './streams/interactive.ts'
import { createLogs } from './streams/logs.ts'
import { createNetworkCalls } from './networks.ts'
import { createSnapshotCalls } from './streams/snapshots.ts'
import { createStartContainer } from './start-container.ts'
import { createStats, createUsageReader } from './streams/stats.ts'
import { createVolumeCalls } from './volumes.ts'

/**
 * The engine at an address, as the port that Stack works through. Opens nothing until the first call, which then costs one
 * ping for all that follow.
 */
export const createRuntime = (options: ConnectionOptions): Runtime => {
  const client = createClient(options)
  return {
    facts: ({ signal } = {}) =>
      guard(client, { what: 'say what it is', signal }, () => readFacts(client, { address: options.address, signal })),
    assertThere: ({ signal } = {}) =>
      guard(
        client,
        { what: 'say that it is there', signal },
        async () => void (await client.docker.ping(withSignal(signal, {}))),
      ),
    readClock: ({ signal } = {}) =>
      guard(client, { what: 'tell the time', signal }, async () =>
        toEngineTime(await client.docker.info(withSignal(signal, {}))),
      ),
    ...createContainerCalls(client),
    ...createArchiveCalls(client),
    ...createInteractiveCalls(client),
    ...createNetworkCalls(client),
    ...createVolumeCalls(client),
    ...createImageCalls(client),
    ...createSnapshotCalls(client),
    createContainer: createCreateContainer(client),
    startContainer: createStartContainer(client),
    logs: createLogs(client),
    stats: createStats(client),
    readUsage: createUsageReader(client),
    events: createEvents(client),
    readApiLogins: () => guard(client, { what: 'collect the logins of registries' }, () => readApiLogins(client)),
    close: () => client.close(),
  }
}

/** Go's names of what Node calls otherwise. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  loong64: 'loong64',
  ppc64: 'ppc64le',
}

/**
 * An engine behind a local socket has the architecture of this machine; asking it costs 5 ms, for it runs `runc` and
 * `docker-init` to tell their versions.
 */
const readFacts = async (
  client: DockerClient,
  { address, signal }: { readonly address: EngineAddress; readonly signal: AbortSignal | undefined },
): Promise<EngineFacts> => {
  const { api, version, os, buildkit, podman, swarm } = await client.negotiated(signal)
  const isLocal = address.kind === 'unix' || address.kind === 'npipe'
  const architecture = isLocal
    ? (architectures[arch()] ?? arch())
    : (await client.docker.version(withSignal(signal, {}))).Arch
  const socketPath = toSocketPath(address)
  return {
    api,
    version,
    os,
    architecture,
    buildkit,
    podman,
    swarm,
    ...(socketPath === undefined ? {} : { socketPath }),
  }
}

/** The header `Date` of every answer knows whole seconds only, which is too little to tell what came before what. */
const toEngineTime = ({ SystemTime }: { readonly SystemTime?: string }): number => {
  const time = Date.parse(SystemTime ?? '')
  if (Number.isNaN(time))
    throw new StackError('engine/refused', { what: 'tell the time', why: 'it does not say what time it is' })
  return time
}
