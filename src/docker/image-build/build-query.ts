import type { BuildSpec } from '../../engine/ports/image-runtime.ts'
import type { Query } from '../connection/ask.ts'
import { parseBytes } from '../../core/project/units.ts'
import type { BuildPlan } from './build-plan.ts'

/** The query of `POST /build`: everything but the context. */
export const toBuildQuery = (spec: BuildSpec, plan: BuildPlan): Query => {
  const { build } = spec
  const shm = build.shm_size === undefined ? undefined : parseBytes(build.shm_size)
  const ulimits = Object.entries(build.ulimits ?? {}).map(([name, limit]) =>
    typeof limit === 'number'
      ? { Name: name, Soft: limit, Hard: limit }
      : { Name: name, Soft: limit.soft, Hard: limit.hard },
  )
  return {
    t: plan.tags,
    dockerfile: plan.dockerfile,
    remote: plan.remote,
    buildargs: JSON.stringify(plan.args),
    labels: JSON.stringify(plan.labels),
    target: build.target,
    nocache: (spec.noCache ?? build.no_cache) === true ? true : undefined,
    pull: (spec.pull ?? build.pull) === true ? true : undefined,
    networkmode: build.network,
    extrahosts: build.extra_hosts?.map((entry) => entry.replace('=', ':')),
    cachefrom: build.cache_from === undefined ? undefined : JSON.stringify(build.cache_from.map(toCacheImage)),
    shmsize: shm,
    ulimits: ulimits.length === 0 ? undefined : JSON.stringify(ulimits),
    platform: spec.platforms?.[0],
    rm: true,
    forcerm: true,
  }
}

/** `type=registry,ref=image` says the same as `image`. */
const toCacheImage = (entry: string): string => /(?:^|,)ref=([^,]+)/.exec(entry)?.[1] ?? entry
