import type { ContainerFiles } from '../container-files.ts'
import { createArchiveWay } from './archive-way.ts'
import { openShellWay, type ContainerFilesDeps, type OpenWay } from './open-way.ts'
import { isInterrupted } from './interruptions.ts'
import type { Way } from './shell-way.ts'

/**
 * The files of one container, through a shell in it; through the engine's archives where it has none, or does not run. The
 * shell is opened at the first call, and again when it has ended, as it does with the container's process. A call that was
 * under way then is tried once more.
 */
export const openContainerFiles = (
  deps: ContainerFilesDeps,
  container: string,
  { isRunning }: { readonly isRunning: boolean },
): ContainerFiles => {
  let opening: Promise<OpenWay> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  const open = (): Promise<OpenWay> => {
    opening ??= openWay(deps, container, isRunning)
    opening.catch(() => (opening = undefined))
    return opening
  }
  const current = async (): Promise<OpenWay> => {
    const way = await open()
    if (way.isOpen()) return way
    opening = undefined
    return open()
  }
  const attempt = async <T>(call: (way: Way) => Promise<T>): Promise<T> => {
    const way = await current()
    try {
      return await call(way)
    } catch (error) {
      if (deps.signal.aborted || isClosed || !isInterrupted(error, 'ShellEnded')) throw error
      return call(await current())
    }
  }
  const enqueue = <T>(call: () => Promise<T>): Promise<T> => {
    const done = last.then(call)
    last = done.catch(() => {})
    return done
  }
  return {
    warmUp: () => void open().catch(() => {}),
    apply: (frame) => enqueue(() => attempt((way) => way.apply(frame))),
    look: (root, paths) => enqueue(() => attempt((way) => way.look(root, paths))),
    digests: (root, paths) => enqueue(() => attempt((way) => way.digests(root, paths))),
    limits: (roots) => enqueue(() => attempt((way) => way.limits(roots))),
    close: () => {
      isClosed = true
      opening?.then(
        (way) => way.close(),
        () => {},
      )
    },
  }
}

const openWay = async (deps: ContainerFilesDeps, container: string, isRunning: boolean): Promise<OpenWay> => {
  const way = isRunning ? await openShellWay(deps, container) : { missing: [] }
  if (!('missing' in way)) return way
  const access = { runtime: deps.runtime, signal: deps.signal, container }
  return {
    ...createArchiveWay(access, { isRunning, missing: way.missing }),
    isOpen: () => true,
    close: () => {},
  }
}
