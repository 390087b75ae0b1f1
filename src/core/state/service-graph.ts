import type { State } from './state.ts'
import { onceForEachState, type ServiceView, selectServiceViews } from './select.ts'

/** That one service needs another, and whether it still has to wait for it. */
export type Need = {
  readonly service: string
  /** `healthy`, `done`, `started`: what is asked of it. */
  readonly wanted: string
  /** Not there yet. */
  readonly isOpen: boolean
}

export type GraphNode = {
  readonly view: ServiceView
  readonly needs: readonly Need[]
  /** Names of those that need it. */
  readonly neededBy: readonly string[]
  /** Of those, who waits for it now. */
  readonly blocks: readonly string[]
}

/** Services of one tier. Without tiers in the file: by how many services lie below them, those that need nobody last. */
export type GraphColumn = { readonly name: string; readonly nodes: readonly GraphNode[] }

const wantedWords: Readonly<Record<string, string>> = {
  service_healthy: 'healthy',
  service_completed_successfully: 'done',
  service_started: 'started',
}

/** Who depends on whom, by tier from front to back. */
export const selectGraph: (state: State) => readonly GraphColumn[] = onceForEachState((state) => {
  const views = selectServiceViews(state)
  const byName = new Map(views.map((view) => [view.name, view]))
  const inOrder = state.services.flatMap(({ name }) => byName.get(name) ?? [])
  const needsOf = new Map(inOrder.map((view) => [view.name, toNeeds(view, byName)]))
  const users = new Map<string, string[]>(inOrder.map(({ name }) => [name, []]))
  const waiting = new Map<string, string[]>(inOrder.map(({ name }) => [name, []]))
  for (const [name, needs] of needsOf) {
    for (const { service, isOpen } of needs) {
      users.get(service)?.push(name)
      if (isOpen) waiting.get(service)?.push(name)
    }
  }
  const nodes = inOrder.map((view): GraphNode => ({
    view,
    needs: needsOf.get(view.name) ?? [],
    neededBy: users.get(view.name) ?? [],
    blocks: waiting.get(view.name) ?? [],
  }))
  return toColumns(nodes, state.tiers ?? [])
})

const toNeeds = (view: ServiceView, byName: ReadonlyMap<string, ServiceView>): readonly Need[] =>
  view.service.summary.dependsOn.map(({ service, condition }) => ({
    service,
    wanted: wantedWords[condition] ?? condition,
    isOpen: !view.isUp && view.status.tone === 'busy' && !isMet(byName.get(service), condition),
  }))

const isMet = (needed: ServiceView | undefined, condition: string): boolean => {
  if (needed === undefined) return true
  const { tone } = needed.status
  return condition === 'service_started' ? needed.isUp || tone === 'done' : tone === 'good' || tone === 'done'
}

const toColumns = (nodes: readonly GraphNode[], tiers: readonly string[]): readonly GraphColumn[] => {
  const hasTiers = nodes.some(({ view }) => view.tier !== undefined)
  if (hasTiers) {
    const byTier = Map.groupBy(nodes, ({ view }) => view.tier ?? 'other')
    const rank = (name: string): number => (tiers.includes(name) ? tiers.indexOf(name) : tiers.length)
    return [...byTier].map(([name, own]) => ({ name, nodes: own })).toSorted((a, b) => rank(a.name) - rank(b.name))
  }
  const depths = toDepths(nodes)
  return [...Map.groupBy(nodes, ({ view }) => depths.get(view.name) ?? 0)]
    .toSorted(([a], [b]) => b - a)
    .map(([depth, own]) => ({ name: depth === 0 ? 'needs nobody' : `level ${depth}`, nodes: own }))
}

/** The longest way down to a service that needs nobody. Who needs itself through others is refused long before. */
const toDepths = (nodes: readonly GraphNode[]): ReadonlyMap<string, number> => {
  const depths = new Map(nodes.map(({ view }) => [view.name, 0]))
  // Each round moves who depends on somebody above all of those: a chain settles after as many rounds as it has links.
  for (let round = 0; round < nodes.length; round += 1) {
    let isSettled = true
    for (const { view, needs } of nodes) {
      const depth = Math.max(0, ...needs.map(({ service }) => (depths.get(service) ?? -1) + 1))
      if (depth <= (depths.get(view.name) ?? 0)) continue
      depths.set(view.name, depth)
      isSettled = false
    }
    if (isSettled) break
  }
  return depths
}
