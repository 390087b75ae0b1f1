import { Buffer } from 'node:buffer'
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { randomBytes } from 'node:crypto'
import type { BuildSpec } from '../../../engine/ports/image-runtime.ts'
import { parseBytes } from '../../../core/project/units.ts'
import type { DockerClient } from '../../connection/client.ts'
import type { BuildRun } from '../build-run.ts'
import { needsImageStore, toAttestations } from '../image-store.ts'
import { openBuildSession } from '../session/build-session.ts'
import { readBuildTrace } from '../build-trace.ts'
import { toFolders } from '../build-with-engine.ts'
import { frameGrpc, readGrpcMessages } from '../session/grpc-server.ts'
import { readFields, readString, writeMessage, writeNested, writeStringMap } from '../session/protobuf.ts'

/** What `POST /build` cannot express and BuildKit's own API can. */
export const needsSolve = (spec: BuildSpec): boolean => {
  const {
    additional_contexts = {},
    cache_to = [],
    no_cache_filter = [],
    entitlements = [],
    privileged = false,
  } = spec.build
  return (
    needsImageStore(spec) ||
    Object.keys(additional_contexts).length > 0 ||
    cache_to.length > 0 ||
    no_cache_filter.length > 0 ||
    entitlements.length > 0 ||
    privileged ||
    hasTypedCache(spec.build.cache_from)
  )
}

const hasTypedCache = (entries: readonly string[] = []): boolean =>
  entries.some((entry) => /(?:^|,)type=(?!registry(?:,|$))/.test(entry))

/** `moby.buildkit.v1.Control/Solve` over the engine's `/grpc`. @returns the id of the image */
export const solveBuild = async (client: DockerClient, run: BuildRun): Promise<string> => {
  const { plan, signal } = run
  const session = await openBuildSession(client, {
    folders: toFolders(run),
    secrets: plan.secrets,
    ssh: run.ssh,
    sharedKey: plan.sharedKey,
    signal,
  })
  const socket = await client.beside.openBuildkit(signal)
  const control = connect('http://engine', { createConnection: () => socket })
  const abort = () => control.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  control.on('error', () => undefined)
  try {
    const ref = randomBytes(16).toString('hex')
    const status = followStatus(control, { ref, run })
    const [answer] = await Promise.all([
      callGrpc(control, {
        path: '/moby.buildkit.v1.Control/Solve',
        message: toSolveRequest(run, { ref, session: session.id }),
      }),
      status,
    ])
    return readImageId(answer)
  } finally {
    signal?.removeEventListener('abort', abort)
    control.destroy()
    session.close()
  }
}

const toSolveRequest = (
  run: BuildRun,
  { ref, session }: { readonly ref: string; readonly session: string },
): Buffer => {
  const { plan, spec } = run
  const { build } = spec
  const entitlements = [
    ...(build.network === 'host' ? ['network.host'] : []),
    ...(build.privileged === true ? ['security.insecure'] : []),
    ...(build.entitlements ?? []),
  ]
  const cache = Buffer.concat([
    ...(build.cache_to ?? []).map((entry) => writeNested(5, toCacheEntry(entry))),
    ...(build.cache_from ?? []).map((entry) => writeNested(6, toCacheEntry(entry))),
  ])
  return Buffer.concat([
    writeMessage([[1, ref]]),
    writeMessage([[3, 'moby']]),
    writeStringMap(4, { name: plan.tags.join(',') }),
    writeMessage([
      [5, session],
      [6, 'dockerfile.v0'],
    ]),
    writeStringMap(7, toFrontendAttributes(run, session)),
    ...(cache.length === 0 ? [] : [writeNested(8, cache)]),
    ...[...new Set(entitlements)].map((name) => writeMessage([[9, name]])),
  ])
}

const toFrontendAttributes = ({ plan, spec }: BuildRun, session: string): Record<string, string> => {
  const { build } = spec
  const shm = build.shm_size === undefined ? undefined : parseBytes(build.shm_size)
  const platform = spec.platforms?.join(',') ?? ''
  const noCache = (spec.noCache ?? build.no_cache) === true ? '' : build.no_cache_filter?.join(',')
  const prefixed = (prefix: string, map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [prefix + key, value]))
  const named = Object.entries(plan.contexts).flatMap(([name, context]): [string, string][] =>
    'address' in context
      ? [[`context:${name}`, context.address]]
      : [
          [`context:${name}`, `local:${name}`],
          [`local-sessionid:${name}`, session],
        ],
  )
  return {
    filename: plan.dockerfile,
    ...(plan.remote === undefined ? {} : { context: plan.remote }),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...prefixed('build-arg:', plan.args),
    ...prefixed('label:', plan.labels),
    ...Object.fromEntries(named),
    ...(noCache === undefined ? {} : { 'no-cache': noCache }),
    // Without it the registry is asked even for images that are here.
    'image-resolve-mode': (spec.pull ?? build.pull) === true ? 'pull' : 'default',
    ...(platform === '' ? {} : { platform }),
    ...prefixed('attest:', toAttestations(spec)),
    ...(build.network === undefined ? {} : { 'force-network-mode': build.network }),
    ...(build.extra_hosts === undefined
      ? {}
      : { 'add-hosts': build.extra_hosts.map((entry) => entry.replace(':', '=')).join(',') }),
    ...(shm === undefined ? {} : { 'shm-size': String(shm) }),
    ...(build.ulimits === undefined
      ? {}
      : {
          ulimit: Object.entries(build.ulimits)
            .map(([name, limit]) =>
              typeof limit === 'number' ? `${name}=${limit}:${limit}` : `${name}=${limit.soft}:${limit.hard}`,
            )
            .join(','),
        }),
  }
}

/** `type=registry,ref=…,mode=max`; a bare image is `type=registry`. */
const toCacheEntry = (entry: string): Buffer => {
  const attributes = entry.includes('=')
    ? Object.fromEntries(entry.split(',').map((part) => part.split(/=(.*)/s).slice(0, 2) as [string, string]))
    : { type: 'registry', ref: entry }
  const { type = 'registry', ...others } = attributes as Record<string, string>
  return Buffer.concat([writeMessage([[1, type]]), writeStringMap(2, others)])
}

type Call = { readonly path: string; readonly message: Buffer }

const startCall = (control: ClientHttp2Session, { path, message }: Call): ClientHttp2Stream => {
  const stream = control.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.end(frameGrpc(message))
  return stream
}

/** @throws an Error with the status message of the call when it is not OK, or when it was cut before it had one */
const readCall = async function* (stream: ClientHttp2Stream): AsyncGenerator<Buffer> {
  let status: string | undefined
  let text = ''
  const note = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] === undefined) return
    status = String(headers['grpc-status'])
    text = decodeURIComponent(String(headers['grpc-message'] ?? ''))
  }
  stream.on('response', note).on('trailers', note)
  yield* readGrpcMessages(stream)
  if (status === undefined) throw Object.assign(new Error('the call was cut'), { code: 'ECONNRESET' })
  if (status !== '0') throw new Error(text || `status ${status}`)
}

const callGrpc = async (control: ClientHttp2Session, call: Call): Promise<Buffer> => {
  let answer: Buffer = Buffer.alloc(0)
  for await (const message of readCall(startCall(control, call))) answer = message
  return answer
}

const followStatus = async (
  control: ClientHttp2Session,
  { ref, run }: { readonly ref: string; readonly run: BuildRun },
): Promise<void> => {
  try {
    const stream = startCall(control, { path: '/moby.buildkit.v1.Control/Status', message: writeMessage([[1, ref]]) })
    for await (const message of readCall(stream)) run.follower.trace(readBuildTrace(message))
  } catch {
    // Of a build that fails, the call that builds tells why.
  }
}

/** `SolveResponse.ExporterResponse`, a map. */
const readImageId = (answer: Buffer): string => {
  const response = new Map<string, string>()
  for (const { number, bytes } of readFields(answer))
    if (number === 1) response.set(readString(bytes, 1), readString(bytes, 2))
  return response.get('containerimage.digest') ?? response.get('containerimage.config.digest') ?? ''
}
