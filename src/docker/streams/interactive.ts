import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type {
  ContainerRuntime,
  ExecSession,
  ExecSpec,
  InteractiveStream,
} from '../../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { demuxFrames, passRaw } from './demux.ts'
import { guard, guardStream } from '../connection/guard.ts'
import { toError } from '../../wire/http-transport.ts'
import { isAtLeast } from '../connection/negotiate.ts'
import { readAll, readChunks } from '../../wire/read-body.ts'

type InteractiveCalls = Pick<ContainerRuntime, 'exec' | 'attach'>

/** Both take the connection over: only so can the input end while output still comes. */
export const createInteractiveCalls = (client: DockerClient): InteractiveCalls => ({
  exec: (id, spec, { signal } = {}) =>
    guard(
      client,
      { what: `run a command in container ${shorten(id)}`, subject: `container ${shorten(id)}`, signal },
      async () => {
        const { api } = await client.negotiated(signal)
        const size: Pick<Docker.ExecCreateOptions, 'ConsoleSize'> =
          spec.size === undefined || !isAtLeast(api, 1, 42) ? {} : { ConsoleSize: [spec.size.rows, spec.size.columns] }
        const container = client.docker.getContainer(id)
        const exec = await container.exec(withSignal(signal, { ...toExecBody(spec), ...size }))
        const { tty = false, detach = false } = spec
        const socket = await exec.start(
          withSignal(signal, { Detach: detach, Tty: tty, ...(detach ? {} : { hijack: true, ...size }) }),
        )
        if (!detach) return toExecSession(client, exec, toInteractive(client, { socket, tty, signal }))
        await readAll(socket, signal)
        return toExecSession(client, exec, silentStream())
      },
    ),
  attach: (id, { stdin, tty, logs = false }, { signal } = {}) =>
    guard(
      client,
      { what: `attach to container ${shorten(id)}`, subject: `container ${shorten(id)}`, signal },
      async () => {
        const options = { stream: true, stdout: true, stderr: true, stdin, logs, hijack: true as const }
        const socket = await client.docker.getContainer(id).attach(withSignal(signal, options))
        return toInteractive(client, { socket, tty, signal })
      },
    ),
})

const toExecBody = (spec: ExecSpec): Docker.ExecCreateOptions => ({
  Cmd: [...spec.command],
  AttachStdin: spec.stdin ?? false,
  AttachStdout: spec.detach !== true,
  AttachStderr: spec.detach !== true,
  Tty: spec.tty ?? false,
  Privileged: spec.privileged ?? false,
  ...(spec.user === undefined ? {} : { User: spec.user }),
  ...(spec.workingDir === undefined ? {} : { WorkingDir: spec.workingDir }),
  ...(spec.environment === undefined ? {} : { Env: [...spec.environment] }),
})

type Hijacked = { readonly socket: Duplex; readonly tty: boolean; readonly signal: AbortSignal | undefined }

const toInteractive = (client: DockerClient, { socket, tty, signal }: Hijacked): InteractiveStream => {
  const abort = () => socket.destroy(toError(signal?.reason))
  signal?.addEventListener('abort', abort, { once: true })
  socket.once('close', () => signal?.removeEventListener('abort', abort))
  socket.on('error', () => undefined) // the reader of the output gets it; a writer has nobody to tell
  if (signal?.aborted === true) abort()
  return {
    output: guardStream(client, { what: 'pass on what a process writes', signal }, () => {
      const chunks = readChunks(socket, signal)
      return tty ? passRaw(chunks) : demuxFrames(chunks)
    }),
    write: (data) => !socket.writable || socket.write(data),
    // A process that reads no more, or has ended, takes all that comes: there is nobody to wait for.
    drained: () =>
      socket.writable && socket.writableNeedDrain ? waitForEither(socket, ['drain', 'close']) : Promise.resolve(),
    endInput: () => void (socket.writable && socket.end()),
    close: () => void socket.destroy(),
  }
}

/** Leaves no listener behind: a long transfer waits many times. */
const waitForEither = (socket: Duplex, events: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      events.forEach((event) => socket.off(event, done))
      resolve()
    }
    events.forEach((event) => socket.on(event, done))
  })

const toExecSession = (client: DockerClient, exec: Docker.Exec, stream: InteractiveStream): ExecSession => ({
  ...stream,
  id: exec.id,
  exitCode: ({ signal } = {}) =>
    guard(client, { what: 'say how a command ended', signal }, async () => {
      // The stream may end a moment before the engine has noted the exit.
      for (let pause = 1; ; pause = Math.min(pause * 2, 100)) {
        const { ExitCode, Running } = await exec.inspect(withSignal(signal, {}))
        if (!Running && ExitCode !== null) return ExitCode
        await pauseFor(pause)
      }
    }),
})

const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const silentStream = (): InteractiveStream => ({
  output: (async function* () {})(),
  write: () => true,
  drained: async () => undefined,
  endInput: () => undefined,
  close: () => undefined,
})
