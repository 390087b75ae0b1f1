import type { ContainerSummary } from '../../../core/events/event.ts'
import type { Project } from '../../../core/project/project.ts'
import type { SessionDeps } from '../../deps.ts'
import type { Emit } from '../../emitter.ts'
import type { ContainerFiles } from '../container-files.ts'
import { type BackSync, createBackSync } from './back-sync.ts'

export type ProjectBackDeps = Pick<
  SessionDeps,
  'runtime' | 'clock' | 'sources' | 'watcher' | 'writer' | 'agreements'
> & {
  readonly emit: Emit
  /** Opens the files of a container that runs. */
  readonly openFiles: (container: string) => ContainerFiles
}

export type ProjectBackOptions = {
  readonly project: Project
  readonly signal: AbortSignal
  readonly containersOf: (service: string) => readonly ContainerSummary[]
}

/** What comes back in a project, beside the rules for what goes to its containers. Without a rule it does nothing. */
export const createProjectBack = (
  { writer, sources, openFiles, ...deps }: ProjectBackDeps,
  options: ProjectBackOptions,
): BackSync => {
  const opened = new Map<string, ContainerFiles>()
  const back = createBackSync(
    {
      ...deps,
      source: sources,
      writer: writer ?? { write: async () => ({ refused: 'nothing is written here' }) },
      apply: async (container, frame) => {
        const files = opened.get(container) ?? openFiles(container)
        opened.set(container, files)
        try {
          return await files.apply(frame)
        } catch (error) {
          // Its container is gone, or was started anew.
          files.close()
          opened.delete(container)
          throw error
        }
      },
    },
    options,
  )
  return {
    ...back,
    close: async () => {
      await back.close()
      for (const files of opened.values()) files.close()
    },
  }
}
