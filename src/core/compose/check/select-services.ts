import { namespaceParents, restartsWith } from '../../project/graph.ts'
import type { Dependency, Service } from '../../project/service.ts'
import { didYouMean } from '../tree/nearest.ts'
import type { ProblemList } from '../tree/problem-list.ts'

export type Services = Readonly<Record<string, Service>>
export type Split = { readonly enabled: Services; readonly disabled: Services; readonly profiles: readonly string[] }

const hasProfile = (service: Service, profiles: readonly string[]): boolean =>
  service.profiles === undefined || profiles.some((profile) => profile === '*' || service.profiles!.includes(profile))

/** Services without a profile, or with an active one, are on. */
export const splitByProfiles = (services: Services, profiles: readonly string[]): Split => {
  const entries = Object.entries(services)
  return {
    enabled: Object.fromEntries(entries.filter(([, service]) => hasProfile(service, profiles))),
    disabled: Object.fromEntries(entries.filter(([, service]) => !hasProfile(service, profiles))),
    profiles,
  }
}

/** Naming a service switches it on, with all its profiles. */
export const enableServices = (split: Split, names: readonly string[]): Split => {
  const more = names.flatMap((name) => split.disabled[name]?.profiles ?? [])
  return more.length === 0
    ? split
    : splitByProfiles({ ...split.enabled, ...split.disabled }, [...split.profiles, ...more])
}

type Selecting = {
  readonly problems: ProblemList
  /** A dependency that is not there is told by the check of the whole, with its place, and so not here. */
  readonly isChecked: boolean
}

/** Keeps the named services and what they depend on. Undefined when one is unknown; that is reported. */
export const selectServices = (split: Split, names: readonly string[], selecting: Selecting): Split | undefined => {
  if (names.length === 0) return split
  const kept = new Set<string>()
  if (!names.map((name) => keep(name, { ...selecting, split, kept, by: undefined })).every((found) => found))
    return undefined
  const enabled: Record<string, Service> = {}
  const disabled: Record<string, Service> = { ...split.disabled }
  for (const [name, service] of Object.entries(split.enabled)) {
    if (kept.has(name)) enabled[name] = withoutDependencies(service, kept)
    else disabled[name] = service
  }
  return { enabled, disabled, profiles: split.profiles }
}

/**
 * Services that were left out and go where the chosen ones go: whose namespaces or volumes they share, or of which they say
 * `restart: true`; by way of others too.
 */
export const selectFollowers = (all: Split, { enabled }: Split): Services => {
  const found: Record<string, Service> = {}
  const left = new Set(Object.keys(all.enabled).filter((name) => enabled[name] === undefined))
  const isOf = (other: string): boolean => enabled[other] !== undefined || found[other] !== undefined
  const next = (): string | undefined =>
    [...left].find((name) =>
      [...restartsWith(all.enabled, name), ...namespaceParents(all.enabled[name]!, all.enabled)].some(isOf),
    )
  for (let name = next(); name !== undefined; name = next()) {
    left.delete(name)
    found[name] = all.enabled[name]!
  }
  const kept = new Set([...Object.keys(enabled), ...Object.keys(found)])
  return Object.fromEntries(Object.entries(found).map(([name, service]) => [name, withoutDependencies(service, kept)]))
}

type Keep = Selecting & {
  readonly split: Split
  readonly kept: Set<string>
  readonly by: string | undefined
}

const keep = (name: string, { by, ...choice }: Keep): boolean => {
  const { split, kept, isChecked } = choice
  if (kept.has(name)) return true
  const service = Object.hasOwn(split.enabled, name) ? split.enabled[name] : undefined
  if (service === undefined) {
    if (by !== undefined && isChecked) return true
    reportUnknown(name, { ...choice, by })
    return false
  }
  kept.add(name)
  const dependencies = Object.entries(service.depends_on ?? {})
  return dependencies
    .filter(([other, dependency]) => dependency.required || Object.hasOwn(split.enabled, other))
    .map(([other]) => keep(other, { ...choice, by: name }))
    .every((found) => found)
}

const reportUnknown = (name: string, { split, problems, by }: Keep): void => {
  const off = Object.hasOwn(split.disabled, name) ? split.disabled[name] : undefined
  const what =
    by === undefined
      ? `There is no service "${name}".`
      : `The service "${by}" depends on "${name}", which is not there.`
  problems.error(
    undefined,
    'service/unknown',
    off === undefined
      ? what
      : `The service "${name}", which "${by ?? name}" depends on, is switched off by its profiles.`,
    {
      hint: () =>
        off === undefined
          ? didYouMean(name, [...Object.keys(split.enabled), ...Object.keys(split.disabled)])
          : `Switch one of its profiles on: ${(off.profiles ?? []).map((profile) => `--profile ${profile}`).join(', ')}.`,
    },
  )
}

const withoutDependencies = (service: Service, kept: ReadonlySet<string>): Service => {
  const { depends_on, ...rest } = service
  if (depends_on === undefined) return service
  const left = Object.entries(depends_on).filter(([name, { required }]) => required || kept.has(name))
  if (left.length === Object.keys(depends_on).length) return service
  const dependencies: Record<string, Dependency> = Object.fromEntries(left)
  return left.length === 0 ? rest : { ...service, depends_on: dependencies }
}
