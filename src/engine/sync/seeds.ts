import type { Project } from '../../core/project/project.ts'
import type { SessionDeps } from '../deps.ts'
import { createContainerSync } from './container-sync.ts'
import { deliver } from './deliver.ts'
import { openContainerFiles } from './container/open.ts'
import { createContents } from './contents.ts'
import { createListing } from './listing.ts'
import { copies, createSyncRules } from './rules.ts'
import { createSourceTree } from './source-tree.ts'
import { createTargetOf } from './targets.ts'
import { createWanted, updateWanted } from './wanted.ts'

type SeedDeps = Pick<SessionDeps, 'files' | 'sources' | 'clock' | 'runtime'>
type Planting = { readonly project: Project; readonly service: string; readonly signal: AbortSignal }

/**
 * The files of `initial_sync` rules reach a container before it starts, as with Docker Compose: its process finds them when
 * it looks for the first time.
 */
export type Seeds = {
  /** Puts them into a container that is about to start. What fails is left to the watch, which tries again and tells. */
  plant(id: string, planting: Planting): Promise<void>
}

export const createSeeds = (deps: SeedDeps): Seeds => ({
  plant: async (id, planting) => {
    try {
      await plant(deps, id, planting)
    } catch {
      planting.signal.throwIfAborted()
    }
  },
})

const plant = async (deps: SeedDeps, id: string, { project, service: name, signal }: Planting): Promise<void> => {
  const service = project.services[name]
  if (service?.develop?.watch?.some((rule) => rule.initial_sync === true) !== true) return
  const { rules } = await createSyncRules({ files: deps.files }, { ...project, services: { [name]: service } })
  const own = rules.filter((rule) => rule.initialSync && copies(rule))
  if (own.length === 0) return
  const tree = createSourceTree({
    files: deps.sources,
    clock: deps.clock,
    watches: { watch: () => false, unwatch: () => {}, close: () => {} },
    roots: [...new Set(own.map(({ root }) => root))],
    leaveOut: (path, isFolder) => own.every((rule) => rule.prunes(path, isFolder)),
    onUnreadable: () => {},
  })
  tree.hintAll()
  await tree.refresh()
  const files = openContainerFiles({ ...deps, signal }, id, { isRunning: false })
  const container = createContainerSync({ id, startedAt: undefined, isRunning: false, files, limits: undefined })
  const contents = createContents(deps.sources)
  const unfinished = { check: () => new Map<string, number>() }
  const all = own.map((rule) => createWanted(rule))
  for (const wanted of all) {
    updateWanted({ tree, contents, unfinished, isGit: () => true, clock: deps.clock }, wanted, { isEarly: false })
    container.held.set(wanted, createListing())
  }
  const delivery = {
    tree,
    contents,
    clock: deps.clock,
    files: deps.sources,
    targetOf: createTargetOf(tree),
    onUnreadable: () => {},
  }
  await deliver(delivery, container, all)
}
