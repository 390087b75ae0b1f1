import { isStackError } from '../../core/errors/stack-error.ts'
import { parentOf, nameOf } from '../sync/paths.ts'
import type { ContainerSpec } from '../ports/container-runtime.ts'
import type { StepContext } from './context.ts'

/** Folders that a package manager fills, and the files beside and in them that say with what; the first that is there counts. */
const lockFiles: Readonly<Record<string, readonly string[]>> = {
  node_modules: [
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'bun.lock',
    'bun.lockb',
    // Of an image whose build took its lock file from elsewhere: what the package manager wrote down.
    'node_modules/.package-lock.json',
    'node_modules/.yarn-integrity',
    'package.json',
  ],
  vendor: ['composer.lock', 'Gemfile.lock', 'go.sum'],
  '.venv': ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'requirements.txt'],
  venv: ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'requirements.txt'],
  deps: ['mix.lock'],
}

/**
 * Of the anonymous volumes that a replacement would take over, those that hold packages of an older lock file: the image
 * has been built with others since, and the old volume would hide them. Compares the lock files of the two images, in
 * containers that are made of them for this, with nothing mounted, and never started: in the containers of the service a
 * bind mount of the project's folder lies over both, and shows the same file twice.
 */
export const selectOutdated = async (
  context: StepContext,
  {
    oldImage,
    spec,
    targets,
  }: { readonly oldImage: string; readonly spec: ContainerSpec; readonly targets: readonly string[] },
): Promise<ReadonlySet<string>> => {
  const suspects = targets.filter((target) => lockFiles[nameOf(target)] !== undefined)
  if (suspects.length === 0) return new Set()
  const [before, now] = await Promise.all([
    readImage(context, toLook(spec, { image: oldImage, suffix: 'before' }), suspects),
    readImage(context, toLook(spec, { image: spec.image, suffix: 'now' }), suspects),
  ])
  if (before === undefined || now === undefined) return new Set()
  return new Set(suspects.filter((_target, index) => before[index] !== now[index]))
}

/** Of the service no more than what makes the image run: should we end here, its label makes the next run remove it. */
const toLook = (
  spec: ContainerSpec,
  { image, suffix }: { readonly image: string; readonly suffix: string },
): ContainerSpec => {
  const { command, entrypoint, platform } = spec.service
  // An image that is named by its id is of one platform, whichever the service asks for by now.
  const isNamed = image === spec.image
  return {
    name: `${spec.name}_${suffix}`,
    project: spec.project,
    serviceName: spec.serviceName,
    labels: spec.labels,
    image,
    service: {
      command,
      entrypoint,
      network_mode: 'none',
      ...(platform === undefined || !isNamed ? {} : { platform }),
    },
    networkNames: {},
    containersOf: {},
  }
}

/** The lock file beside each target; undefined for an image that is gone, of which nothing can be said. */
const readImage = async (
  context: StepContext,
  spec: ContainerSpec,
  targets: readonly string[],
): Promise<readonly string[] | undefined> => {
  const { runtime, signal } = context
  const created = await runtime.createContainer(spec, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    if (isStackError(error) && error.code === 'engine/image-missing') return undefined
    throw error
  })
  if (created === undefined) return undefined
  try {
    return await Promise.all(targets.map((target) => readLocks(context, created.id, target)))
  } finally {
    await runtime.removeContainer(created.id, { force: true, anonymousVolumes: true })
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
