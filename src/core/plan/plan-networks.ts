import { StackError } from '../errors/stack-error.ts'
import { toNetworkHash } from '../project/compose-hash.ts'
import { label, toNetworkLabels } from '../project/identity.ts'
import type { Network, NetworkName, ServiceName } from '../project/project.ts'
import type { ObservedContainer, ObservedNetwork } from './observed.ts'
import { addStop, isUp, subjectOf } from './container-steps.ts'
import { isLeftOut, refuse, serviceOf, type UpContext } from './up-context.ts'

/**
 * What the stage found out about the networks: which step makes one (absent: it is there), which id it has, and which
 * containers were taken off it because it had to be made again.
 */
export type NetworkSteps = {
  readonly steps: ReadonlyMap<NetworkName, string>
  readonly ids: ReadonlyMap<NetworkName, string>
  /** Step that takes the container off a network that is made again, by container id: it is stopped by then. */
  readonly stopped: ReadonlyMap<string, string>
  /** Real names of networks that are made again, and their keys. */
  readonly remade: ReadonlyMap<string, NetworkName>
}

const usedNetworks = (context: UpContext): ReadonlySet<NetworkName> => {
  if (context.options.allResources === true) return new Set(Object.keys(context.project.networks))
  return new Set(
    context.scope.flatMap((name) => {
      const service = serviceOf(context, name)
      return service.network_mode === undefined ? Object.keys(service.networks ?? {}) : []
    }),
  )
}

const foreignWarning = (context: UpContext, key: NetworkName, { name }: Network): void => {
  context.warnings.push({
    severity: 'warning',
    code: 'plan/foreign-network',
    message: `Network "${name}" exists and was not created for project "${context.project.name}". It is used as it is.`,
    hint: `Say "external: true" on network "${key}" if that is what you want.`,
    path: `networks.${key}`,
  })
}

/** Who is on it and not of this plan would be taken off it, and not come back. */
const keepWarning = (
  context: UpContext,
  { key, network: { name }, others }: { key: NetworkName; network: Network; others: readonly ServiceName[] },
): void => {
  context.warnings.push({
    severity: 'warning',
    code: 'plan/network-diverged',
    message: `Network "${name}" was made from another definition than the file has now. It is also used by ${others.join(', ')}, which this command leaves out, and is kept as it is.`,
    hint: 'Run "stack up" without names to make it again.',
    path: `networks.${key}`,
  })
}

type Draft = {
  readonly steps: Map<NetworkName, string>
  readonly ids: Map<NetworkName, string>
  readonly stopped: Map<string, string>
  readonly remade: Map<string, NetworkName>
}

const addCreate = (
  context: UpContext,
  draft: Draft,
  { key, needs, cause }: { key: NetworkName; needs: readonly string[]; cause: string },
): void => {
  const network = context.project.networks[key]
  if (network === undefined) return
  const labels = toNetworkLabels(context.project, key, toNetworkHash(network, context.options.digest))
  draft.steps.set(
    key,
    context.steps.add({
      id: `network.${key}/create`,
      needs,
      action: { kind: 'network/create', key, network, labels },
      cause,
    }),
  )
}

type Removal = { readonly key: NetworkName; readonly found: ObservedNetwork; readonly cause: string }

/** Its containers stop and leave it, and it is removed. */
const addRemoval = (context: UpContext, draft: Draft, { key, found, cause }: Removal): string => {
  const group = `recreate network ${key}`
  const leaves = context.observed.containers
    .filter(({ networks }) => networks.some(({ name }) => name === found.name))
    .map((container) => {
      const id = context.steps.add({
        id: `${subjectOf(container)}/leave.${key}`,
        needs: isUp(container) ? [addStop(context, container, { cause })] : [],
        action: { kind: 'network/disconnect', container, network: found.name },
        cause,
        group,
      })
      draft.stopped.set(container.id, id)
      return id
    })
  return context.steps.add({
    id: `network.${key}/remove`,
    needs: leaves,
    action: { kind: 'network/remove', id: found.id, name: found.name },
    cause,
    group,
  })
}

/** A network cannot be changed: its containers leave it, it is removed and made again, and they come back. */
const remake = (context: UpContext, draft: Draft, removal: Removal): void => {
  const { key, found, cause } = removal
  addCreate(context, draft, { key, needs: [addRemoval(context, draft, removal)], cause })
  draft.remade.set(found.name, key)
}

const usersOf = ({ observed }: UpContext, { id }: ObservedNetwork): readonly ObservedContainer[] =>
  observed.containers.filter(({ networks }) => networks.some((one) => one.id === id))

const isUsed = (context: UpContext, network: ObservedNetwork): boolean => usersOf(context, network).length > 0

/** All of the name, those with containers first: engines before API 1.44 can have several. */
const findNetworks = (context: UpContext, network: Network): readonly ObservedNetwork[] =>
  context.observed.networks
    .filter(({ name }) => name === network.name)
    .toSorted((a, b) => Number(isUsed(context, b)) - Number(isUsed(context, a)))

/** A run that was cut off was still making it when the next one looked and made its own. No container can start on two of one name. */
const dropTwin = (
  context: UpContext,
  draft: Draft,
  { key, twin }: { key: NetworkName; twin: ObservedNetwork },
): void => {
  if (twin.labels[label.project] !== context.project.name || isUsed(context, twin)) return
  draft.steps.set(
    key,
    context.steps.add({
      id: `network.${key}/drop-${twin.id.slice(0, 12)}`,
      action: { kind: 'network/remove', id: twin.id, name: twin.name },
      cause: 'left over from an interrupted run',
    }),
  )
}

/**
 * A network that has another name now: its containers are made anew on the new one, for the engine remembers the name in each, and
 * the old one goes when it is empty. Where the two would want the same addresses it has to be gone before.
 */
const planMissing = (context: UpContext, draft: Draft, key: NetworkName): void => {
  const { options, observed, project, scope, followers } = context
  const former = observed.networks.find(
    (network) => network.labels[label.network] === key && isFormer(context, network),
  )
  const isAnew = options.recreate !== 'never' && options.recreateDependencies !== 'never'
  const hasAddresses = (project.networks[key]?.ipam?.config ?? []).some(({ subnet }) => subnet !== undefined)
  const isWhole = (network: ObservedNetwork): boolean =>
    usersOf(context, network).every(
      ({ service, oneOff }) => !oneOff && scope.includes(service) && !followers.has(service),
    )
  if (former === undefined || !isAnew || !hasAddresses || !isWhole(former))
    return addCreate(context, draft, { key, needs: [], cause: 'does not exist yet' })
  const cause = `network ${key} has another name now`
  addCreate(context, draft, { key, needs: [addRemoval(context, draft, { key, found: former, cause })], cause })
}

const planNetwork = (context: UpContext, draft: Draft, key: NetworkName): void => {
  const network = context.project.networks[key]
  if (network === undefined) return
  const [found, ...twins] = findNetworks(context, network)
  if (found === undefined) {
    if (network.external === true) {
      const missing = new StackError('plan/external-missing', { kind: 'network', key, name: network.name })
      return refuse(context, missing, `networks.${key}`)
    }
    planMissing(context, draft, key)
    return
  }
  draft.ids.set(key, found.id)
  if (network.external === true) return
  if (found.labels[label.project] !== context.project.name) {
    foreignWarning(context, key, network)
    return
  }
  for (const twin of twins) dropTwin(context, draft, { key, twin })
  const hash = found.labels[label.configHash]
  if (hash === undefined || hash === toNetworkHash(network, context.options.digest)) return
  const others = new Set(
    usersOf(context, found)
      .filter((container) => isLeftOut(context, container))
      .map(({ service }) => service),
  )
  if (others.size > 0) keepWarning(context, { key, network, others: [...others] })
  else remake(context, draft, { key, found, cause: `definition of network ${key} changed` })
}

/** Makes the networks that the scope uses be there as the file defines them. */
export const planNetworks = (context: UpContext): NetworkSteps => {
  const draft: Draft = { steps: new Map(), ids: new Map(), stopped: new Map(), remade: new Map() }
  for (const key of usedNetworks(context)) planNetwork(context, draft, key)
  return draft
}

/** A network of the project that a key of the file stood for, and that has another name there by now. */
const isFormer = ({ project }: UpContext, { name, labels }: ObservedNetwork): boolean => {
  const key = labels[label.network]
  return (
    labels[label.project] === project.name &&
    key !== undefined &&
    project.networks[key] !== undefined &&
    Object.values(project.networks).every((network) => network.name !== name)
  )
}

/** After a change of its name the containers move to the new network, and the old one goes when this plan takes all off it. */
export const planFormerNetworks = (context: UpContext): void => {
  const former = context.observed.networks.filter((network) => isFormer(context, network))
  if (former.length === 0) return
  const removals = new Map(
    context.steps
      .sorted()
      .flatMap(({ id, action }) =>
        action.kind === 'container/remove' && 'id' in action.container ? [[action.container.id, id] as const] : [],
      ),
  )
  for (const network of former) {
    const needs = usersOf(context, network).map(({ id }) => removals.get(id))
    const key = network.labels[label.network] ?? ''
    if (needs.includes(undefined) || context.steps.has(`network.${key}/remove`)) continue
    context.steps.add({
      id: `network.${key}/remove-${network.id.slice(0, 12)}`,
      needs: needs.filter((id) => id !== undefined),
      action: { kind: 'network/remove', id: network.id, name: network.name },
      cause: `network ${key} has another name now`,
    })
  }
}
