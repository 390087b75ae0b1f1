import type { Problem } from '../../core/errors/problem.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Emit } from '../emitter.ts'
import type { ContainerLimits, PlaceLimit } from './container-files.ts'
import { type StandingProblems, tellStanding } from './standing-problems.ts'

/** What a service's containers cannot do, or do without, told once for all of them, and cleared when it is so no more. */
export type LimitTeller = {
  /** `left`: files of containers that are not what is here, and are left so. */
  show(all: readonly ContainerLimits[], left: readonly string[]): void
}

type LimitOptions = {
  readonly service: string
  readonly isBuilt: boolean
  readonly standing: StandingProblems
}

const kinds = ['tools', 'read-only', 'in-memory', 'unreachable', 'older'] as const

export const createLimits = (emit: Emit, { service, isBuilt, standing }: LimitOptions): LimitTeller => ({
  show: (all, left) => {
    const found = new Map([
      ...toToolProblems(all, { service, isBuilt }),
      ...toPlaceProblems(all, service),
      ...toLeftProblems(left, service),
    ])
    for (const kind of kinds)
      tellStanding({ emit, standing }, { id: `watch.${service}.${kind}`, service, problem: found.get(kind) })
  },
})

type Named = readonly (readonly [kind: (typeof kinds)[number], problem: Problem])[]

const toWarning = (error: StackError): Problem => ({ ...error.toProblem(), severity: 'warning' })

const toToolProblems = (
  all: readonly ContainerLimits[],
  { service, isBuilt }: Pick<LimitOptions, 'service' | 'isBuilt'>,
): Named => {
  const worst = all.find(({ keepsDeleted }) => keepsDeleted) ?? all.find(({ missing }) => missing.length > 0)
  if (worst === undefined) return []
  return [['tools', toWarning(new StackError('watch/no-tools', { ...worst, service, isBuilt }))]]
}

const toLeftProblems = ([path, ...more]: readonly string[], service: string): Named =>
  path === undefined
    ? []
    : [['older', toWarning(new StackError('watch/older-here', { service, path, files: more.length + 1 }))]]

const toPlaceProblems = (all: readonly ContainerLimits[], service: string): Named => {
  const places = new Map<string, PlaceLimit>(all.flatMap((limits) => [...limits.places]))
  const missing = all.flatMap((limits) => limits.missing)[0]
  const ofKind = (kind: PlaceLimit['kind']): readonly string[] =>
    [...places].flatMap(([root, place]) => (place.kind === kind ? [root] : [])).toSorted()
  const mounts = [...new Set([...places.values()].flatMap(({ kind, mount }) => (kind === 'read-only' ? [mount] : [])))]
  const [readOnly, inMemory, unreachable] = [ofKind('read-only'), ofKind('in-memory'), ofKind('unreachable')]
  return [
    ...(readOnly.length === 0
      ? []
      : [
          ['read-only', new StackError('watch/read-only', { service, targets: readOnly, mounts }).toProblem()] as const,
        ]),
    ...(inMemory.length === 0
      ? []
      : [['in-memory', toWarning(new StackError('watch/in-memory', { service, targets: inMemory }))] as const]),
    ...(unreachable.length === 0
      ? []
      : [
          [
            'unreachable',
            new StackError('watch/unreachable', { service, targets: unreachable, missing }).toProblem(),
          ] as const,
        ]),
  ]
}
