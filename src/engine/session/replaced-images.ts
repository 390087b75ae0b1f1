import type { ObservedImage } from '../../core/plan/observed.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import type { ImageRuntime } from '../ports/image-runtime.ts'
import type { Attempted } from './jobs.ts'

type Rebuild = { readonly project: Project; readonly service: ServiceName; readonly rebuild: () => Promise<Attempted> }

/** Images that rebuilds of this watch have left without a name. */
export type ReplacedImages = {
  /** Rebuilds, and removes what that replaced; how the rebuild ended. */
  around(rebuild: Rebuild): Promise<Attempted>
}

/**
 * Each rebuild leaves the image before it behind, without a name. It goes when nothing uses it any more and it still has none, with
 * the project's label on it; no other image does, and no layer that other builds begin with.
 */
export const createReplacedImages = (
  runtime: Pick<ImageRuntime, 'inspectImage' | 'removeImage'>,
  { signal }: { readonly signal: AbortSignal },
): ReplacedImages => {
  const replaced = new Set<string>()
  const remove = async (id: string): Promise<void> => {
    const image = await runtime.inspectImage(id, { signal })
    if (image !== undefined && isNameless(image)) await runtime.removeImage(id, { signal, keepParents: true })
    replaced.delete(id)
  }
  return {
    around: async ({ project, service, rebuild }) => {
      const reference = toImageReference(project, service)
      const look = (): Promise<ObservedImage | undefined> =>
        runtime.inspectImage(reference, { signal }).catch(() => undefined)
      const before = await look()
      const end = await rebuild()
      // One that ended in its middle may have left an image without a name, too: it goes when a later one is done.
      const after = signal.aborted ? undefined : await look()
      if (before === undefined || after === undefined) return end
      if (before.id !== after.id && before.labels[label.project] === project.name) replaced.add(before.id)
      if (end !== 'done') return end
      for (const id of replaced)
        await remove(id).catch((error: unknown) => {
          // A container of somebody runs it, or an image was built on it: the next rebuild tries again.
          if (!isStackError(error) && !signal.aborted) throw error
        })
      return end
    },
  }
}

const isNameless = ({ tags }: ObservedImage): boolean => tags.every((tag) => tag === '<none>:<none>')
