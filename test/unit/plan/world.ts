import { createHash } from 'node:crypto'
import type { Action, ContainerRef, Plan } from '../../../src/core/plan/action.ts'
import type { Bond, Observed, ObservedContainer, ObservedImage } from '../../../src/core/plan/observed.ts'
import { sharesOf } from '../../../src/core/project/graph.ts'
import { label, toImageReference } from '../../../src/core/project/identity.ts'
import type { Project } from '../../../src/core/project/project.ts'
import type { Dependency, Service } from '../../../src/core/project/service.ts'

/** A world to plan in without an engine: projects from a few words, and what plans make of them. Pure. */

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
/** As if with a key: not the same as without. */
export const partKey = { id: 'mine', digest: (text: string): string => digest(`mine${text}`) }
export const hashOptions = { digest, partKey, fileDigests: new Map<string, string>() }

type ProjectParts = { readonly [K in 'networks' | 'volumes' | 'configs' | 'secrets']?: Project[K] }

/** Services get an image, a command and the default network unless they say otherwise, as the loader would give them. */
export const projectOf = (services: Record<string, Partial<Service>>, parts: ProjectParts = {}): Project => ({
  name: 'shop',
  services: Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      {
        command: null,
        entrypoint: null,
        ...(service.build === undefined && service.provider === undefined ? { image: `${name}:1` } : {}),
        ...(service.network_mode === undefined ? { networks: { default: null } } : {}),
        ...service,
      } satisfies Service,
    ]),
  ),
  networks: { default: { name: 'shop_default' }, ...parts.networks },
  volumes: parts.volumes ?? {},
  configs: parts.configs ?? {},
  secrets: parts.secrets ?? {},
  models: {},
  extensions: {},
  context: {
    directory: '/shop',
    files: ['/shop/stack.yaml'],
    envFiles: [],
    environment: {},
    activeProfiles: [],
    disabled: {},
    inputs: [],
    objectEnvironment: {},
    findPlace: () => undefined,
  },
})

export const dependsOn = (
  condition: Dependency['condition'] = 'service_started',
  more: Partial<Dependency> = {},
): Dependency => ({ condition, required: true, ...more })
export const healthy = dependsOn('service_healthy')
export const completed = dependsOn('service_completed_successfully')

export const imageOf = (id: string): ObservedImage => ({
  id,
  tags: [],
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
  createdAt: 0,
})

/** An engine that has the images of the project and nothing else. */
export const emptyWorld = (project?: Project, { api = 51 }: { api?: number } = {}): Observed => ({
  containers: [],
  networks: [],
  volumes: [],
  images: new Map(
    Object.keys(project?.services ?? {}).map((name) => {
      const reference = project === undefined ? name : toImageReference(project, name)
      return [reference, imageOf(`sha256:${reference}`)]
    }),
  ),
  engine: {
    api: { major: 1, minor: api },
    version: '28.5.2',
    os: 'linux',
    architecture: 'amd64',
    buildkit: true,
    podman: false,
    swarm: false,
  },
})

type State = { observed: Observed; readonly ids: Map<string, string>; readonly project: Project }

const idOf = (state: State, ref: ContainerRef): string => ('id' in ref ? ref.id : (state.ids.get(ref.step) ?? ''))
const patch = (state: State, ref: ContainerRef, change: Partial<ObservedContainer>): void => {
  const id = idOf(state, ref)
  if (!state.observed.containers.some((container) => container.id === id)) throw new Error(`no container ${ref.name}`)
  state.observed = {
    ...state.observed,
    containers: state.observed.containers.map((container) =>
      container.id === id ? { ...container, ...change } : container,
    ),
  }
}

/** Whom the engine finds at this moment: of the lowest number, the one that was made last. */
const bondsOf = ({ observed, project }: State, service: Service): Bond[] =>
  sharesOf(service, project.services).map(({ kind, service: lender, container = '' }) => {
    if (lender === undefined) return { kind, id: container }
    const [first] = observed.containers
      .toReversed()
      .filter((one) => one.service === lender)
      .toSorted((a, b) => a.number - b.number)
    if (first === undefined) throw new Error(`${lender} has no container to share`)
    return { kind, id: first.id }
  })

const nextStart = ({ observed }: State): number =>
  1 + Math.max(0, ...observed.containers.map(({ startedAt }) => startedAt ?? 0))

const createContainer = (state: State, step: string, action: Extract<Action, { kind: 'container/create' }>): void => {
  const { project } = state
  if (state.observed.containers.some(({ name }) => name === action.name))
    throw new Error(`name ${action.name} is taken`)
  const reference = toImageReference(project, action.service)
  const image = state.observed.images.get(reference)
  if (image === undefined) throw new Error(`no image ${reference}`)
  const networks = Object.keys(action.definition.networks ?? {}).map((key) => {
    const name = project.networks[key]?.name ?? key
    const found = state.observed.networks.find((network) => network.name === name)
    if (found === undefined) throw new Error(`no network ${name}`)
    return { id: found.id, name }
  })
  const mounts = (action.definition.volumes ?? []).map(({ type, source, target }) => {
    const name =
      type === 'volume' && source !== undefined
        ? (project.volumes[source]?.name ?? source)
        : (source ?? `anonymous-${target}`)
    if (type === 'volume' && source !== undefined && !state.observed.volumes.some((volume) => volume.name === name))
      throw new Error(`no volume ${name}`)
    return { type, source: name, target, anonymous: source === undefined }
  })
  const id = digest(`${step}${action.name}${state.observed.containers.length}`)
  state.ids.set(step, id)
  state.observed = {
    ...state.observed,
    containers: [
      ...state.observed.containers,
      {
        id,
        name: action.name,
        project: project.name,
        service: action.service,
        number: action.number,
        oneOff: false,
        state: 'created',
        image: reference,
        imageId: image.id,
        labels: { ...action.labels, [label.image]: image.id },
        networks,
        mounts,
        ports: [],
        createdAt: 0,
        status: 'Created',
        command: '',
        bonds: bondsOf(state, action.definition),
      },
    ],
  }
}

const apply = (state: State, step: string, action: Action): void => {
  const { observed, project } = state
  switch (action.kind) {
    case 'network/create':
      if (observed.networks.some(({ name }) => name === action.network.name)) throw new Error('network exists')
      state.observed = {
        ...observed,
        networks: [
          ...observed.networks,
          {
            id: digest(JSON.stringify(action.network) + step).slice(0, 12),
            name: action.network.name,
            driver: 'bridge',
            labels: action.labels,
          },
        ],
      }
      return
    case 'network/remove':
      if (observed.containers.some(({ networks }) => networks.some(({ name }) => name === action.name)))
        throw new Error(`network ${action.name} is in use`)
      state.observed = { ...observed, networks: observed.networks.filter(({ id }) => id !== action.id) }
      return
    case 'network/disconnect': {
      const container = observed.containers.find(({ id }) => id === idOf(state, action.container))
      return patch(state, action.container, {
        networks: (container?.networks ?? []).filter(({ name }) => name !== action.network),
      })
    }
    case 'network/connect': {
      const container = observed.containers.find(({ id }) => id === idOf(state, action.container))
      const network = observed.networks.find(({ name }) => name === action.network)
      if (network === undefined) throw new Error(`no network ${action.network}`)
      return patch(state, action.container, {
        networks: [...(container?.networks ?? []), { id: network.id, name: network.name }],
      })
    }
    case 'volume/create':
      state.observed = {
        ...observed,
        volumes: [...observed.volumes, { name: action.volume.name, driver: 'local', labels: action.labels }],
      }
      return
    case 'volume/remove':
      if (observed.containers.some(({ mounts }) => mounts.some(({ source }) => source === action.name)))
        throw new Error(`volume ${action.name} is in use`)
      state.observed = { ...observed, volumes: observed.volumes.filter(({ name }) => name !== action.name) }
      return
    case 'image/pull':
    case 'image/build':
      state.observed = {
        ...observed,
        images: new Map([...observed.images, [action.image, imageOf(`sha256:new-${action.image}`)]]),
      }
      return
    case 'image/remove':
      return
    case 'container/create':
      return createContainer(state, step, action)
    case 'container/start':
    case 'container/restart':
    case 'container/unpause':
      return patch(state, action.container, {
        state: 'running',
        ...(action.kind === 'container/unpause' ? {} : { startedAt: nextStart(state) }),
        ...(project.services[action.service]?.healthcheck === undefined ? {} : { health: 'healthy' as const }),
      })
    case 'container/stop':
    case 'container/kill':
      return patch(state, action.container, { state: 'exited', exitCode: 143 })
    case 'container/pause':
      return patch(state, action.container, { state: 'paused' })
    case 'container/rename':
      if (observed.containers.some(({ name }) => name === action.to)) throw new Error(`name ${action.to} is taken`)
      return patch(state, action.container, { name: action.to })
    case 'container/remove': {
      const id = idOf(state, action.container)
      state.observed = { ...observed, containers: observed.containers.filter((container) => container.id !== id) }
      return
    }
    case 'service/await':
      for (const ref of action.condition === 'completed' ? action.containers : [])
        patch(state, ref, { state: 'exited', exitCode: 0 })
      return
    case 'container/copy':
    case 'hook/exec':
    case 'hook/run':
    case 'model/provide':
    case 'provider/up':
    case 'provider/stop':
    case 'provider/down':
      return
  }
}

/** The world after the plan, or after its first `count` steps. Throws where a real engine would refuse. */
export const applyPlan = (
  project: Project,
  observed: Observed,
  plan: Plan,
  { count = plan.steps.length }: { count?: number } = {},
): Observed => {
  const state: State = { observed, ids: new Map(), project }
  for (const { id, action } of plan.steps.slice(0, count)) apply(state, id, action)
  return state.observed
}
