import type { Duplex } from 'node:stream'
import { readAll } from '../../wire/read-body.ts'
import type { Ask } from './ask.ts'
import type { EngineConnection } from './engine-connection.ts'

type CreateContainer = {
  readonly name: string
  readonly platform: string | undefined
  readonly body: object
  readonly signal: AbortSignal | undefined
}

/** The calls that do not go through dockerode. No other file names a path of the engine's API. */
export type CallsBeside = {
  /** dockerode's method keeps the id of the answer and drops the warnings. */
  createContainer(
    ask: CreateContainer,
  ): Promise<{ readonly Id: string; readonly Warnings?: readonly string[] | null | undefined }>
  /** dockerode's method drops the signal, so that a registry that hangs could not be left. */
  askDigest(
    reference: string,
    ask: { readonly auth: { readonly base64: string } | undefined; readonly signal: AbortSignal | undefined },
  ): Promise<{ readonly Descriptor: { readonly digest: string } }>
  /** dockerode has no method. */
  cancelBuild(id: string, signal: AbortSignal): Promise<void>
  /** dockerode's session speaks gRPC by a library of 413 KB, and can neither give folders nor secrets nor ssh. */
  openSession(headers: Exclude<Ask['headers'], undefined>, signal: AbortSignal | undefined): Promise<Duplex>
  /** dockerode has no method. */
  openBuildkit(signal: AbortSignal | undefined): Promise<Duplex>
}

export const createCallsBeside = ({ open, hijack }: EngineConnection): CallsBeside => {
  const ask = async <T>(request: Ask): Promise<T> =>
    JSON.parse((await readAll(await open(request), request.signal)).toString('utf8')) as T
  return {
    createContainer: ({ body, signal, ...query }) =>
      ask({ method: 'POST', path: '/containers/create', query, json: body, signal }),
    askDigest: (reference, { auth, signal }) => {
      const headers: Ask['headers'] = auth === undefined ? {} : { 'x-registry-auth': auth.base64 }
      return ask({ method: 'GET', path: `/distribution/${encodeURI(reference)}/json`, headers, signal })
    },
    cancelBuild: async (id, signal) => {
      await readAll(await open({ method: 'POST', path: '/build/cancel', query: { id }, signal }), signal)
    },
    openSession: (headers, signal) => hijack({ method: 'POST', path: '/session', protocol: 'h2c', headers, signal }),
    openBuildkit: (signal) => hijack({ method: 'POST', path: '/grpc', protocol: 'h2c', signal }),
  }
}
