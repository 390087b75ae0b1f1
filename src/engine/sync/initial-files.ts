import type { Change, FileIndex } from './file-index.ts'
import { copies, type SyncRule, toContainerPath } from './rules.ts'
import type { SyncOp } from './transport.ts'

/** What a change of one path means in the containers of a rule's service. */
export const toOps = (rule: SyncRule, { path, entry }: Change): readonly SyncOp[] => {
  if (!copies(rule) || !rule.matches(path)) return []
  const target = toContainerPath(rule, path)
  return target === undefined ? [] : [{ target, ...(entry === undefined ? {} : { entry }) }]
}

/** Whether the rule copies what is there, before anything changes. */
export const isInitial = (rule: SyncRule): boolean => rule.initialSync && copies(rule)

/** Everything that `initial_sync` rules copy. */
export const selectInitial = (rules: readonly SyncRule[], index: FileIndex): readonly SyncOp[] =>
  rules
    .filter(isInitial)
    .flatMap((rule) => index.entriesBelow(rule.root).flatMap((entry) => toOps(rule, { path: entry.path, entry })))
