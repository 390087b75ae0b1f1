import type { PartState } from '../../core/events/event.ts'
import { isStackError } from '../../core/errors/stack-error.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { BuildProgress, TransferProgress } from '../ports/image-runtime.ts'
import { fetchContexts } from './build-contexts.ts'
import type { ActionOf, Performed, StepContext } from './context.ts'
import { requireProject } from './world.ts'

export const pullImage = async (action: ActionOf<'image/pull'>, context: StepContext): Promise<void> => {
  const { runtime, signal, world } = context
  const platform = action.platform === undefined ? {} : { platform: action.platform }
  try {
    const image = await context.retry(() =>
      runtime.pullImage(action.image, { signal, ...platform, onProgress: toTransferReport(context) }),
    )
    world.recordImage(action.image, image)
  } catch (error) {
    signal.throwIfAborted()
    if (action.optional !== true || !isStackError(error)) throw error
    context.warn(error.code, error.message)
  }
}

export const buildImage = async (action: ActionOf<'image/build'>, context: StepContext): Promise<void> => {
  const { runtime, signal, world } = context
  const project = requireProject(context.project)
  if (action.definition.build === undefined) return
  const build = await fetchContexts(action.definition.build, { ...context, environment: project.context.environment })
  await runtime.buildImage(
    {
      image: action.image,
      build,
      projectName: project.name,
      serviceName: action.service,
      secrets: project.secrets,
      directory: project.context.directory,
      environment: project.context.environment,
      labels: { ...build.labels, [label.project]: project.name, [label.service]: action.service },
      platforms: action.platforms,
      ...(build.no_cache === undefined ? {} : { noCache: build.no_cache }),
      ...(build.pull === undefined ? {} : { pull: build.pull }),
      serviceImages: Object.fromEntries(
        Object.keys(project.services).map((name) => [name, toImageReference(project, name)]),
      ),
    },
    { signal, onProgress: toBuildReport(context) },
  )
  const built = await runtime.inspectImage(action.image, { signal })
  if (built !== undefined) world.recordImage(action.image, built)
}

export const removeImage = async (action: ActionOf<'image/remove'>, context: StepContext): Promise<Performed> => {
  try {
    await context.retry(() => context.runtime.removeImage(action.image, { signal: context.signal }))
    return undefined
  } catch (error) {
    context.signal.throwIfAborted()
    // Another project may run it: as with networks and volumes, that is said and is no failure of `down`.
    if (!isStackError(error) || error.code !== 'engine/in-use') throw error
    context.warn(error.code, error.message, error.hint)
    return 'kept'
  }
}

const toTransferReport =
  ({ emit, step }: StepContext) =>
  (progress: TransferProgress): void => {
    emit({
      type: 'step/progressed',
      id: step,
      // The first line has the tag where others have a layer.
      ...(progress.layer === undefined || progress.status.startsWith('Pulling from ') ? {} : { part: progress.layer }),
      ...(progress.current === undefined ? {} : { done: progress.current, unit: 'bytes' as const }),
      ...(progress.total === undefined ? {} : { total: progress.total }),
      ...(progress.layer === undefined ? {} : toLayerState(progress.status)),
      note: progress.status,
    })
  }

/** In the engine's words. */
const toLayerState = (status: string): { readonly state?: PartState } => {
  if (status === 'Already exists') return { state: 'cached' }
  return status === 'Pull complete' ? { state: 'done' } : {}
}

/** What is sent in a moment, such as a Dockerfile, tells nobody how far a build is. */
const worthTelling = 1_000_000

const toBuildReport = ({ emit, step }: StepContext): ((progress: BuildProgress) => void) => {
  const count = createStepCount()
  return (progress) => {
    switch (progress.kind) {
      case 'step':
        if (count.read(progress)) emit({ type: 'step/progressed', id: step, ...count.sum(), unit: 'steps' })
        return emit({
          type: 'step/progressed',
          id: step,
          part: progress.id,
          name: progress.name,
          state: progress.error?.includes('context canceled') === true ? 'stopped' : progress.state,
          ...(progress.ms === undefined ? {} : { ms: progress.ms }),
          note: `${progress.state}: ${progress.name}${progress.error === undefined ? '' : `: ${progress.error}`}`,
        })
      case 'log':
        return emit({
          type: 'step/progressed',
          id: step,
          ...(progress.id === undefined ? {} : { part: progress.id }),
          output: true,
          note: progress.text,
        })
      case 'transfer':
        if (progress.current < worthTelling) return undefined
        return emit({
          type: 'step/progressed',
          id: step,
          part: progress.id,
          ...(progress.step === undefined ? {} : { within: progress.step }),
          done: progress.current,
          unit: 'bytes',
          ...(progress.total === undefined ? {} : { total: progress.total }),
        })
      default:
        return progress satisfies never
    }
  }
}

type StepCount = {
  /** Whether the sum is another one now. */
  read(progress: Extract<BuildProgress, { kind: 'step' }>): boolean
  sum(): { readonly done: number; readonly total: number }
}

/** A builder calls its steps `[3/7] RUN npm ci`, or with several stages `[build 3/7] …`: so it is known how many there are. */
const createStepCount = (): StepCount => {
  const totals = new Map<string, number>()
  const ended = new Set<string>()
  const sum: StepCount['sum'] = () => ({
    done: ended.size,
    total: [...totals.values()].reduce((all, one) => all + one, 0),
  })
  return {
    sum,
    read: ({ id, name, state }) => {
      const [, stage = '', total] = /^\[([^\]]*?)\s*\d+\/(\d+)\]/.exec(name) ?? []
      if (total === undefined) return false
      const before = sum()
      totals.set(stage, Number(total))
      if (state === 'done' || state === 'cached') ended.add(id)
      const now = sum()
      return before.done !== now.done || before.total !== now.total
    },
  }
}
