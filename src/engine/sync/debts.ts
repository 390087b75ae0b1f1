import type { ContainerSummary } from '../../core/events/event.ts'
import type { Hook } from '../../core/project/service.ts'
import type { SyncOp } from './transport.ts'

/** What a service's containers have not got yet. It outlives a reload of the stack file, which opens the watch anew. */
export type Debts = {
  /** All that was copied since the image was made, by target: what a new container lacks. */
  readonly overlay: Map<string, SyncOp>
  /** By container, and there by target. */
  readonly owed: Map<string, Map<string, SyncOp>>
  /** Commands that nobody could run, for nothing ran. */
  readonly hooks: Set<Hook>
}

export const createDebts = (): Debts => ({ overlay: new Map(), owed: new Map(), hooks: new Set() })

export const isRunning = ({ state }: ContainerSummary): boolean => state === 'running'

/** Containers that are not there any more need nothing. */
export const forgetGone = ({ owed }: Debts, present: ReadonlySet<string>): void => {
  for (const id of owed.keys()) if (!present.has(id)) owed.delete(id)
}

/** Every container that is known gets the change, and so does every one that comes. */
export const addChange = ({ overlay, owed }: Debts, op: SyncOp): void => {
  overlay.set(op.target, op)
  for (const debts of owed.values()) {
    debts.delete(op.target)
    debts.set(op.target, op)
  }
}

/** What came meanwhile for the same path is still owed. */
export const settle = (debts: Map<string, SyncOp>, ops: readonly SyncOp[]): void => {
  for (const op of ops) if (debts.get(op.target) === op) debts.delete(op.target)
}

/** Changes that these containers have not got, each once; what they are given before anything changes is none. */
export const changesOwed = ({ owed }: Debts, containers: readonly ContainerSummary[]): readonly SyncOp[] => [
  ...new Map(
    containers.flatMap(({ id }) => [...(owed.get(id) ?? [])].filter(([, { rule }]) => rule !== undefined)),
  ).values(),
]
