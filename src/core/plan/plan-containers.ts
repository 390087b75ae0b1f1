import { dependenciesOf } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import { refOf, subjectOf } from './container-steps.ts'
import type { Resources } from './create-needs.ts'
import { diffContainer, type Verdict } from './diff.ts'
import type { ObservedContainer } from './observed.ts'
import { replicaCount } from './replica-count.ts'
import { addKept, addNew, addRemoval, addReplacement, type Draft, isTemporary, type Replica } from './replica-steps.ts'
import { serviceOf, type UpContext } from './up-context.ts'

export type ContainerPlan = {
  readonly replicas: ReadonlyMap<ServiceName, readonly Replica[]>
  /** Services that get a new container in place of one that was there. */
  readonly renewed: ReadonlySet<ServiceName>
}

type Judged = { readonly container: ObservedContainer; readonly verdict: Verdict }

/**
 * A replacement whose old container is still there was interrupted before it ever ran: it goes, and is made again, under
 * the same temporary name and therefore after it.
 */
const dropLeftovers = (
  context: UpContext,
  containers: readonly ObservedContainer[],
): { readonly present: readonly ObservedContainer[]; readonly drops: ReadonlyMap<number, readonly string[]> } => {
  const numbers = new Map<number, ObservedContainer>()
  const drops = new Map<number, readonly string[]>()
  for (const container of containers) {
    const other = numbers.get(container.number)
    const keepsOther = other !== undefined && isTemporary(context, container)
    if (!keepsOther) numbers.set(container.number, container)
    const extra = keepsOther ? container : other
    if (extra === undefined) continue
    drops.set(container.number, [
      ...(drops.get(container.number) ?? []),
      context.steps.add({
        id: `${subjectOf(container)}/drop-${extra.id.slice(0, 12)}`,
        cause: 'left over from an interrupted replacement',
        action: {
          kind: 'container/remove',
          container: refOf(extra),
          service: extra.service,
          force: true,
          anonymousVolumes: false,
        },
      }),
    ])
  }
  return { present: [...numbers.values()], drops }
}

/** A container that the engine is still removing keeps its name until it is gone: steps that wait for that. */
const awaitVanishing = (context: UpContext, name: ServiceName): readonly string[] =>
  context.observed.containers
    .filter(({ service, state }) => service === name && state === 'removing')
    .map((container) =>
      context.steps.add({
        id: `${subjectOf(container)}/vanish-${container.id.slice(0, 12)}`,
        cause: 'the engine is still removing it',
        action: {
          kind: 'container/remove',
          container: refOf(container),
          service: name,
          force: true,
          anonymousVolumes: false,
        },
      }),
    )

/** Which containers stay when there are too many: those that need no change before others, low numbers before high. */
const chooseKept = (judged: readonly Judged[], count: number): ReadonlySet<ObservedContainer> =>
  new Set(
    judged
      .toSorted(
        (a, b) =>
          Number(a.verdict.kind === 'recreate') - Number(b.verdict.kind === 'recreate') ||
          a.container.number - b.container.number,
      )
      .slice(0, count)
      .map(({ container }) => container),
  )

const planService = (context: UpContext, draft: Draft, name: ServiceName): readonly Replica[] => {
  const { networks, volumes } = draft.resources
  const { present, drops } = dropLeftovers(context, context.containersOf(name))
  const freed = present.filter(({ id }) => volumes.removed.has(id))
  const judged = present
    .filter(({ id }) => !volumes.removed.has(id))
    .map((container) => ({
      container,
      verdict: diffContainer(context, { name, container, networks, renewed: draft.renewed }),
    }))
  const gone = awaitVanishing(context, name)
  const count = context.followers.has(name) ? present.length : replicaCount(context, name)
  const kept = chooseKept(judged, count)
  const replicas: Replica[] = []
  for (const { container, verdict } of judged) {
    if (!kept.has(container)) addRemoval(context, container, { cause: `scaled to ${count}` })
    else if (verdict.kind === 'keep')
      replicas.push(
        addKept(context, draft, { service: name, container, gone: [...gone, ...(drops.get(container.number) ?? [])] }),
      )
    else {
      draft.renewed.add(name)
      replicas.push(
        addReplacement(context, draft, {
          service: name,
          container,
          cause: verdict.cause,
          waits: [...gone, ...(drops.get(container.number) ?? [])],
        }),
      )
    }
  }
  for (const container of freed) {
    draft.renewed.add(name)
    if (replicas.length >= count) continue
    replicas.push(
      addNew(context, draft, {
        service: name,
        number: container.number,
        cause: 'its volume is made again',
        needs: [...gone, volumes.removed.get(container.id) ?? ''],
      }),
    )
  }
  // Counted on from the highest, as the reference does: a gap in the middle stays one.
  let number = replicas.reduce((most, replica) => Math.max(most, replica.number), 0)
  while (replicas.length < count) {
    number += 1
    replicas.push(
      addNew(context, draft, {
        service: name,
        number,
        cause: present.length === 0 ? 'does not exist yet' : `scaled to ${count}`,
        needs: gone,
      }),
    )
  }
  return replicas
}

/** Services with those whose namespaces or readiness they need first. */
export const inDependencyOrder = (context: Pick<UpContext, 'project' | 'scope'>): readonly ServiceName[] => {
  const sorted: ServiceName[] = []
  const seen = new Set<ServiceName>()
  const inScope = new Set(context.scope)
  // No recursion: a chain may be thousands long.
  const trail: { readonly name: ServiceName; readonly open: ServiceName[] }[] = []
  const enter = (name: ServiceName): void => {
    if (seen.has(name) || !inScope.has(name)) return
    seen.add(name)
    const needed = dependenciesOf(context.project.services, name).map(([dependency]) => dependency)
    trail.push({ name, open: needed.toReversed() })
  }
  for (const first of context.scope) {
    enter(first)
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const dependency = top.open.pop()
      if (dependency !== undefined) enter(dependency)
      else sorted.push(trail.pop()!.name)
    }
  }
  return sorted
}

/** Decides for every replica of the scope: stays, is replaced, is new, or goes. */
export const planContainers = (context: UpContext, resources: Resources): ContainerPlan => {
  const draft: Draft = { replicas: new Map(), renewed: new Set(), resources }
  for (const name of inDependencyOrder(context)) {
    if (context.deferred.has(name) || serviceOf(context, name).provider !== undefined) continue
    draft.replicas.set(name, planService(context, draft, name))
  }
  return draft
}
