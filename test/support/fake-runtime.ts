import { StackError } from '../../src/core/errors/stack-error.ts'
import type { ContainerState, Health } from '../../src/core/plan/container-state.ts'
import type { Bond, ObservedImage, ObservedNetwork, ObservedVolume } from '../../src/core/plan/observed.ts'
import { sharesOf } from '../../src/core/project/graph.ts'
import { durationToMs } from '../../src/core/project/units.ts'
import type { CallOptions } from '../../src/engine/ports/call-options.ts'
import type { Clock } from '../../src/engine/ports/clock.ts'
import type {
  ContainerDetails,
  ContainerFile,
  ContainerSpec,
  ExecSession,
  ExecSpec,
  LogChunk,
  OutputChunk,
} from '../../src/engine/ports/container-runtime.ts'
import type { BuildProgress } from '../../src/engine/ports/image-runtime.ts'
import type { EngineEvent, Runtime } from '../../src/engine/ports/runtime.ts'
import { createChannel } from './channel.ts'

/** How the main process of a service's containers behaves; absent: it runs until it is stopped. */
export type Behaviour = {
  readonly exitAfterMs?: number
  readonly exitCode?: number
  /** It ends because its memory runs out. */
  readonly outOfMemory?: true
  /** Its healthcheck's test succeeds from then on. Absent: at once. */
  readonly healthyAfterMs?: number
  /** The engine itself says `unhealthy` after that time. */
  readonly unhealthyAfterMs?: number
  /** What it writes when it starts. */
  readonly writes?: readonly string[]
  /** Milliseconds that the engine takes for its start. */
  readonly startsAfterMs?: number
  /** Milliseconds that it takes to stop when it is asked to. */
  readonly stopsAfterMs?: number
  /** Milliseconds that its image takes to be built. */
  readonly buildsAfterMs?: number
  /** What its builder says meanwhile. */
  readonly builds?: readonly BuildProgress[]
  /** What each of its containers has used at a time. */
  readonly uses?: (at: number) => { readonly cpuMs?: number; readonly memoryBytes?: number }
}

export type FakeContainer = {
  readonly id: string
  name: string
  readonly spec: ContainerSpec
  readonly createdAt: number
  state: ContainerState
  exitCode: number
  health: Health | undefined
  startedAt: number | undefined
  restarts: number
  networks: string[]
  readonly mounts: { type: string; source: string; target: string; anonymous: boolean }[]
  readonly lines: {
    readonly stream: 'stdout' | 'stderr'
    readonly text: string
    readonly at: number
    readonly timestamp: string
  }[]
  readonly files: Map<string, ContainerFile>
  /** Counts its runs: timers of an earlier one do nothing. */
  run: number
}

export type FakeRuntime = Runtime & {
  /** Every call with what it was about, in order: `create web-1`. */
  readonly calls: string[]
  readonly containers: Map<string, FakeContainer>
  readonly networks: Map<string, ObservedNetwork>
  readonly volumes: Map<string, ObservedVolume>
  /** What is in them; absent: nothing. */
  readonly volumeBytes: Map<string, number>
  readonly images: Map<string, ObservedImage>
  /** By service. */
  readonly behaviours: Record<string, Behaviour>
  /** The next calls of this name fail; `when` chooses by what the call is about. */
  fail(call: string, error: Error, options?: { readonly times?: number; readonly when?: string }): void
  /** What a command run in a container says; absent: the healthcheck's test, or nothing and code 0. */
  onExec:
    | ((container: FakeContainer, spec: ExecSpec) => { readonly exitCode: number; readonly output: string } | undefined)
    | undefined
  /** Cuts every stream of events. */
  loseEvents(): void
  write(container: string, text: string, stream?: 'stdout' | 'stderr'): void
  /** Ends the main process as if by itself. */
  exit(container: string, exitCode: number): void
  addImage(reference: string, more?: Partial<ObservedImage>): void
  byName(name: string): FakeContainer
  /** Streams that somebody still reads: none at the end of a test that leaves nothing behind. */
  openStreams(): number
}

export type FakeOptions = {
  readonly clock: Clock
  readonly images?: readonly string[]
  /** Of each call. */ readonly latencyMs?: number
  /** How much its clock is ahead of ours. */ readonly skewMs?: number
}

const replayBytes = async function* (): AsyncIterable<Uint8Array> {
  yield new Uint8Array(1024)
}

const replay = async function* (events: readonly EngineEvent[], end: () => Promise<void>): AsyncIterable<EngineEvent> {
  yield* events
  await end()
}

/** An engine in memory, as honest as its callers need: the same states, refusals and events as a real one. */
export const createFakeRuntime = ({
  clock: ours,
  images = ['busybox'],
  latencyMs = 1,
  skewMs = 0,
}: FakeOptions): FakeRuntime => {
  const clock: Clock = { now: () => ours.now() + skewMs, sleep: ours.sleep }
  const faults: { call: string; error: Error; times: number; when: string | undefined }[] = []
  const events: EngineEvent[] = []
  const listeners = new Set<{ push(event: EngineEvent): void; fail(error: Error): void }>()
  const watchers = new Set<() => void>()
  let count = 0
  let streams = 0
  const newId = (): string => {
    count += 1
    return count.toString(16).padStart(64, 'f0e1d2c3b4a59687')
  }
  const changed = (): void => {
    for (const watcher of [...watchers]) watcher()
  }
  const until = async (check: () => boolean, signal?: AbortSignal): Promise<void> => {
    while (!check()) {
      signal?.throwIfAborted()
      const next = Promise.withResolvers<void>()
      const onAbort = (): void => next.reject(signal?.reason)
      watchers.add(next.resolve)
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        await next.promise
      } finally {
        watchers.delete(next.resolve)
        signal?.removeEventListener('abort', onAbort)
      }
    }
  }
  const call = async (name: string, about: string, options: CallOptions = {}): Promise<void> => {
    options.signal?.throwIfAborted()
    fake.calls.push(`${name} ${about}`)
    await clock.sleep(latencyMs, options)
    const fault = faults.find(
      (entry) => entry.call === name && entry.times > 0 && (entry.when === undefined || about.includes(entry.when)),
    )
    if (fault === undefined) return
    fault.times -= 1
    throw fault.error
  }
  const tell = (container: FakeContainer, action: string, more: Partial<EngineEvent> = {}): void => {
    const { labels } = container.spec
    const event: EngineEvent = {
      kind: 'container',
      action,
      id: container.id,
      name: container.name,
      at: clock.now(),
      attributes: { ...labels },
      project: container.spec.project.name,
      service: container.spec.serviceName,
      ...more,
    }
    events.push(event)
    for (const listener of listeners) listener.push(event)
    changed()
  }
  const find = (id: string): FakeContainer => {
    const container = fake.containers.get(id) ?? [...fake.containers.values()].find((entry) => entry.name === id)
    if (container === undefined) throw new StackError('engine/not-found', { what: `container ${id}` })
    return container
  }
  const isStarved = ({ spec }: FakeContainer): boolean => fake.behaviours[spec.serviceName]?.outOfMemory === true
  const isUp = ({ state }: FakeContainer): boolean =>
    state === 'running' || state === 'paused' || state === 'restarting'
  const addLine = (container: FakeContainer, text: string, stream: 'stdout' | 'stderr'): void => {
    const at = clock.now()
    const nanos = String(container.lines.length % 1_000_000).padStart(6, '0')
    container.lines.push({ stream, text, at, timestamp: `${new Date(at).toISOString().slice(0, -1)}${nanos}Z` })
    changed()
  }
  const end = (container: FakeContainer, exitCode: number): void => {
    if (!isUp(container)) return
    container.run += 1
    container.state = 'exited'
    container.exitCode = exitCode
    const policy = container.spec.service.restart ?? 'no'
    const again = policy === 'always' || (policy.startsWith('on-failure') && exitCode !== 0)
    if (again) container.state = 'restarting'
    if (isStarved(container)) tell(container, 'oom')
    tell(container, 'die', { exitCode })
    if (!again) return
    const { run } = container
    clock.sleep(100).then(
      () => {
        if (container.run !== run || container.state !== 'restarting') return
        container.restarts += 1
        begin(container)
      },
      () => {},
    )
  }
  /** Stopped on purpose: not restarted, whatever its policy. */
  const halt = (container: FakeContainer, exitCode: number): void => {
    if (!isUp(container)) return
    container.run += 1
    container.state = 'exited'
    container.exitCode = exitCode
    tell(container, 'die', { exitCode })
  }
  const later = (container: FakeContainer, ms: number | undefined, act: () => void): void => {
    if (ms === undefined) return
    const { run } = container
    const due = (): void => {
      if (container.run === run && isUp(container)) act()
    }
    if (ms === 0) due()
    else clock.sleep(ms).then(due, () => {})
  }
  const hasHealthcheck = ({ spec: { service } }: FakeContainer): boolean =>
    service.healthcheck?.test !== undefined &&
    service.healthcheck.disable !== true &&
    service.healthcheck.test[0] !== 'NONE'
  const setHealth = (container: FakeContainer, health: Health): void => {
    if (container.health === health) return
    container.health = health
    tell(container, 'health_status', { health })
  }
  const begin = (container: FakeContainer): void => {
    const behaviour = fake.behaviours[container.spec.serviceName] ?? {}
    container.run += 1
    container.state = 'running'
    container.startedAt = clock.now()
    if (hasHealthcheck(container)) container.health = 'starting'
    tell(container, 'start')
    for (const text of behaviour.writes ?? []) addLine(container, text, 'stdout')
    later(container, behaviour.exitAfterMs, () => end(container, behaviour.exitCode ?? 0))
    if (!hasHealthcheck(container)) return
    later(container, behaviour.unhealthyAfterMs, () => setHealth(container, 'unhealthy'))
    const interval = durationToMs(container.spec.service.healthcheck?.interval) ?? 30_000
    const tick = (): void => {
      if (behaviour.unhealthyAfterMs !== undefined) return
      if (isHealthy(container)) return setHealth(container, 'healthy')
      later(container, interval, tick)
    }
    later(container, interval, tick)
  }
  const isHealthy = (container: FakeContainer): boolean => {
    const behaviour = fake.behaviours[container.spec.serviceName] ?? {}
    return (
      behaviour.unhealthyAfterMs === undefined &&
      clock.now() - (container.startedAt ?? 0) >= (behaviour.healthyAfterMs ?? 0)
    )
  }
  const toDetails = (container: FakeContainer): ContainerDetails => {
    const { spec } = container
    const { healthcheck } = spec.service
    const image = fake.images.get(spec.image)
    return {
      id: container.id,
      name: container.name,
      project: spec.labels['com.docker.compose.project'] ?? '',
      service: spec.labels['com.docker.compose.service'] ?? '',
      number: Number(spec.labels['com.docker.compose.container-number'] ?? 0),
      oneOff: spec.labels['com.docker.compose.oneoff'] === 'True',
      state: container.state,
      ...(container.health === undefined || container.state !== 'running' ? {} : { health: container.health }),
      ...(container.state === 'exited' || container.state === 'dead' || container.state === 'restarting'
        ? { exitCode: container.exitCode }
        : {}),
      image: spec.image,
      imageId: imageIds.get(container.id) ?? image?.id ?? '',
      labels: spec.labels,
      networks: container.networks.map((id) => ({ id, name: fake.networks.get(id)?.name ?? id })),
      mounts: container.mounts,
      ports: [],
      createdAt: Math.floor(container.createdAt / 1000),
      status: container.state,
      command: (spec.service.command ?? []).join(' '),
      ...(container.startedAt === undefined ? {} : { startedAt: container.startedAt / 1000 }),
      bonds: toBonds(spec),
      restartCount: container.restarts,
      pid: isUp(container) ? 1 : 0,
      tty: false,
      oomKilled: !isUp(container) || container.state === 'restarting' ? isStarved(container) : false,
      error: '',
      probes: container.health === 'unhealthy' ? [{ at: clock.now(), exitCode: 1, output: 'the engine says no' }] : [],
      ...(hasHealthcheck(container)
        ? {
            healthcheck: {
              test: healthcheck?.test ?? [],
              intervalMs: 30_000,
              timeoutMs: durationToMs(healthcheck?.timeout) ?? 30_000,
              retries: healthcheck?.retries ?? 3,
              startPeriodMs: 0,
            },
          }
        : {}),
      user: '',
      workingDir: '',
      environment: [
        ...(image?.environment ?? []),
        ...Object.entries(spec.service.environment ?? {}).flatMap(([name, value]) =>
          value === null ? [] : [`${name}=${value}`],
        ),
      ],
      autoRemove: false,
      restart: spec.service.restart ?? 'no',
      limits: {
        ...(spec.service.mem_limit === undefined ? {} : { memoryBytes: Number(spec.service.mem_limit) }),
        ...(spec.service.pids_limit === undefined ? {} : { pids: spec.service.pids_limit }),
      },
      endpoints: container.networks.map((id, index) => ({
        network: fake.networks.get(id)?.name ?? id,
        addresses: isUp(container) ? [`172.18.${index}.2`] : [],
        aliases: [spec.serviceName],
      })),
    }
  }
  const toBonds = ({ service, containersOf }: ContainerSpec): readonly Bond[] =>
    sharesOf(service).map(({ kind, service: name = '', container }) => ({
      kind,
      id: container ?? containersOf[name] ?? name,
    }))
  const imageIds = new Map<string, string>()
  const matches = (labels: Readonly<Record<string, string>>, wanted: readonly string[] = []): boolean =>
    wanted.every((entry) => {
      const [key = '', ...rest] = entry.split('=')
      return rest.length === 0 ? labels[key] !== undefined : labels[key] === rest.join('=')
    })
  const ofProject = (labels: Readonly<Record<string, string>>, project: string | undefined): boolean =>
    project === undefined || labels['com.docker.compose.project'] === project
  const anonymousVolume = (): string => {
    const name = newId()
    fake.volumes.set(name, { name, driver: 'local', labels: {} })
    return name
  }
  const toMounts = (spec: ContainerSpec): FakeContainer['mounts'] => {
    const mounts: FakeContainer['mounts'] = []
    for (const mount of spec.service.volumes ?? []) {
      const volume =
        mount.type === 'volume' && mount.source !== undefined
          ? (spec.project.volumes[mount.source]?.name ?? mount.source)
          : undefined
      if (volume !== undefined && !fake.volumes.has(volume))
        fake.volumes.set(volume, { name: volume, driver: 'local', labels: {} })
      const isAnonymous = mount.type === 'volume' && mount.source === undefined
      const source = isAnonymous
        ? (spec.inheritedVolumes?.[mount.target] ?? anonymousVolume())
        : (volume ?? mount.source ?? '')
      mounts.push({ type: mount.type, source, target: mount.target, anonymous: isAnonymous })
    }
    for (const target of fake.images.get(spec.image)?.volumes ?? []) {
      if (mounts.some((mount) => mount.target === target)) continue
      mounts.push({
        type: 'volume',
        source: spec.inheritedVolumes?.[target] ?? anonymousVolume(),
        target,
        anonymous: true,
      })
    }
    return mounts
  }
  const toSession = (output: readonly OutputChunk[], exitCode: number): ExecSession => ({
    id: newId(),
    output: (async function* () {
      yield* output
    })(),
    write: () => true,
    drained: async () => {},
    endInput: () => {},
    close: () => {},
    exitCode: async () => exitCode,
  })
  const findNetwork = (name: string): ObservedNetwork | undefined =>
    fake.networks.get(name) ?? [...fake.networks.values()].find((network) => network.name === name)
  const remove = (container: FakeContainer, anonymousVolumes: boolean): void => {
    container.run += 1
    fake.containers.delete(container.id)
    if (anonymousVolumes) for (const mount of container.mounts) if (mount.anonymous) fake.volumes.delete(mount.source)
    tell(container, 'destroy')
  }

  const fake: FakeRuntime = {
    calls: [],
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
    volumeBytes: new Map(),
    images: new Map(),
    behaviours: {},
    onExec: undefined,
    fail: (name, error, { times = 1, when } = {}) => faults.push({ call: name, error, times, when }),
    loseEvents: () => {
      for (const listener of [...listeners])
        listener.fail(new StackError('engine/connection-lost', { what: 'report its events' }))
    },
    write: (name, text, stream = 'stdout') => addLine(find(name), text, stream),
    exit: (name, exitCode) => end(find(name), exitCode),
    addImage: (reference, more = {}) => {
      fake.images.set(reference, {
        id: `sha256:${newId()}`,
        tags: [reference],
        digests: [],
        labels: {},
        volumes: [],
        user: '',
        exposedPorts: [],
        entrypoint: [],
        command: [],
        os: 'linux',
        architecture: 'amd64',
        variant: '',
        size: 1,
        createdAt: Math.floor(clock.now() / 1000),
        ...more,
      })
    },
    byName: find,
    openStreams: () => streams,

    readApiLogins: async () => new TextEncoder().encode('{"auths":{}}'),
    facts: async () => ({
      api: { major: 1, minor: 51 },
      version: '28.5.2',
      os: 'linux',
      architecture: 'amd64',
      buildkit: true,
      podman: false,
      swarm: false,
    }),
    assertThere: (options) => call('assertThere', '', options),
    readClock: async (options) => {
      await call('readClock', '', options)
      return clock.now()
    },
    close: () => {},
    events: ({ project, since, until: end }, { signal }) => {
      const channel = createChannel<EngineEvent>(signal)
      const push = (event: EngineEvent): void => {
        if (project === undefined || event.project === project) channel.push(event)
      }
      const listener = { push, fail: (error: Error) => channel.fail(error) }
      const past = events.filter((event) => since === undefined || event.at >= since * 1000)
      if (end !== undefined)
        return replay(
          past.filter((event) => (project === undefined || event.project === project) && event.at <= end * 1000),
          () => clock.sleep(Math.max(0, end * 1000 - clock.now()), signal === undefined ? {} : { signal }),
        )
      for (const event of past) push(event)
      listeners.add(listener)
      streams += 1
      return channel.iterate(() => {
        listeners.delete(listener)
        streams -= 1
      })
    },

    listContainers: async ({ project, labels }, options) => {
      await call('list', 'containers', options)
      return [...fake.containers.values()]
        .filter(({ spec }) => ofProject(spec.labels, project) && matches(spec.labels, labels))
        .map(toDetails)
    },
    inspectContainer: async (id, options) => {
      await call('inspect', fake.containers.get(id)?.name ?? id, options)
      const container = fake.containers.get(id)
      return container === undefined ? undefined : toDetails(container)
    },
    createContainer: async (spec, options) => {
      await call('create', spec.name, options)
      if ([...fake.containers.values()].some((entry) => entry.name === spec.name))
        throw new StackError('engine/name-in-use', { what: 'container', name: spec.name, holder: '' })
      const image = fake.images.get(spec.image)
      if (image === undefined)
        throw new StackError('engine/image-missing', { image: spec.image, looked: 'on this engine' })
      const networks = Object.values(spec.networkNames).map((name) => {
        const network = findNetwork(name)
        if (network === undefined) throw new StackError('engine/not-found', { what: `network ${name}` })
        return network.id
      })
      const container: FakeContainer = {
        id: newId(),
        name: spec.name,
        spec,
        createdAt: clock.now(),
        state: 'created',
        exitCode: 0,
        health: undefined,
        startedAt: undefined,
        restarts: 0,
        networks,
        mounts: toMounts(spec),
        lines: [],
        files: new Map(),
        run: 0,
      }
      imageIds.set(container.id, image.id)
      fake.containers.set(container.id, container)
      tell(container, 'create')
      return { id: container.id, warnings: [] }
    },
    startContainer: async (id, options) => {
      const container = find(id)
      await call('start', container.name, options)
      const { startsAfterMs } = fake.behaviours[container.spec.serviceName] ?? {}
      if (startsAfterMs === undefined) {
        if (!isUp(container)) begin(container)
        return
      }
      // Whoever asked may go: an engine ends what it has begun.
      clock.sleep(startsAfterMs).then(
        () => isUp(container) || begin(container),
        () => {},
      )
      await until(() => isUp(container), options?.signal)
    },
    stopContainer: async (id, options) => {
      const container = find(id)
      await call('stop', container.name, options)
      if (!isUp(container)) return
      tell(container, 'kill')
      const needs = fake.behaviours[container.spec.serviceName]?.stopsAfterMs ?? 0
      const grace = (options?.graceSeconds ?? 10) * 1000
      await clock.sleep(Math.min(needs, grace), options)
      if (!isUp(container)) return
      // A real engine takes the networks down between the end of the process and the end of the call.
      options?.onExit?.()
      await clock.sleep(latencyMs, options)
      halt(container, needs > grace ? 137 : 143)
      tell(container, 'stop')
    },
    killContainer: async (id, options) => {
      const container = find(id)
      await call('kill', container.name, options)
      if (!isUp(container)) return
      tell(container, 'kill')
      halt(container, 137)
    },
    restartContainer: async (id, options) => {
      const container = find(id)
      await call('restart', container.name, options)
      if (isUp(container)) {
        tell(container, 'kill')
        halt(container, 143)
        tell(container, 'stop')
      }
      begin(container)
      tell(container, 'restart')
    },
    removeContainer: async (id, options) => {
      const container = fake.containers.get(id)
      await call('remove', container?.name ?? id, options)
      if (container === undefined) return
      if (isUp(container) && options?.force !== true)
        throw new StackError('engine/refused', { what: `remove ${container.name}`, why: 'it is running' })
      halt(container, 137)
      remove(container, options?.anonymousVolumes === true)
    },
    renameContainer: async (id, name, options) => {
      const container = find(id)
      await call('rename', `${container.name} ${name}`, options)
      if ([...fake.containers.values()].some((entry) => entry !== container && entry.name === name))
        throw new StackError('engine/name-in-use', { what: 'container', name, holder: '' })
      container.name = name
      tell(container, 'rename')
    },
    pauseContainer: async (id, options) => {
      const container = find(id)
      await call('pause', container.name, options)
      container.state = 'paused'
      tell(container, 'pause')
    },
    unpauseContainer: async (id, options) => {
      const container = find(id)
      await call('unpause', container.name, options)
      container.state = 'running'
      tell(container, 'unpause')
    },
    waitContainer: async (id, options) => {
      const container = find(id)
      await until(() => !isUp(container) && container.state !== 'created', options?.signal)
      return { exitCode: container.exitCode }
    },
    putFiles: async (id, path, files, options) => {
      const container = find(id)
      await call('put', `${container.name} ${files.map((file) => file.path).join(' ')}`, options)
      for (const file of files) container.files.set(`${path}${file.path}`, file)
    },
    putArchive: async (id, _path, tar, options) => {
      let size = 0
      for await (const part of tar) size += part.length
      await call('archive', `${find(id).name} ${size}`, options)
    },
    statPath: async () => undefined,
    getArchive: async (id, path) => {
      throw new StackError('engine/not-found', { what: `path ${path} in ${id}` })
    },
    commitContainer: async (id, spec, options) => {
      await call('commit', `${find(id).name} ${spec.reference ?? ''}`, options)
      return { imageId: newId() }
    },
    exportContainer: async (id, options) => {
      await call('export', find(id).name, options)
      return replayBytes()
    },
    exec: async (id, spec, options) => {
      const container = find(id)
      await call('exec', `${container.name} ${spec.command.join(' ')}`, options)
      if (container.state !== 'running')
        throw new StackError('engine/refused', { what: `run a command in ${container.name}`, why: 'it is not running' })
      const answer = fake.onExec?.(container, spec)
      const { exitCode, output } =
        answer ??
        (hasHealthcheck(container) && !isHealthy(container)
          ? { exitCode: 1, output: 'not yet' }
          : { exitCode: 0, output: '' })
      return toSession(output === '' ? [] : [{ stream: 'stdout', data: new TextEncoder().encode(output) }], exitCode)
    },
    attach: async (id) => toSession([], find(id).exitCode),
    resizeTty: async () => {},
    logs: async function* (id, { follow, tail, since }, options) {
      const container = find(id)
      await call('logs', container.name, options)
      const from = typeof since === 'number' ? since * 1000 : since === undefined ? 0 : Number(since) * 1000
      const all = container.lines.filter((line) => line.at >= Math.floor(from))
      let next = container.lines.length - (tail === undefined ? all.length : Math.min(all.length, tail))
      streams += 1
      try {
        for (;;) {
          while (next < container.lines.length) {
            const { stream, ...line } = container.lines[next++] as FakeContainer['lines'][number]
            yield { stream, lines: [line] } satisfies LogChunk
          }
          if (!follow || !isUp(container) || !fake.containers.has(container.id)) return
          await until(
            () => next < container.lines.length || !isUp(container) || !fake.containers.has(container.id),
            options?.signal,
          )
        }
      } finally {
        streams -= 1
      }
    },
    top: async () => ({ titles: ['PID'], processes: [['1']] }),
    stats: async function* () {
      // Nobody asks for these without an engine.
    },
    readUsage: async (id, options) => {
      const { name, spec } = find(id)
      await call('measure', name, options)
      const { cpuMs = 0, memoryBytes = 0 } = fake.behaviours[spec.serviceName]?.uses?.(clock.now()) ?? {}
      return { at: clock.now(), cpuMs, memoryBytes, networkInBytes: 0, networkOutBytes: 0 }
    },

    listNetworks: async ({ project, name }, options) => {
      await call('list', 'networks', options)
      return [...fake.networks.values()].filter(
        (network) => ofProject(network.labels, project) && (name === undefined || network.name === name),
      )
    },
    findNetwork: async (name, options) => {
      await call('find', `network ${name}`, options)
      return findNetwork(name)
    },
    createNetwork: async ({ network, labels }, options) => {
      await call('create', `network ${network.name}`, options)
      if (findNetwork(network.name) !== undefined)
        throw new StackError('engine/name-in-use', { what: 'network', name: network.name, holder: '' })
      const id = newId()
      fake.networks.set(id, { id, name: network.name, driver: network.driver ?? 'bridge', labels })
      return { id }
    },
    removeNetwork: async (id, options) => {
      await call('remove', `network ${findNetwork(id)?.name ?? id}`, options)
      const network = findNetwork(id)
      if (network === undefined) return
      const users = [...fake.containers.values()].filter(
        (container) => isUp(container) && container.networks.includes(network.id),
      )
      if (users.length > 0)
        throw new StackError('engine/in-use', {
          what: `Network ${network.name}`,
          by: users.map((user) => user.name).join(', '),
        })
      fake.networks.delete(network.id)
    },
    connectNetwork: async (network, id, _spec, options) => {
      const container = find(id)
      await call('connect', `${container.name} ${network}`, options)
      const found = findNetwork(network)
      if (found === undefined) throw new StackError('engine/not-found', { what: `network ${network}` })
      if (!container.networks.includes(found.id)) container.networks.push(found.id)
    },
    disconnectNetwork: async (network, id, options) => {
      const container = find(id)
      await call('disconnect', `${container.name} ${network}`, options)
      const found = findNetwork(network)
      container.networks = container.networks.filter((entry) => entry !== found?.id)
    },
    listVolumes: async ({ project }, options) => {
      await call('list', 'volumes', options)
      return [...fake.volumes.values()].filter((volume) => ofProject(volume.labels, project))
    },
    measureVolumes: async (options) => {
      await call('measure', 'volumes', options)
      return new Map([...fake.volumes.keys()].map((name) => [name, fake.volumeBytes.get(name) ?? 0]))
    },
    findVolume: async (name, options) => {
      await call('find', `volume ${name}`, options)
      return fake.volumes.get(name)
    },
    createVolume: async ({ volume, labels }, options) => {
      await call('create', `volume ${volume.name}`, options)
      if (!fake.volumes.has(volume.name))
        fake.volumes.set(volume.name, { name: volume.name, driver: volume.driver ?? 'local', labels })
    },
    removeVolume: async (name, options) => {
      await call('remove', `volume ${name}`, options)
      const users = [...fake.containers.values()].filter((container) =>
        container.mounts.some((mount) => mount.type === 'volume' && mount.source === name),
      )
      if (users.length > 0)
        throw new StackError('engine/in-use', { what: `Volume ${name}`, by: users.map((user) => user.name).join(', ') })
      fake.volumes.delete(name)
    },

    inspectImage: async (reference, options) => {
      await call('inspect', `image ${reference}`, options)
      return fake.images.get(reference) ?? [...fake.images.values()].find(({ id }) => id === reference)
    },
    listImages: async ({ labels }, options) => {
      await call('list', 'images', options)
      return [...fake.images.values()].filter((image) => matches(image.labels, labels))
    },
    pullImage: async (reference, options) => {
      await call('pull', reference, options)
      options?.onProgress?.({ layer: 'abc', status: 'Downloading', current: 1, total: 2 })
      fake.addImage(reference)
      return fake.images.get(reference) as ObservedImage
    },
    pushImage: async () => {},
    buildImage: async (spec, options) => {
      await call('build', spec.image, options)
      const told: readonly BuildProgress[] = [{ kind: 'step', id: '1', name: 'FROM base', state: 'done' }]
      for (const progress of fake.behaviours[spec.serviceName]?.builds ?? told) options?.onProgress?.(progress)
      await clock.sleep(fake.behaviours[spec.serviceName]?.buildsAfterMs ?? 0, options)
      fake.addImage(spec.image, { labels: spec.labels })
      return { imageId: (fake.images.get(spec.image) as ObservedImage).id }
    },
    resolveDigest: async (reference) => `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`,
    tagImage: async () => {},
    removeImage: async (reference, options) => {
      await call('remove', `image ${reference}`, options)
      fake.images.delete(reference)
    },
  }
  for (const image of images) fake.addImage(image)
  return fake
}
