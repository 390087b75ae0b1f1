import type { Duplex } from 'node:stream'
import { readAll } from '../../wire/read-body.ts'
import { toReferencePath } from '../registry/image-reference.ts'
import type * as Answers from './answers.ts'
import type { CreatedContainer, Distribution, VolumeUsage } from './answers.ts'
import type { Ask } from './ask.ts'
import type { EngineConnection } from './engine-connection.ts'

type Answers = typeof Answers

type CreateContainer = {
  readonly name: string
  readonly platform: string | undefined
  readonly body: object
  readonly signal: AbortSignal | undefined
}

/** The calls that do not go through dockerode. No other file names a path of the engine's API. */
export type CallsBeside = {
  /** dockerode's method keeps the id of the answer and drops the warnings. */
  createContainer(ask: CreateContainer): Promise<CreatedContainer>
  /** dockerode's method drops the signal, so that a registry that hangs could not be left. */
  askDigest(
    reference: string,
    ask: { readonly auth: { readonly base64: string } | undefined; readonly signal: AbortSignal | undefined },
  ): Promise<Distribution>
  /** dockerode's method knows no kinds, so that images, containers and the build cache are gone through as well. */
  measureVolumes(signal: AbortSignal | undefined): Promise<VolumeUsage>
  /** dockerode has no method. */
  cancelBuild(id: string, signal: AbortSignal): Promise<void>
  /** dockerode's session speaks gRPC by a library of 413 KB, and can neither give folders nor secrets nor ssh. */
  openSession(headers: Exclude<Ask['headers'], undefined>, signal: AbortSignal | undefined): Promise<Duplex>
  /** dockerode has no method. */
  openBuildkit(signal: AbortSignal | undefined): Promise<Duplex>
}

export const createCallsBeside = ({ open, hijack }: EngineConnection): CallsBeside => {
  /** What reads the answer is loaded while the engine works. */
  const ask = async (request: Ask): Promise<{ readonly json: string; readonly answers: Answers }> => {
    const [stream, answers] = await Promise.all([open(request), import('./answers.ts')])
    return { json: (await readAll(stream, request.signal)).toString('utf8'), answers }
  }
  return {
    createContainer: async ({ body, signal, ...query }) => {
      const { json, answers } = await ask({ method: 'POST', path: '/containers/create', query, json: body, signal })
      return answers.readCreated(json)
    },
    askDigest: async (reference, { auth, signal }) => {
      const headers: Ask['headers'] = auth === undefined ? {} : { 'x-registry-auth': auth.base64 }
      const { json, answers } = await ask({
        method: 'GET',
        path: `/distribution/${toReferencePath(reference)}/json`,
        headers,
        signal,
      })
      return answers.readDistribution(json)
    },
    measureVolumes: async (signal) => {
      const { json, answers } = await ask({ method: 'GET', path: '/system/df', query: { type: 'volume' }, signal })
      return answers.readVolumeUsage(json)
    },
    cancelBuild: async (id, signal) => {
      await readAll(await open({ method: 'POST', path: '/build/cancel', query: { id }, signal }), signal)
    },
    openSession: (headers, signal) => hijack({ method: 'POST', path: '/session', protocol: 'h2c', headers, signal }),
    openBuildkit: (signal) => hijack({ method: 'POST', path: '/grpc', protocol: 'h2c', signal }),
  }
}
