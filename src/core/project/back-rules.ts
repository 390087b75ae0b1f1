import type { Service } from './service.ts'

/** What `x-stack.watch` of a service says: files of the container that are brought to this machine, or kept the same on both. */
export type BackRule = {
  /** Absolute: a folder or a file of this machine. */
  readonly path: string
  /** Absolute, in the container. */
  readonly target: string
  /** `from` the container alone, or `both` ways. */
  readonly direction: 'from' | 'both'
  readonly include: readonly string[]
  readonly ignore: readonly string[]
}

/** The rules of a service for what comes back, in the order in which they are written. */
export const readBackRules = (service: Service | undefined): readonly BackRule[] => {
  const settings: unknown = service?.['x-stack']
  const watch: unknown = isRecord(settings) ? settings['watch'] : undefined
  return Array.isArray(watch) ? watch.flatMap((rule: unknown) => toRule(rule)) : []
}

/** The schema has looked at it; what a wrong file says is told elsewhere. */
const toRule = (rule: unknown): readonly BackRule[] => {
  if (!isRecord(rule)) return []
  const { path, target, direction } = rule
  if (typeof path !== 'string' || typeof target !== 'string') return []
  if (direction !== 'from' && direction !== 'both') return []
  return [{ path, target, direction, include: toTexts(rule['include']), ignore: toTexts(rule['ignore']) }]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const toTexts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
