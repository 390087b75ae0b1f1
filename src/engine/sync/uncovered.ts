import { StackError } from '../../core/errors/stack-error.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'
import { pathBelow } from './paths.ts'
import type { SyncRule } from './rules.ts'
import type { SourceTree } from './source-tree.ts'

type UncoveredOptions = {
  readonly rules: readonly SyncRule[]
  readonly tree: SourceTree
}

/** Tells once of each file that somebody saved, and that no rule is about, though one watches its folder. */
export const createUncovered = (emit: Emit, { rules, tree }: UncoveredOptions): { update(): void } => {
  const hasInclude = rules.some((rule) => rule.isSelective)
  const seen = new Map<string, number>()
  const told = new Set<string>()
  const entries = new Map<string, unknown>()
  const look = (tell: (path: string) => void): void => {
    for (const { path: folder, entries: all, version } of tree.folders.values()) {
      if (seen.get(folder) === version) continue
      seen.set(folder, version)
      for (const [name, entry] of all) {
        const path = pathBelow(folder, name)
        if (entry.kind === 'directory' || entries.get(path) === entry || !isUncovered(rules, path)) continue
        entries.set(path, entry)
        tell(path)
      }
    }
  }
  if (hasInclude) look(() => {})
  return {
    update: () => {
      if (!hasInclude) return
      look((path) => {
        if (told.has(path)) return
        told.add(path)
        emit({
          type: 'problem/raised',
          id: `watch.uncovered.${path}`,
          problem: toProblem(new StackError('watch/uncovered', { path })),
        })
      })
    },
  }
}

const isUncovered = (rules: readonly SyncRule[], path: string): boolean =>
  rules.some((rule) => rule.refuses(path) === 'include') &&
  rules.every((rule) => !rule.matches(path) && rule.refuses(path) !== 'back')
