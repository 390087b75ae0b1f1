import { StackError } from '../../core/errors/stack-error.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { describeUnreachable } from '../../wire/describe-unreachable.ts'
import type { HttpTransport } from '../../wire/http-transport.ts'
import { readAll } from '../../wire/read-body.ts'

/** The newest API that Stack was written against; newer engines are asked for this one. */
const NEWEST = { major: 1, minor: 51 }
/** What an engine speaks that does not say (older than 2016). */
const OLDEST = { major: 1, minor: 24 }
/** A local engine answers in under a millisecond; this is for one that hangs. */
const LOCAL_PING_MS = 10_000
const REMOTE_PING_MS = 30_000

export type ApiVersion = { readonly major: number; readonly minor: number }
export type Negotiated = {
  readonly api: ApiVersion
  /** `/v1.51` */
  readonly prefix: string
  /** The engine's own version: `28.5.2`. */
  readonly version: string
  readonly os: string
  readonly buildkit: boolean
  readonly podman: boolean
  readonly swarm: boolean
}

type NegotiateOptions = { readonly address: EngineAddress; readonly forced: string | undefined }

/** One `HEAD /_ping`: what its headers say of the engine, and the API version that both sides speak. */
export const negotiate = async (
  transport: HttpTransport,
  { address, forced }: NegotiateOptions,
): Promise<Negotiated> => {
  const limit = AbortSignal.timeout(
    address.kind === 'unix' || address.kind === 'npipe' ? LOCAL_PING_MS : REMOTE_PING_MS,
  )
  try {
    const response = await transport.request({ method: 'HEAD', path: '/_ping', signal: limit })
    await readAll(response, limit)
    const header = (name: string): string => String(response.headers[name] ?? '')
    const server = header('server')
    const api = parseApiVersion(forced ?? '') ?? lower(NEWEST, parseApiVersion(header('api-version')) ?? OLDEST)
    const os = header('ostype') || 'linux'
    const podman = server.startsWith('Libpod/') || header('libpod-api-version') !== ''
    return {
      api,
      prefix: `/v${api.major}.${api.minor}`,
      version: /^\w+\/([^\s(]+)/.exec(server)?.[1] ?? '',
      os,
      // Engines from 18.09 to 22 build with BuildKit when they are asked to, whatever they name as their default.
      buildkit: !podman && os === 'linux' && (header('builder-version') === '2' || isAtLeast(api, 1, 39)),
      podman,
      swarm: header('swarm').startsWith('active'),
    }
  } catch (error) {
    const why = limit.aborted ? 'it does not answer' : describeUnreachable(error as NodeJS.ErrnoException)
    throw new StackError(
      'engine/unreachable',
      { attempts: `  ${address.host} (${address.source}): ${why}` },
      { cause: error },
    )
  }
}

export const isAtLeast = (api: ApiVersion, major: number, minor: number): boolean =>
  api.major > major || (api.major === major && api.minor >= minor)

const lower = (a: ApiVersion, b: ApiVersion): ApiVersion => (isAtLeast(a, b.major, b.minor) ? b : a)

const parseApiVersion = (text: string): ApiVersion | undefined => {
  const found = /^v?(\d+)\.(\d+)$/.exec(text.trim())
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) }
}
