import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import Docker from 'dockerode'
import type { Query } from './ask.ts'
import type { Modem } from './modem.ts'

/** What an abort ends. */
type Abortable = { abortSignal?: AbortSignal }

/** What dockerode does and its types do not say; what an answer is where our modem hands it on as it comes. */
declare module 'dockerode' {
  interface DockerOptions {
    modem?: Modem
  }
  interface ImageBuildOptions {
    /** In place of the others, which allow one tag only. */
    _query?: Query
  }
  interface ImageInspectOptions extends Abortable {}
  interface NetworkConnectOptions extends Abortable {}
  interface ExecStartOptions {
    ConsoleSize?: [number, number]
  }
  interface Container {
    attach(options: ContainerAttachOptions & { hijack: true }): Promise<Duplex>
    getArchive(options: Abortable & { path: string }): Promise<IncomingMessage>
    infoArchive(options: Abortable & { path: string }): Promise<IncomingMessage>
    logs(options: ContainerLogsOptions): Promise<IncomingMessage>
    putArchive(
      file: Uint8Array | AsyncIterable<Uint8Array>,
      options: Abortable & { path: string; copyUIDGID?: boolean; noOverwriteDirNonDir?: boolean },
    ): Promise<unknown>
  }
  interface Network {
    inspect(options: Abortable): Promise<NetworkInspectInfo>
  }
}
/** dockerode, whose types know no options of these three. */
export type Dockerode = Docker & {
  info(options: Abortable): Promise<{
    readonly SystemTime?: string
    readonly DriverStatus?: readonly (readonly string[])[] | null
  }>
  version(options: Abortable): Promise<Docker.DockerVersion>
  ping(options: Abortable): Promise<unknown>
}

export const createDockerode = (modem: Modem): Dockerode => new Docker({ modem })
