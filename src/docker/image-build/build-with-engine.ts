import { Buffer } from 'node:buffer'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { readBuildMessage, type BuildMessage } from '../connection/answers.ts'
import { readLines } from '../../wire/read-body.ts'
import { toSafeText } from '../../wire/safe-text.ts'
import type { BuildRun } from './build-run.ts'
import { toBuildQuery } from './build-query.ts'
import { openBuildSession } from './session/build-session.ts'
import { readBuildTrace } from './build-trace.ts'
import type { SharedFolder } from './session/file-sync.ts'

/** `POST /build?version=2`: the engine's own door to BuildKit. @returns the id of the image */
export const buildWithEngine = async (client: DockerClient, run: BuildRun): Promise<string> => {
  const { spec, plan, signal } = run
  const session = await openBuildSession(client, {
    folders: toFolders(run),
    secrets: plan.secrets,
    ssh: run.ssh,
    sharedKey: plan.sharedKey,
    signal,
  })
  try {
    const query = {
      ...toBuildQuery(spec, plan),
      version: 2,
      session: session.id,
      buildid: session.id,
      remote: plan.remote ?? 'client-session',
    }
    // No archive: the engine asks the session for what it needs.
    const stream = await client.docker.buildImage('', withSignal(signal, { _query: query }))
    return await followBuild(readLines(stream, readBuildMessage, signal), run)
  } finally {
    session.close()
    if (signal?.aborted === true) await cancelBuild(client, session.id)
  }
}

export const toFolders = ({ plan }: BuildRun): Readonly<Record<string, SharedFolder>> => {
  const named = Object.entries(plan.contexts).flatMap(([name, context]) =>
    'folder' in context ? [[name, { path: context.folder }] as const] : [],
  )
  return {
    ...(plan.context === undefined ? {} : { context: { path: plan.context } }),
    ...(plan.dockerfileFolder === undefined ? {} : { dockerfile: plan.dockerfileFolder }),
    ...Object.fromEntries(named),
  }
}

export const followBuild = async (
  messages: AsyncIterable<BuildMessage>,
  { follower, onProgress, buildkit }: BuildRun,
): Promise<string> => {
  let imageId = ''
  const output = createLines((text) => onProgress({ kind: 'log', text }))
  try {
    for await (const message of messages) {
      const failure = message.errorDetail?.message ?? message.error
      if (failure !== undefined) throw new Error(failure)
      if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string')
        follower.trace(readBuildTrace(Buffer.from(message.aux, 'base64')))
      else if (typeof message.aux === 'object') imageId = message.aux.ID ?? imageId
      // With BuildKit this is only "Successfully tagged"; of the old builder it is all there is.
      else if (!buildkit && message.stream !== undefined) output.write(message.stream)
    }
  } finally {
    output.end()
  }
  if (imageId === '') throw new Error('the engine ended the build without an image')
  return imageId
}

/** The old builder hands on what a program writes in the pieces in which it comes: whole lines, without empty ones. */
const createLines = (say: (line: string) => void): { write(text: string): void; end(): void } => {
  let partial = ''
  const sayUnlessEmpty = (line: string): void => {
    if (line.trim() !== '') say(toSafeText(line.trimEnd(), false))
  }
  return {
    write(text) {
      const lines = (partial + text).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) sayUnlessEmpty(line)
    },
    end() {
      sayUnlessEmpty(partial)
    },
  }
}

/** Closing the connection alone lets a step that runs go on. */
const cancelBuild = async (client: DockerClient, id: string): Promise<void> => {
  await client.beside.cancelBuild(id, AbortSignal.timeout(2_000)).catch(() => undefined)
}
