import {
  type Entry,
  isNull,
  mapAt,
  mapEntries,
  type MapNode,
  type Node,
  type Place,
  recordAt,
  scalarAt,
  textOf,
  withEntries,
  withEntry,
} from '../compose/tree/node.ts'
import { didYouMean } from '../compose/tree/nearest.ts'
import type { ProblemList } from '../compose/tree/problem-list.ts'

type Member = { readonly name: string; readonly service: MapNode; readonly tier: number; readonly place: Place }
type Tiers = {
  readonly names: readonly string[]
  readonly place: Place
  readonly members: readonly Member[]
  readonly problems: ProblemList
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/

/**
 * Carries out `x-tiers: [web, app, data]` and `x-tier: app`: neighbouring tiers share a network and no others do, and a service
 * without a `depends_on` of its own waits for the services of the tier behind its own. What comes out is plain Compose, so
 * that applying it again changes nothing. The networks are named after the two tiers that they join: `web-app`.
 */
export const applyTiers = (root: MapNode, problems: ProblemList): MapNode => {
  const services = root.entries.get('services')?.value
  if (services?.kind !== 'map') return root
  const names = readNames(root, problems)
  const members =
    names === undefined && problems.damage.hides(['x-tiers']) ? [] : readMembers(services, names, problems)
  if (names === undefined || members.length === 0) return root
  const tiers: Tiers = { names: names.names, place: names.place, members, problems }
  checkNetworks(tiers)
  const byName = new Map(members.map((member) => [member.name, member]))
  const placed = mapEntries(services, (service, name) => {
    const member = byName.get(name)
    return member === undefined ? service : placeMember(member, byName, tiers)
  })
  return withNetworks(withEntry(root, 'services', placed), tiers)
}

type Names = { readonly names: readonly string[]; readonly place: Place }

const readNames = (root: MapNode, problems: ProblemList): Names | undefined => {
  const node = root.entries.get('x-tiers')?.value
  if (node === undefined || isNull(node)) return undefined
  const wrong = (place: Place, message: string): undefined =>
    problems.error(place, 'tiers/list', message, {
      path: 'x-tiers',
      hint: 'Write the tiers from front to back: x-tiers: [web, app, data].',
    }) as undefined
  if (node.kind !== 'seq' || node.items.length === 0) return wrong(node, 'x-tiers takes a list of names.')
  const names: string[] = []
  for (const item of node.items) {
    const name = textOf(item)
    if (name === undefined || !namePattern.test(name))
      return wrong(item, 'A tier has a name of letters, digits, ".", "_" and "-".')
    if (names.includes(name)) return wrong(item, `The tier "${name}" is listed twice.`)
    names.push(name)
  }
  return { names, place: node }
}

const readMembers = (services: MapNode, names: Names | undefined, problems: ProblemList): readonly Member[] => {
  const members: Member[] = []
  for (const [name, { value: service }] of services.entries) {
    const node = service.kind === 'map' ? service.entries.get('x-tier')?.value : undefined
    if (service.kind !== 'map' || node === undefined) continue
    const wanted = textOf(node)
    const path = `services.${name}.x-tier`
    if (names === undefined) {
      problems.error(node, 'tiers/no-list', 'x-tier names a tier, and the stack file has no x-tiers.', {
        path,
        hint: `List the tiers from front to back at the top level: x-tiers: [${wanted ?? 'web'}, …].`,
      })
      continue
    }
    const tier = wanted === undefined ? -1 : names.names.indexOf(wanted)
    if (tier !== -1) members.push({ name, service, tier, place: node })
    else {
      problems.error(node, 'tiers/unknown', `There is no tier "${wanted ?? ''}".`, {
        path,
        hint: () =>
          (wanted === undefined ? undefined : didYouMean(wanted, names.names)) ??
          `The tiers are ${names.names.join(', ')}.`,
        related: [{ place: names.place, message: 'the tiers are listed here' }],
      })
    }
  }
  return members
}

const networkName = (names: readonly string[], front: number): string =>
  names.length === 1 ? names[0]! : `${names[front]}-${names[front + 1]}`

/** The networks of a tier: with the one in front of it and with the one behind it. */
const networksOf = (names: readonly string[], tier: number): readonly string[] =>
  names.length === 1
    ? [networkName(names, 0)]
    : [
        ...(tier > 0 ? [networkName(names, tier - 1)] : []),
        ...(tier < names.length - 1 ? [networkName(names, tier)] : []),
      ]

const areNeighbours = (a: number, b: number): boolean => Math.abs(a - b) <= 1

const placeMember = (member: Member, byName: ReadonlyMap<string, Member>, tiers: Tiers): MapNode => {
  const { service, name, tier, place } = member
  const mode = service.entries.get('network_mode')
  if (mode !== undefined) {
    tiers.problems.error(
      mode.value,
      'tiers/network-mode',
      `"${name}" is in a tier, which gives it networks, so "network_mode" cannot stand beside it.`,
      {
        path: `services.${name}.network_mode`,
        related: [{ place, message: 'the tier' }],
      },
    )
    return service
  }
  const declared = service.entries.get('networks')?.value
  const entries = new Map<string, Entry>(declared?.kind === 'map' ? declared.entries : [])
  for (const network of networksOf(tiers.names, tier))
    if (!entries.has(network)) entries.set(network, { key: place, value: scalarAt(place, null) })
  const networks = declared?.kind === 'map' ? withEntries(declared, entries) : mapAt(place, entries)
  return withDependencies(withEntry(service, 'networks', networks), member, { byName, tiers })
}

const withDependencies = (
  service: MapNode,
  member: Member,
  { byName, tiers }: { readonly byName: ReadonlyMap<string, Member>; readonly tiers: Tiers },
): MapNode => {
  const declared = service.entries.get('depends_on')?.value
  if (declared !== undefined && !isNull(declared)) {
    if (declared.kind === 'map') checkDependencies(declared, member, { byName, tiers })
    return service
  }
  const behind = tiers.members.filter((other) => other.tier === member.tier + 1 && !hasProfiles(other.service))
  if (behind.length === 0) return service
  const { place } = member
  const entries = new Map(
    behind.map((other): [string, Entry] => [other.name, { key: place, value: dependencyOn(other, place) }]),
  )
  return withEntry(service, 'depends_on', mapAt(place, entries))
}

const dependencyOn = ({ service }: Member, place: Place): Node => {
  const check = service.entries.get('healthcheck')?.value
  const disabled = check?.kind === 'map' ? check.entries.get('disable')?.value : undefined
  const isHealthy = check?.kind === 'map' && !(disabled?.kind === 'scalar' && disabled.value === true)
  return recordAt(place, { condition: isHealthy ? 'service_healthy' : 'service_started', required: true })
}

/** What is there only now and then is waited for by nobody who did not ask for it. */
const hasProfiles = (service: MapNode): boolean => {
  const profiles = service.entries.get('profiles')?.value
  return profiles?.kind === 'seq' && profiles.items.length > 0
}

const checkDependencies = (
  declared: MapNode,
  member: Member,
  { byName, tiers }: { readonly byName: ReadonlyMap<string, Member>; readonly tiers: Tiers },
): void => {
  for (const [name, { key }] of declared.entries) {
    const other = byName.get(name)
    if (other === undefined || other.tier === member.tier || other.tier === member.tier + 1) continue
    const own = tiers.names[member.tier]!
    const theirs = tiers.names[other.tier]!
    const why =
      other.tier < member.tier
        ? `the tier "${theirs}" is in front of "${own}"`
        : `the tiers "${own}" and "${theirs}" are not neighbours and cannot reach each other`
    tiers.problems.error(key, 'tiers/dependency', `"${member.name}" depends on "${name}", and ${why}.`, {
      path: `services.${member.name}.depends_on.${name}`,
      hint: 'A service depends on its own tier or the one behind it.',
      related: [{ place: other.place, message: `"${name}" is put in its tier here` }],
    })
  }
}

/** A network that the user declares must not join tiers that are not neighbours. */
const checkNetworks = ({ members, names, problems }: Tiers): void => {
  const users = new Map<string, { readonly member: Member; readonly key: Place }[]>()
  for (const member of members) {
    const networks = member.service.entries.get('networks')?.value
    if (networks?.kind !== 'map') continue
    for (const [network, { key }] of networks.entries) {
      const found = users.get(network) ?? []
      const stranger = found.find((user) => !areNeighbours(user.member.tier, member.tier))
      if (stranger !== undefined) {
        problems.error(
          key,
          'tiers/network',
          `The network "${network}" joins "${member.name}" and "${stranger.member.name}", whose tiers "${names[member.tier]}" and "${names[stranger.member.tier]}" are not neighbours.`,
          {
            path: `services.${member.name}.networks.${network}`,
            hint: 'Leave the network out: neighbouring tiers share one without it.',
            related: [{ place: stranger.key, message: `"${stranger.member.name}" is on it here` }],
          },
        )
      }
      users.set(network, [...found, { member, key }])
    }
  }
}

const withNetworks = (root: MapNode, { names, members, place }: Tiers): MapNode => {
  const used = new Set(members.flatMap((member) => networksOf(names, member.tier)))
  const declared = root.entries.get('networks')?.value
  const entries = new Map<string, Entry>(declared?.kind === 'map' ? declared.entries : [])
  for (const network of used)
    if (!entries.has(network)) entries.set(network, { key: place, value: scalarAt(place, null) })
  return withEntry(root, 'networks', declared?.kind === 'map' ? withEntries(declared, entries) : mapAt(place, entries))
}
