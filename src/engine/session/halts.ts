import type { ServiceName } from '../../core/project/project.ts'

/**
 * Services that somebody has stopped, here or elsewhere. They stay so until somebody starts them: no edit, no saved file and no
 * dependent does.
 */
export type Halts = {
  halt(service: ServiceName): void
  has(service: ServiceName): boolean
  names(): readonly ServiceName[]
  /** What it is to be is another thing than when it was stopped: it gets that when it is started. */
  withhold(service: ServiceName): void
  /** It is started. Whether something was withheld from it. */
  lift(service: ServiceName): boolean
}

export const createHalts = (): Halts => {
  const halted = new Map<ServiceName, { isBehind: boolean }>()
  return {
    halt: (service) => void halted.set(service, halted.get(service) ?? { isBehind: false }),
    has: (service) => halted.has(service),
    names: () => [...halted.keys()],
    withhold: (service) => {
      const halt = halted.get(service)
      if (halt !== undefined) halt.isBehind = true
    },
    lift: (service) => {
      const isBehind = halted.get(service)?.isBehind === true
      halted.delete(service)
      return isBehind
    },
  }
}
