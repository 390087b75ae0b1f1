import { type BackRule, readBackRules } from '../../core/project/back-rules.ts'
import type { Project } from '../../core/project/project.ts'
import type { WatchAction } from '../../core/project/service.ts'
import { createReturning } from './back/returning.ts'
import { findServiceRules, readImageParents, type RuleDeps, type ServiceRules } from './find-rules.ts'
import { relativeTo } from './paths.ts'
import { copies, createSyncRules, findStrongest, type Refusal, type SyncRule, toContainerPath } from './rules.ts'

/** What would happen to a path for one service. */
export type Fate =
  | {
      readonly kind: 'acts'
      readonly action: WatchAction
      /** Where it is copied to. */
      readonly targets: readonly string[]
      /** The rules that say so, of all the service's rules. */
      readonly rules: readonly number[]
    }
  | { readonly kind: 'mounted'; readonly source: string; readonly target: string }
  | { readonly kind: 'refused'; readonly rule: number; readonly by: Exclude<Refusal, 'elsewhere' | 'back'> }
  | { readonly kind: 'uncovered' }

export type Explanation = {
  readonly service: string
  readonly rules: ServiceRules
  /** Rules whose files are bind mounts, so that there is nothing to copy. */
  readonly mounted: readonly string[]
  /** What comes back from its container, or is kept the same both ways. */
  readonly back: readonly BackRule[]
  /** Which of these rules a path belongs to. */
  readonly backOf: (path: string) => number | undefined
  readonly fateOf: (path: string) => Fate
}

/** What is watched for each service, where that is said, and what a change of any path would do. */
export const explainRules = async (
  deps: RuleDeps,
  project: Project,
  services: readonly string[],
): Promise<readonly Explanation[]> => {
  const { rules, mounted } = await createSyncRules(deps, project)
  const parents = await readImageParents(deps, project)
  return Promise.all(
    services.map(async (service) => {
      const definition = project.services[service]
      const returning = definition === undefined ? undefined : createReturning(definition, project)
      return {
        service,
        back: readBackRules(definition),
        rules: await findServiceRules({ ...deps, parents }, project, service),
        mounted: mounted.filter((one) => one.service === service).map(({ path }) => path),
        backOf: (path: string) => returning?.ruleOf(path)?.index,
        fateOf: (path: string) =>
          toFate(
            rules.filter((rule) => rule.service === service),
            path,
            definition?.volumes ?? [],
          ),
      }
    }),
  )
}

type Mounts = readonly { readonly type?: string; readonly source?: string; readonly target?: string }[]

const toFate = (rules: readonly SyncRule[], path: string, mounts: Mounts): Fate => {
  const matching = rules.filter((rule) => rule.matches(path))
  const action = findStrongest(matching.map((rule) => rule.action))
  if (action !== undefined) {
    const acting = action === 'rebuild' ? matching.filter((rule) => rule.action === 'rebuild') : matching
    return {
      kind: 'acts',
      action,
      targets: [...new Set(acting.flatMap((rule) => (copies(rule) ? (toContainerPath(rule, path) ?? []) : [])))],
      rules: acting.map(({ index }) => index),
    }
  }
  const mount = mounts.find(
    ({ type, source }) => type === 'bind' && source !== undefined && relativeTo(source, path) !== undefined,
  )
  if (mount?.source !== undefined && mount.target !== undefined)
    return { kind: 'mounted', source: mount.source, target: mount.target }
  const refusals = rules.flatMap((rule) => {
    const by = rule.refuses(path)
    return by === undefined || by === 'elsewhere' || by === 'back'
      ? []
      : [{ kind: 'refused' as const, rule: rule.index, by }]
  })
  // That a rule is about other files says the least.
  return refusals.find(({ by }) => by !== 'include') ?? { kind: 'uncovered' }
}
