import type { Plan, Step } from '../core/plan/action.ts'
import type { ObservedContainer } from '../core/plan/observed.ts'
import { toExitText, type Ending } from '../core/events/crash.ts'
import { toShortTime } from './lines.ts'
import type { Paint } from './paint.ts'

/** A service that does not stay up, and what is known of why. */
export type Fallen = {
  readonly service: string
  readonly ending?: Ending
  /** How often it was started again; 0 for one that has ended for good. */
  readonly restarts: number
  readonly line?: string
}

export type SummaryInput = {
  readonly project: string
  readonly plans: readonly Plan[]
  /** Whether a step ended well. */
  readonly isDone: (step: Step) => boolean
  /** What the engine shows afterwards; for the addresses. */
  readonly containers: readonly ObservedContainer[]
  /** Those that do not stay up. */
  readonly fallen: readonly Fallen[]
  readonly ms: number
  readonly paint: Paint
}

/** What `up -d` did and did not do, how long it took, and where it can be reached. */
export const toSummaryLines = ({
  project,
  plans,
  isDone,
  containers,
  fallen,
  ms,
  paint,
}: SummaryInput): readonly string[] => {
  const done = plans.flatMap((plan) => plan.steps).filter(isDone)
  const counts = countContainers(done)
  const unchanged = new Set(plans.flatMap((plan) => plan.unchanged)).size
  const changed = done.some((step) => step.action.kind !== 'service/await')
  const time = toShortTime(ms)
  const below = [...toFallenLines(fallen, paint), ...toAddressLines(containers, paint)]
  const sign = fallen.length === 0 ? paint('green', '✔') : paint('red', '✘')
  const but = fallen.length === 0 ? '' : ` but for ${[...new Set(fallen.map(({ service }) => service))].join(', ')}`
  if (!changed)
    return [
      `${sign} ${paint('bold', project)} is up to date${but}, nothing was changed ${paint('dim', `(${toCount(unchanged, 'service')}, ${time})`)}`,
      ...below,
    ]
  const parts = [
    ...Object.entries(counts).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : [])),
    ...(unchanged > 0 ? [`${toCount(unchanged, 'service')} unchanged`] : []),
  ]
  return [
    `${sign} ${paint('bold', project)} is up${but}${parts.length === 0 ? '' : `: ${parts.join(', ')}`} ${paint('dim', `(${time})`)}`,
    ...below,
  ]
}

/** `  worker  is crash-looping: exit 4, started again 3 times: TypeError: cart is undefined` */
const toFallenLines = (fallen: readonly Fallen[], paint: Paint): readonly string[] => {
  const width = fallen.reduce((most, { service }) => Math.max(most, service.length), 0)
  return fallen.map(({ service, ending, restarts, line }) => {
    const facts = [
      ...(ending === undefined ? [] : [toExitText(ending)]),
      ...(restarts === 0 ? [] : [`started again ${restarts === 1 ? 'once' : `${restarts} times`}`]),
    ]
    const text = `${restarts === 0 ? 'has ended' : 'is crash-looping'}: ${facts.join(', ')}${line === undefined ? '' : `: ${line}`}`
    return `  ${service.padEnd(width)}  ${paint('red', text)}`
  })
}

const toCount = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const countContainers = (
  steps: readonly Step[],
): Readonly<Record<'created' | 'recreated' | 'started' | 'removed', number>> => {
  const recreated = new Set(
    steps.flatMap((step) => (step.group !== undefined && step.action.kind === 'container/create' ? [step.group] : [])),
  )
  const own = steps.filter((step) => step.group === undefined)
  const subjects = (kind: Step['action']['kind']): readonly string[] =>
    own.filter((step) => step.action.kind === kind).map((step) => step.id.slice(0, step.id.lastIndexOf('/')))
  const created = new Set(subjects('container/create'))
  const renewed = new Set([...recreated].map((group) => group.replace('recreate ', '')))
  const started = subjects('container/start').filter((subject) => !created.has(subject) && !renewed.has(subject))
  return {
    created: created.size,
    recreated: recreated.size,
    started: started.length,
    removed: subjects('container/remove').length,
  }
}

/** Published ports as addresses that a browser takes. */
const toAddressLines = (containers: readonly ObservedContainer[], paint: Paint): readonly string[] => {
  const addresses = new Map<string, Set<string>>()
  for (const { service, ports, state } of containers) {
    if (state !== 'running') continue
    for (const { hostPort, hostIp, protocol } of ports) {
      if (hostPort === undefined || protocol !== 'tcp') continue
      const host = ['', '0.0.0.0', '::', '127.0.0.1', '::1'].includes(hostIp) ? 'localhost' : hostIp
      addresses.set(service, (addresses.get(service) ?? new Set()).add(`http://${host}:${hostPort}`))
    }
  }
  const width = [...addresses.keys()].reduce((most, name) => Math.max(most, name.length), 0)
  return [...addresses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, urls]) => `  ${service.padEnd(width)}  ${paint('cyan', [...urls].join('  '))}`)
}
