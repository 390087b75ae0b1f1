import type { Project } from '../core/project/project.ts'
import type { Watcher } from '../engine/ports.ts'
import type { Session } from '../engine/session.ts'

/**
 * A session that acts on saved files acts on its stack file, too: an edit of it, or of any file that it was made from, makes the
 * session load all of them again. What is wrong in them then is told, and the session goes on as it was.
 * @returns ends it
 */
export function reloadOnEdit(session: Session, { watcher, project }: { readonly watcher: Watcher; readonly project: Project }): () => void {
  const { files, envFiles, inputs } = project.context
  const roots = [...new Set([...files, ...envFiles, ...inputs])].filter((file) => file !== '-')
  const leaving = new AbortController()
  const follow = async (): Promise<void> => {
    for await (const batch of watcher.watch(roots, { ignored: () => false, signal: leaving.signal })) {
      if (batch.rescan || batch.paths.length > 0) session.send({ type: 'reload' })
    }
  }
  follow().catch(() => undefined) // a file that cannot be watched can be loaded again by key
  return () => leaving.abort()
}
