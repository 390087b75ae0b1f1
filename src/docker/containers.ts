import type { ContainerRuntime } from '../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from './connection/client.ts'
import { accept, guard, orUndefined } from './connection/guard.ts'
import { toContainerDetails, toObservedContainer } from './to-observed-container.ts'

type ContainerCalls = Pick<
  ContainerRuntime,
  | 'listContainers'
  | 'inspectContainer'
  | 'stopContainer'
  | 'killContainer'
  | 'restartContainer'
  | 'removeContainer'
  | 'renameContainer'
  | 'pauseContainer'
  | 'unpauseContainer'
  | 'waitContainer'
  | 'resizeTty'
  | 'top'
>

const NOT_MODIFIED = 304
const NOT_FOUND = 404
const CONFLICT = 409

/** The plain calls on containers; create and start, files, streams and statistics have files of their own. */
// oxlint-disable-next-line max-lines-per-function -- a table of calls
export const createContainerCalls = (client: DockerClient): ContainerCalls => {
  const { docker } = client
  return {
    listContainers: ({ project, labels = [] }, { signal } = {}) =>
      guard(client, { what: 'list containers', signal }, async () => {
        const label = [...(project === undefined ? [] : [`com.docker.compose.project=${project}`]), ...labels]
        const query = { all: true, ...(label.length === 0 ? {} : { filters: { label } }) }
        const listed = await docker.listContainers(withSignal(signal, query))
        const containers = listed.map(toObservedContainer)
        for (const { id, name } of containers) client.names.learn(id, name)
        return containers
      }),
    inspectContainer: (id, { signal } = {}) =>
      guard(client, { what: `inspect container ${shorten(id)}`, signal }, async () => {
        const found = await orUndefined(docker.getContainer(id).inspect(withSignal(signal, {})))
        return found === undefined ? undefined : toContainerDetails(found)
      }),
    stopContainer: (id, { graceSeconds, onExit, signal } = {}) =>
      guard(client, { what: `stop container ${shorten(id)}`, signal }, async () => {
        const watch = onExit === undefined ? undefined : await watchExit(client, { id, onExit, signal })
        await accept(
          [NOT_MODIFIED, NOT_FOUND],
          docker.getContainer(id).stop(withSignal(signal, graceSeconds === undefined ? {} : { t: graceSeconds })),
        ).finally(watch)
      }),
    killContainer: (id, { killSignal, signal } = {}) =>
      guard(client, { what: `send a signal to container ${shorten(id)}`, signal }, () =>
        // 409: it is not running.
        accept([NOT_FOUND, CONFLICT], docker.getContainer(id).kill(withSignal(signal, { signal: killSignal }))),
      ),
    restartContainer: (id, { graceSeconds, signal } = {}) =>
      guard(client, { what: `restart container ${shorten(id)}`, signal }, () =>
        docker
          .getContainer(id)
          .restart(withSignal(signal, graceSeconds === undefined ? {} : { t: graceSeconds }))
          .then(ignore),
      ),
    removeContainer: (id, { force, anonymousVolumes, signal } = {}) =>
      guard(client, { what: `remove container ${shorten(id)}`, signal }, async () => {
        const removal = docker.getContainer(id).remove(withSignal(signal, { force, v: anonymousVolumes }))
        await removal.catch((error: Error & { statusCode?: number }) => {
          if (error.statusCode === NOT_FOUND) return
          // Somebody else (an auto-remove, an earlier run that was cut off) is at it: the outcome is what we wanted.
          if (error.statusCode === CONFLICT && /already in progress/.test(error.message))
            return waitUntilGone(client, id, signal)
          throw error
        })
      }),
    renameContainer: (id, name, { signal } = {}) =>
      guard(client, { what: `rename container ${shorten(id)} to ${name}`, signal }, () =>
        docker
          .getContainer(id)
          .rename(withSignal(signal, { name }))
          .then(() => client.names.learn(id, name)),
      ),
    pauseContainer: (id, { signal } = {}) =>
      guard(client, { what: `pause container ${shorten(id)}`, signal }, () =>
        ignoreAlready(/already paused/, docker.getContainer(id).pause(withSignal(signal, {}))),
      ),
    unpauseContainer: (id, { signal } = {}) =>
      guard(client, { what: `unpause container ${shorten(id)}`, signal }, () =>
        ignoreAlready(/is not paused/, docker.getContainer(id).unpause(withSignal(signal, {}))),
      ),
    waitContainer: (id, { condition = 'not-running', signal } = {}) =>
      guard(client, { what: `wait for container ${shorten(id)}`, signal }, async () => {
        const answer = await docker.getContainer(id).wait(withSignal(signal, { condition }))
        return { exitCode: answer.StatusCode }
      }),
    resizeTty: (target, { columns, rows }, { signal } = {}) =>
      guard(client, { what: 'resize a terminal', signal }, () => {
        const terminal = 'exec' in target ? docker.getExec(target.exec) : docker.getContainer(target.container)
        // The process may have ended meanwhile.
        return accept([NOT_FOUND, CONFLICT, 500], terminal.resize(withSignal(signal, { h: rows, w: columns })))
      }),
    top: (id, { signal } = {}) =>
      guard(client, { what: `list the processes of container ${shorten(id)}`, signal }, async () => {
        const answer = await docker.getContainer(id).top(withSignal(signal, {}))
        return { titles: answer.Titles, processes: answer.Processes ?? [] }
      }),
  }
}

export const shorten = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id)

const ignore = (): void => undefined

const ignoreAlready = async (pattern: RegExp, call: Promise<unknown>): Promise<void> => {
  await call.catch((error: Error) => {
    if (!pattern.test(error.message)) throw error
  })
}

/**
 * The engine ends attached streams when it has taken note that the process has ended (not when the process closes its
 * output), clears the container's networks away (some 50 ms of waiting for the kernel), and tells of the end only then.
 * @returns what ends the watching
 */
const watchExit = async (
  client: DockerClient,
  {
    id,
    onExit,
    signal,
  }: { readonly id: string; readonly onExit: () => void; readonly signal: AbortSignal | undefined },
): Promise<() => void> => {
  const options = withSignal(signal, { stream: true, stdout: true, hijack: true as const })
  const socket = await client.docker.getContainer(id).attach(options).catch(ignore)
  if (socket === undefined) return ignore
  socket.on('error', ignore).on('end', onExit).resume()
  return () => {
    socket.off('end', onExit)
    socket.destroy()
  }
}

const waitUntilGone = async (client: DockerClient, id: string, signal: AbortSignal | undefined): Promise<void> => {
  await accept([NOT_FOUND], client.docker.getContainer(id).wait(withSignal(signal, { condition: 'removed' as const })))
}
