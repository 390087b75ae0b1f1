import type { StackEvent, StepSummary } from '../../core/events/event.ts'
import { toPlanChanges } from '../../core/events/plan-changes.ts'
import type { ServiceName } from '../../core/project/project.ts'
import { relativeTo } from '../sync/paths.ts'

/** What was changed of each service last: a saved file, an edit of the stack file, a new image. */
export type RecentChanges = {
  read(event: StackEvent): void
  /** What may have caused something that happened to the service at that time, and how long before. */
  before(service: ServiceName, at: number): { readonly what: string; readonly ms: number } | undefined
}

/** Who fails longer after a change does not fail because of it, as far as anybody can tell. */
const causeMs = 60_000

export const createRecentChanges = ({ directory }: { readonly directory: string }): RecentChanges => {
  const last = new Map<ServiceName, { readonly what: string; readonly at: number }>()
  const images = new Map<string, ServiceName>()
  let isWatch = false
  return {
    read: (event) => {
      if (event.type === 'watch/changed')
        last.set(event.service, {
          what: `the save of ${toPathsText(event.paths.map((path) => relativeTo(directory, path) ?? path))}`,
          at: event.at,
        })
      if (event.type === 'plan/made') {
        isWatch = event.trigger === 'watch'
        for (const { id, kind, service } of event.steps)
          if (service !== undefined && kind.startsWith('image/')) images.set(id, service)
        if (event.trigger === 'file')
          for (const [service, why] of toReasons(event.steps))
            last.set(service, {
              what: `the edit of the stack file${why === undefined ? '' : ` (${why})`}`,
              at: event.at,
            })
      }
      // What a saved file has built is told as the save that it was.
      const built = event.type === 'step/ended' && event.outcome === 'done' ? images.get(event.id) : undefined
      if (built !== undefined && !isWatch) last.set(built, { what: 'its new image', at: event.at })
    },
    before: (service, at) => {
      const change = last.get(service)
      return change === undefined || at < change.at || at - change.at > causeMs
        ? undefined
        : { what: change.what, ms: at - change.at }
    },
  }
}

/** Why a plan changes each of its services, where there is more to say than that it does. */
const toReasons = (steps: readonly StepSummary[]): ReadonlyMap<ServiceName, string | undefined> => {
  const services = new Set(steps.flatMap(({ service }) => service ?? []))
  return new Map(
    [...services].map((name) => [name, toPlanChanges(steps.filter(({ service }) => service === name))[0]?.why]),
  )
}

const toPathsText = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`
