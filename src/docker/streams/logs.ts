import type { IncomingMessage } from 'node:http'
import type Docker from 'dockerode'
import type { ContainerRuntime, LogSpec } from '../../engine/ports/container-runtime.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { demuxBatches } from './demux.ts'
import { guardStream } from '../connection/guard.ts'
import { readLogFrames, readTtyLog } from './log-lines.ts'
import { isAtLeast } from '../connection/negotiate.ts'
import { readChunks } from '../../wire/read-body.ts'

/** Logs as whole lines. Nothing is read from the engine before the reader asks for more. */
export const createLogs =
  (client: DockerClient): ContainerRuntime['logs'] =>
  (id, spec, { signal } = {}) =>
    guardStream(
      client,
      { what: `show the logs of container ${shorten(id)}`, subject: `container ${shorten(id)}`, signal },
      async function* () {
        const stream = await client.docker.getContainer(id).logs(withSignal(signal, toLogOptions(spec)))
        const chunks = readChunks(stream, signal)
        yield* (await hasTty(client, { id, stream, signal })) ? readTtyLog(chunks) : readLogFrames(demuxBatches(chunks))
      },
    )

const toLogOptions = ({ follow, tail, since, until }: LogSpec): Docker.ContainerLogsOptions => {
  const toTime = (at: number | string | undefined) => (typeof at === 'number' ? at.toFixed(6) : at)
  return {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    tail,
    since: toTime(since),
    until: toTime(until),
  }
}

type TtyQuestion = { readonly id: string; readonly stream: IncomingMessage; readonly signal: AbortSignal | undefined }

/** From 1.42 on the engine says it with the answer's type. */
const hasTty = async (client: DockerClient, { id, stream, signal }: TtyQuestion): Promise<boolean> => {
  const type = stream.headers['content-type'] ?? ''
  if (type.includes('multiplexed')) return false
  const { api } = await client.negotiated(signal)
  if (isAtLeast(api, 1, 42) && type.includes('raw-stream')) return true
  const found = await client.docker.getContainer(id).inspect(withSignal(signal, {}))
  return found.Config.Tty
}
