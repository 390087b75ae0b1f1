import type { Plan, Step } from './action.ts'

const toLine = (step: Step, width: number): string => {
  const waits = [...step.needs, ...(step.after ?? []).map((id) => `${id}?`)]
  const order = waits.length === 0 ? '' : `  after ${waits.join(', ')}`
  const group = step.group === undefined ? '' : `  [${step.group}]`
  return `${step.destructive ? '!' : ' '} ${step.id.padEnd(width)}  ${step.cause}${order}${group}`
}

/**
 * A plan as text: a line a step (`!` marks one that loses data), why, what it waits for (`?`: whether that ends well or
 * not), and the group it shows in; then warnings and what stays as it is.
 */
export const toPlanText = ({ steps, warnings, unchanged }: Plan): readonly string[] => {
  const width = steps.reduce((most, { id }) => Math.max(most, id.length), 0)
  return [
    ...steps.map((step) => toLine(step, width)),
    ...warnings.map(({ message }) => `warning: ${message}`),
    ...(unchanged.length === 0 ? [] : [`unchanged: ${unchanged.join(', ')}`]),
  ]
}
