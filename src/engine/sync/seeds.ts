import type { Project } from '../../core/project/project.ts'
import type { EngineDeps } from '../deps.ts'
import type { ContainerRuntime } from '../ports/container-runtime.ts'
import { createFileIndex } from './file-index.ts'
import { isInitial, selectInitial } from './initial-files.ts'
import { createSyncRules } from './rules.ts'
import { sendArchives, type SyncOp } from './transport.ts'

type SeedDeps = Pick<EngineDeps, 'files'> & { readonly runtime: ContainerRuntime }
type Planting = { readonly project: Project; readonly service: string; readonly signal: AbortSignal }

/**
 * The files of `initial_sync` rules reach a container before it starts, as with Docker Compose: its process finds them when
 * it looks for the first time. What was planted is remembered, so that it is not copied again when the watch begins.
 */
export type Seeds = {
  /** Puts them into a container that is about to start. What fails is left to the watch, which tries again and tells. */
  plant(id: string, planting: Planting): Promise<void>
  /** Of these files, those that the container has not got, or that have changed since. */
  missing(id: string, ops: readonly SyncOp[]): readonly SyncOp[]
}

export const createSeeds = (deps: SeedDeps): Seeds => {
  const planted = new Map<string, Map<string, string>>()
  const missing: Seeds['missing'] = (id, ops) => {
    const known = planted.get(id)
    return known === undefined ? ops : ops.filter((op) => known.get(op.target) !== toSignature(op))
  }
  return {
    missing,
    plant: async (id, { signal, ...wanted }) => {
      try {
        const ops = missing(id, await findInitial(deps, wanted))
        if (ops.length === 0) return
        await sendArchives({ ...deps, signal }, id, ops)
        planted.set(
          id,
          new Map([...(planted.get(id) ?? []), ...ops.map((op) => [op.target, toSignature(op)] as const)]),
        )
      } catch {
        signal.throwIfAborted()
      }
    },
  }
}

const findInitial = async (
  deps: SeedDeps,
  { project, service: name }: Omit<Planting, 'signal'>,
): Promise<readonly SyncOp[]> => {
  const service = project.services[name]
  if (service?.develop?.watch?.some((rule) => rule.initial_sync === true) !== true) return []
  const { rules } = await createSyncRules({ files: deps.files }, { ...project, services: { [name]: service } })
  const own = rules.filter(isInitial)
  if (own.length === 0) return []
  const index = createFileIndex({
    files: deps.files,
    roots: [...new Set(own.map(({ root }) => root))],
    ignored: (path, isDirectory) => own.every((rule) => rule.prunes(path, isDirectory)),
  })
  await index.load()
  return selectInitial(own, index)
}

/** Changes with the file. */
const toSignature = ({ entry }: SyncOp): string =>
  entry === undefined ? 'gone' : [entry.kind, entry.mode, entry.size, entry.mtimeMs, entry.linkTarget ?? ''].join(' ')
