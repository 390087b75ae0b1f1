import { type Share, sharesOf } from '../project/graph.ts'
import type { ServiceName } from '../project/project.ts'
import type { Service } from '../project/service.ts'
import { isUp } from './container-steps.ts'
import type { ContainerId, Observed, ObservedContainer } from './observed.ts'

/** What is needed to say whether a container still has the namespaces and volumes of those with whom it shares. */
export type BondContext = Pick<Observed, 'outsiders'> & {
  readonly services: Readonly<Record<ServiceName, Service>>
  readonly containersOf: (service: ServiceName) => readonly ObservedContainer[]
}

export const toBondContext = (
  { services }: Pick<BondContext, 'services'>,
  { outsiders }: Observed,
  containersOf: BondContext['containersOf'],
): BondContext => ({ services, containersOf, ...(outsiders === undefined ? {} : { outsiders }) })

const words: Readonly<Record<Share['kind'], string>> = {
  network: 'network',
  ipc: 'IPC namespace',
  pid: 'process namespace',
  uts: 'host name',
  cgroup: 'control group',
  volumes: 'volumes',
}

const nameOf = ({ service, container = '' }: Share): string => service ?? `container ${container}`

/** Those with whom a share can be at this moment; undefined: nobody of the name, and so nobody to share with instead. */
const lendersOf = (context: BondContext, { service, container }: Share): readonly ObservedContainer[] | undefined => {
  if (service !== undefined) return context.containersOf(service)
  const outsider = context.outsiders?.get(container ?? '')
  return outsider === undefined ? undefined : [outsider]
}

const idsOf = ({ bonds = [] }: ObservedContainer, kind: Share['kind']): readonly ContainerId[] =>
  bonds.filter((bond) => bond.kind === kind).map(({ id }) => id)

/** Of a container that the file names, some engines and kinds keep the name as it was given. */
const isBound = (bound: readonly string[], { id, name }: ObservedContainer): boolean =>
  bound.some((one) => one === name || (one !== '' && id.startsWith(one)))

/**
 * Why the container is bound to another one than the file means: whom it was made with is gone, and what came in its place is
 * another container. It is cut off for good, or cannot be started any more.
 */
export const brokenBond = (
  context: BondContext,
  { service, container }: { readonly service: Service; readonly container: ObservedContainer },
): string | undefined => {
  for (const share of sharesOf(service, context.services)) {
    const bound = idsOf(container, share.kind)
    const lenders = lendersOf(context, share)
    // One that shares nothing of the kind was made from another definition, which is another reason.
    if (bound.length === 0 || lenders === undefined || lenders.some((lender) => isBound(bound, lender))) continue
    return `${nameOf(share)}, whose ${words[share.kind]} it shares, is another container now`
  }
  return undefined
}

export type CutOff = {
  readonly cause: string
  readonly share: Share
  /** The one with whom it shares does not run: who shares with it can begin only after it. */
  readonly hasEnded: boolean
}

/** The kernel kills all that shares the process namespace of one that ends. */
const wasKilled = ({ state, exitCode }: ObservedContainer, kind: Share['kind']): boolean =>
  kind === 'pid' && state === 'exited' && exitCode === 137

/**
 * Why a container has lost what it shares though it is up, or was until then: a namespace is that of a process, and the process with which this one
 * began has ended since. Volumes stay.
 */
export const findCutOff = (
  context: BondContext,
  { service, container }: { readonly service: Service; readonly container: ObservedContainer },
): CutOff | undefined => {
  const { startedAt } = container
  if (startedAt === undefined) return undefined
  for (const share of sharesOf(service, context.services)) {
    const lender = lendersOf(context, share)?.find((one) => isBound(idsOf(container, share.kind), one))
    if (share.kind === 'volumes' || lender === undefined) continue
    if (!isUp(container) && !wasKilled(container, share.kind)) continue
    const subject = `${nameOf(share)}, whose ${words[share.kind]} it shares,`
    if (!isUp(lender)) return { cause: `${subject} has ended`, share, hasEnded: true }
    if ((lender.startedAt ?? 0) > startedAt) return { cause: `${subject} was restarted`, share, hasEnded: false }
  }
  return undefined
}
