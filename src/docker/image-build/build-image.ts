import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { BuildProgress, BuildSpec } from '../../engine/ports/image-runtime.ts'
import type { EngineFailure } from '../connection/ask.ts'
import type { DockerClient } from '../connection/client.ts'
import { readProxyEnvironment } from '../proxy-environment.ts'
import { translateError } from '../connection/translate-error.ts'
import { buildClassic } from './build-classic.ts'
import { createBuildFollower } from './build-follower.ts'
import { createArgumentMask, maskProgress } from './mask-arguments.ts'
import type { BuildRun } from './build-run.ts'
import { needsImageStore, readImageStore } from './image-store.ts'
import { planBuild, type BuildPlan } from './build-plan.ts'
import { buildWithEngine } from './build-with-engine.ts'
import { needsSolve, solveBuild } from './solve/solve-build.ts'
import { readSshSources } from './ssh/ssh-sources.ts'
import { refuseBuild } from './unsupported-build.ts'

export type BuildOptions = {
  readonly spec: BuildSpec
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BuildProgress) => void
}

/**
 * Builds one image with the engine's BuildKit over our own session (context by differences, secrets, ssh, credentials), or
 * with the old builder where there is no BuildKit.
 */
export const buildImage = async (
  client: DockerClient,
  { spec, signal, onProgress = () => undefined }: BuildOptions,
): Promise<{ readonly imageId: string }> => {
  signal?.throwIfAborted()
  const negotiated = await client.negotiated(signal)
  const { buildkit } = negotiated
  refuseBuild(spec, { ...negotiated, store: needsImageStore(spec) ? await readImageStore(client, signal) : 'classic' })
  const plan = planBuild(spec, { proxies: await readProxyEnvironment(client) })
  await checkPlaces(spec, plan)
  const ssh = await readSshSources(plan.sshPaths, spec.serviceName)
  const mask = createArgumentMask(plan.args)
  const tell = maskProgress(mask, onProgress)
  const run: BuildRun = { spec, plan, buildkit, ssh, follower: createBuildFollower(tell), onProgress: tell, signal }
  try {
    if (!buildkit) return { imageId: await buildClassic(client, run) }
    return { imageId: needsSolve(spec) ? await solveBuild(client, run) : await buildWithEngine(client, run) }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw toBuildError(client, { error, run, mask })
  }
}

/** BuildKit's own words for a folder that is not there name none. */
const checkPlaces = async ({ serviceName }: BuildSpec, plan: BuildPlan): Promise<void> => {
  const folder = plan.dockerfileFolder
  const places = [
    ...(plan.context === undefined ? [] : [['build context', plan.context]]),
    ...(folder === undefined || 'files' in folder ? [] : [['Dockerfile', join(folder.path, plan.dockerfile)]]),
    ...Object.entries(plan.contexts).flatMap(([name, context]) =>
      'folder' in context ? [[`context "${name}"`, context.folder]] : [],
    ),
  ]
  for (const [what = '', path = ''] of places) {
    if (!(await exists(path)))
      throw new StackError('engine/build-failed', {
        what: `service "${serviceName}"`,
        why: `its ${what} ${path} does not exist.`,
        output: '',
      })
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const toBuildError = (
  client: DockerClient,
  { error, run, mask }: { readonly error: unknown; readonly run: BuildRun; readonly mask: (text: string) => string },
): StackError => {
  if (isStackError(error)) return error
  const translated = translateError(error, { what: `build ${run.spec.serviceName}`, address: client.address })
  if (translated.code !== 'engine/refused' && translated.code !== 'engine/not-found') return translated
  const failure = run.follower.failure()
  return new StackError(
    'engine/build-failed',
    {
      what: `service "${run.spec.serviceName}"`,
      ...(failure === undefined ? {} : { step: mask(failure.step) }),
      why: mask(toReason(failure?.error ?? (error as EngineFailure).message)),
      output: failure?.output ?? '',
    },
    { cause: error },
  )
}

/** BuildKit wraps the reason into what it was doing: only its end is for people. */
const toReason = (message: string): string => {
  const exit = /(?:did not complete successfully|executor failed running .*): (exit code: \d+)/s.exec(message)?.[1]
  return (
    exit ??
    message
      .replace(/^failed to solve: /, '')
      .replace(/^(?:rpc error: code = \w+ desc = )+/, '')
      .replace(/^failed to solve with frontend [\w.]+: /, '')
  )
}
