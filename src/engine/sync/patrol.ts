import type { Clock } from '../ports/clock.ts'
import type { SourceFiles } from '../ports/source-files.ts'
import { parentOf } from './paths.ts'
import { isOutdated, isSameEntry } from './same-entry.ts'
import { createSlices } from './slices.ts'
import type { SourceTree } from './source-tree.ts'

/** Looks for changes that nobody told of, and marks the folders that they are in. */
export type Patrol = {
  /** At what is in some folders, in turn, for about so many milliseconds; and at the roots. */
  entries(budgetMs: number): void
  /** At every folder's own times, which tell what came and went. How many milliseconds that took. */
  folders(): Promise<number>
}

/** So many are looked at whatever it takes: with six looks in 30 s all of a project of common size. */
const leastEntries = 200

type PatrolDeps = {
  readonly tree: Pick<SourceTree, 'folders' | 'hint'>
  readonly files: Pick<SourceFiles, 'lookAt'>
  readonly clock: Clock
  readonly roots: readonly string[]
}

export const createPatrol = ({ tree, files, clock, roots }: PatrolDeps): Patrol => {
  let turn = 0
  return {
    entries: (budgetMs) => {
      const began = clock.now()
      for (const root of roots) tree.hint(parentOf(root))
      const paths = [...tree.folders.keys()]
      let looked = 0
      for (let count = 0; count < paths.length; count += 1) {
        const path = paths[turn % paths.length] ?? ''
        turn += 1
        const folder = tree.folders.get(path)
        if (folder === undefined) continue
        if (isOutdated(files, folder)) tree.hint(path)
        looked += folder.entries.size + 1
        if (looked >= leastEntries && clock.now() - began >= budgetMs) break
      }
    },
    folders: async () => {
      const slices = createSlices(clock)
      let took = 0
      let began = clock.now()
      for (const { path, self } of [...tree.folders.values()]) {
        const now = files.lookAt(path)
        if (now.kind !== 'directory' || !isSameEntry(self, now)) tree.hint(path)
        const pause = slices.next()
        if (pause === undefined) continue
        took += clock.now() - began
        await pause
        began = clock.now()
      }
      return took + clock.now() - began
    },
  }
}
