import type { ContainerFiles } from '../container-files.ts'
import { openShellWay, type ContainerFilesDeps, type OpenWay } from './open-way.ts'
import { ShellEnded } from './shell-session.ts'
import type { Way } from './shell-way.ts'

/**
 * The files of one container that runs, through a shell in it. It is opened at the first call, and again when it has ended,
 * as it does with the container's process. A call that was under way then is tried once more.
 */
export const createContainerFiles = (deps: ContainerFilesDeps, container: string): ContainerFiles => {
  let opening: Promise<OpenWay> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  const open = (): Promise<OpenWay> => {
    opening ??= openWay(deps, container)
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
      if (deps.signal.aborted || isClosed || !(error instanceof ShellEnded)) throw error
      return call(await current())
    }
  }
  const enqueue = <T>(call: (way: Way) => Promise<T>): Promise<T> => {
    const done = last.then(() => attempt(call))
    last = done.catch(() => {})
    return done
  }
  return {
    warmUp: () => void open().catch(() => {}),
    apply: (frame) => enqueue((way) => way.apply(frame)),
    look: (root, paths) => enqueue((way) => way.look(root, paths)),
    digests: (root, paths) => enqueue((way) => way.digests(root, paths)),
    limits: () => enqueue((way) => way.limits()),
    close: () => {
      isClosed = true
      opening?.then(
        (way) => way.close(),
        () => {},
      )
    },
  }
}

const openWay = async (deps: ContainerFilesDeps, container: string): Promise<OpenWay> => {
  const way = await openShellWay(deps, container)
  if (way === undefined) throw new Error('no shell')
  return way
}
