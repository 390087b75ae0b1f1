import { type ConflictReason, decide, type Decision, type Direction, type States } from './decide.ts'
import type { Base, Found, Kept, Side } from './side.ts'

/** One path of one side as it shall be; `to` absent: it goes. `from` is what was found there, and must still be there. */
export type Change = { readonly path: string; readonly from?: Kept; readonly to?: Kept }

export type Conflict = { readonly path: string; readonly why: ConflictReason }

export type Reconciled = {
  /** Folders before what is in them, but for what goes: that comes first, folders after what is in them. */
  readonly toHost: readonly Change[]
  readonly toContainer: readonly Change[]
  readonly conflicts: readonly Conflict[]
  /** Paths that both have the same of; undefined: there is nothing to agree upon any more. */
  readonly agreed: ReadonlyMap<string, Kept | undefined>
}

export type Sides = { readonly base: Base; readonly host: Side; readonly container: Side }

/** What has to be done so that both sides are the same, where that loses nothing. */
export const reconcile = (sides: Sides, direction: Direction): Reconciled => {
  const found = visit(toTree(sides), { path: '', sides, direction })
  return {
    toHost: sortChanges(found.toHost),
    toContainer: sortChanges(found.toContainer),
    conflicts: found.conflicts,
    agreed: new Map(found.agreed),
  }
}

type Tree = Map<string, Tree>

const toTree = (sides: Sides): Tree => {
  const root: Tree = new Map()
  for (const side of [sides.host, sides.container, sides.base])
    for (const path of side.keys()) {
      let tree = root
      for (const name of path === '' ? [] : path.split('/')) {
        const below: Tree = tree.get(name) ?? new Map<string, Tree>()
        tree.set(name, below)
        tree = below
      }
    }
  return root
}

type Visit = { readonly path: string; readonly sides: Sides; readonly direction: Direction }

type Outcome = {
  readonly toHost: readonly Change[]
  readonly toContainer: readonly Change[]
  readonly conflicts: readonly Conflict[]
  readonly agreed: readonly (readonly [string, Kept | undefined])[]
  /** Whether a side will have anything at this path or below it. */
  readonly onHost: boolean
  readonly inContainer: boolean
}

const visit = (tree: Tree, { path, sides, direction }: Visit): Outcome => {
  const states: States = {
    host: sides.host.get(path),
    container: sides.container.get(path),
    base: sides.base.get(path),
  }
  const decision = decide(states, direction)
  if (decision.kind === 'hold') return leave(path, tree, { sides, conflicts: [] })
  if (decision.kind === 'conflict') return leave(path, tree, { sides, conflicts: [{ path, why: decision.why }] })
  const below = [...tree].map(([name, child]) =>
    visit(child, { path: path === '' ? name : `${path}/${name}`, sides, direction }),
  )
  return conclude({
    path,
    decision,
    states,
    below,
    refuse: (why) => leave(path, tree, { sides, conflicts: [{ path, why }] }),
  })
}

/** Everything at and below the path stays as it is. */
const leave = (
  path: string,
  tree: Tree,
  { sides, conflicts }: { readonly sides: Sides; readonly conflicts: readonly Conflict[] },
): Outcome => ({
  toHost: [],
  toContainer: [],
  conflicts,
  agreed: [],
  onHost: holdsAny(path, tree, sides.host),
  inContainer: holdsAny(path, tree, sides.container),
})

const holdsAny = (path: string, tree: Tree, side: Side): boolean =>
  side.has(path) || [...tree].some(([name, child]) => holdsAny(path === '' ? name : `${path}/${name}`, child, side))

type Concluding = {
  readonly path: string
  readonly decision: Exclude<Decision, { kind: 'hold' | 'conflict' }>
  readonly states: States
  readonly below: readonly Outcome[]
  readonly refuse: (why: ConflictReason) => Outcome
}

/**
 * A folder goes only when all that is in it goes. If something stays that the other side shall have, too, the other side gets
 * the folder again; and nothing takes the place of a folder in which something stays.
 */
const conclude = ({ path, decision, states, below, refuse }: Concluding): Outcome => {
  const sum = addUp(below)
  const [host, container] = [toKept(states.host), toKept(states.container)]
  const onHost = sum.onHost || host !== undefined
  const inContainer = sum.inContainer || container !== undefined
  switch (decision.kind) {
    case 'same':
      return { ...sum, agreed: [[path, decision.entry], ...sum.agreed], onHost: true, inContainer: true }
    case 'forget':
      return { ...sum, agreed: [[path, undefined], ...sum.agreed], onHost, inContainer }
    case 'rest':
      return { ...sum, onHost, inContainer }
    case 'to-host': {
      const { to } = decision
      const isInTheWay = host?.kind === 'directory' && sum.onHost
      if (to !== undefined && to.kind !== 'directory' && isInTheWay) return refuse('both-changed')
      if (to !== undefined || !isInTheWay)
        return { ...sum, toHost: [toChange(path, host, to), ...sum.toHost], onHost: to !== undefined, inContainer }
      if (!sum.inContainer) return { ...sum, onHost, inContainer }
      const again = toChange(path, undefined, { kind: 'directory' })
      return { ...sum, toContainer: [again, ...sum.toContainer], onHost, inContainer: true }
    }
    case 'to-container': {
      const { to } = decision
      const isInTheWay = container?.kind === 'directory' && sum.inContainer
      if (to !== undefined && to.kind !== 'directory' && isInTheWay) return refuse('both-changed')
      if (to !== undefined || !isInTheWay)
        return {
          ...sum,
          toContainer: [toChange(path, container, to), ...sum.toContainer],
          onHost,
          inContainer: to !== undefined,
        }
      if (!sum.onHost) return { ...sum, onHost, inContainer }
      return {
        ...sum,
        toHost: [toChange(path, undefined, { kind: 'directory' }), ...sum.toHost],
        onHost: true,
        inContainer,
      }
    }
  }
}

const toKept = (found: Found | undefined): Kept | undefined => (found?.kind === 'unknown' ? undefined : found)

const toChange = (path: string, from: Kept | undefined, to: Kept | undefined): Change => ({
  path,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
})

const addUp = (outcomes: readonly Outcome[]): Outcome => ({
  toHost: outcomes.flatMap((one) => one.toHost),
  toContainer: outcomes.flatMap((one) => one.toContainer),
  conflicts: outcomes.flatMap((one) => one.conflicts),
  agreed: outcomes.flatMap((one) => one.agreed),
  onHost: outcomes.some((one) => one.onHost),
  inContainer: outcomes.some((one) => one.inContainer),
})

/** Parents stand before what is in them as they come. */
const sortChanges = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter(({ to }) => to === undefined).toReversed(),
  ...changes.filter(({ to }) => to !== undefined),
]
