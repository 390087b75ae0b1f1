import { isStackError } from '../../core/errors/stack-error.ts'
import { parentOf, nameOf } from '../sync/paths.ts'
import type { ContainerSpec } from '../ports/container-runtime.ts'
import type { StepContext } from './context.ts'

/** Folders that a package manager fills, and the files beside them that say with what. */
const lockFiles: Readonly<Record<string, readonly string[]>> = {
  node_modules: [
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'bun.lock',
    'bun.lockb',
    'package.json',
  ],
  vendor: ['composer.lock', 'Gemfile.lock', 'go.sum'],
  '.venv': ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'requirements.txt'],
  venv: ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'requirements.txt'],
  deps: ['mix.lock'],
}

/**
 * Of the anonymous volumes that a replacement would take over, those that hold packages of an older lock file: the image
 * has been built with others since, and the old volume would hide them. Looks at the lock files of the old container and
 * of one that is made from the new image for this and never started.
 */
export const selectOutdated = async (
  context: StepContext,
  {
    replaces,
    spec,
    targets,
  }: { readonly replaces: string; readonly spec: ContainerSpec; readonly targets: readonly string[] },
): Promise<ReadonlySet<string>> => {
  const suspects = targets.filter((target) => lockFiles[nameOf(target)] !== undefined)
  if (suspects.length === 0) return new Set()
  const { runtime, signal } = context
  const { id } = await runtime.createContainer(spec, { signal })
  try {
    const isOutdated = await Promise.all(
      suspects.map(
        async (target) => (await readLocks(context, replaces, target)) !== (await readLocks(context, id, target)),
      ),
    )
    return new Set(suspects.filter((_target, index) => isOutdated[index]))
  } finally {
    await runtime.removeContainer(id, { force: true, anonymousVolumes: true })
  }
}

/** The archives of the first lock file that is there, as text that is equal for equal files. */
const readLocks = async ({ runtime, signal }: StepContext, container: string, target: string): Promise<string> => {
  for (const name of lockFiles[nameOf(target)] ?? []) {
    try {
      const { tar } = await runtime.getArchive(container, `${parentOf(target)}/${name}`, { signal })
      return `${name}\n${await readContent(tar)}`
    } catch (error) {
      signal.throwIfAborted()
      if (!isStackError(error)) throw error
    }
  }
  return ''
}

/** Without the header of the archive: the time of the file may differ where its content does not. */
const readContent = async (tar: AsyncIterable<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder('latin1')
  let text = ''
  for await (const part of tar) text += decoder.decode(part, { stream: true })
  return text.slice(512).replace(/\0+$/, '')
}
