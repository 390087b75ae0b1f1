import type { ObservedImage } from '../../core/plan/observed.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import type { ImageRuntime } from '../ports/image-runtime.ts'

type Rebuild = { readonly project: Project; readonly service: ServiceName; readonly rebuild: () => Promise<boolean> }

/** Images that rebuilds of this watch have left without a name. */
export type ReplacedImages = {
  /** Rebuilds, and removes what that replaced; whether the rebuild went well. */
  around(rebuild: Rebuild): Promise<boolean>
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
      const isDone = await rebuild()
      const after = isDone ? await look() : undefined
      if (before === undefined || after === undefined) return isDone
      if (before.id !== after.id && before.labels[label.project] === project.name) replaced.add(before.id)
      for (const id of replaced)
        await remove(id).catch((error: unknown) => {
          // A container of somebody runs it, or an image was built on it: the next rebuild tries again.
          if (!isStackError(error) && !signal.aborted) throw error
        })
      return isDone
    },
  }
}

const isNameless = ({ tags }: ObservedImage): boolean => tags.every((tag) => tag === '<none>:<none>')
