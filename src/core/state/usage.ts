import type { ServiceState, StatsSample } from './state.ts'

/** What the containers of a service use together. */
export type Usage = StatsSample & {
  /** The last samples, newest last; the newest is what they use now. */
  readonly past: readonly StatsSample[]
}

const nothing: StatsSample = { cpuPercent: 0, memoryBytes: 0, networkInBytes: 0, networkOutBytes: 0 }

const add = (a: StatsSample, b: StatsSample): StatsSample => ({
  cpuPercent: a.cpuPercent + b.cpuPercent,
  memoryBytes: a.memoryBytes + b.memoryBytes,
  networkInBytes: a.networkInBytes + b.networkInBytes,
  networkOutBytes: a.networkOutBytes + b.networkOutBytes,
})

/** Nothing for a service of which nothing was measured, or that does not run. */
export const toUsage = ({ stats }: ServiceState): Usage | undefined => {
  const [first, ...others] = stats
  if (first === undefined) return undefined
  if (others.length === 0) return first
  // Containers are measured together, so that their last samples belong together; one that is younger has fewer of them.
  const length = Math.max(...stats.map(({ past }) => past.length))
  const past = Array.from({ length }, (_, at) =>
    stats.reduce((sum, one) => add(sum, one.past[one.past.length - length + at] ?? nothing), nothing),
  )
  return { ...stats.reduce<StatsSample>(add, nothing), past }
}
