import { StackError } from '../../core/errors/stack-error.ts'
import { label, toImageReference } from '../../core/project/identity.ts'
import type { Hook, Service } from '../../core/project/service.ts'
import type { ExecSpec } from '../ports/container-runtime.ts'
import { createLineReader } from '../line-reader.ts'
import type { ActionOf, StepContext } from './context.ts'
import { putObjects } from './copy-objects.ts'
import { toNetworkNames } from './create-container.ts'
import { requireProject } from './world.ts'
import { toSafeOutput } from '../../wire/safe-text.ts'

// How much of what a hook wrote is part of the error when it fails.
const lastLines = 10

/** A hook's command as one to be run in a container. */
export const toExecSpec = (hook: Hook): ExecSpec => ({
  command: hook.command ?? [],
  ...(hook.user === undefined ? {} : { user: hook.user }),
  ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
  ...(hook.privileged === undefined ? {} : { privileged: hook.privileged }),
  environment: toEnvironment(hook),
})

/** `post_start` and `pre_stop`: a command in the running container. What it writes is told as the service's log. */
export const execHook = async (action: ActionOf<'hook/exec'>, context: StepContext): Promise<void> => {
  const { clock, emit, runtime, signal, world } = context
  const { hook } = action
  const id = world.resolveContainer(action.container)
  const session = await runtime.exec(id, toExecSpec(hook), { signal })
  const seen: string[] = []
  const onLines = (stream: 'stdout' | 'stderr', lines: readonly string[]): void => {
    seen.push(...lines)
    seen.splice(0, seen.length - lastLines)
    const at = clock.now()
    emit({
      type: 'log/written',
      service: action.service,
      container: `${action.container.name} ${action.phase}`,
      stream,
      lines: lines.map((text) => ({ text, at })),
    })
  }
  const readers = {
    stdout: createLineReader((lines) => onLines('stdout', lines)),
    stderr: createLineReader((lines) => onLines('stderr', lines)),
  }
  try {
    for await (const chunk of session.output) readers[chunk.stream].write(chunk.data)
    readers.stdout.end()
    readers.stderr.end()
    const exitCode = await session.exitCode({ signal })
    if (exitCode !== 0)
      throw toHookFailure({ service: action.service, phase: action.phase, hook, exitCode, output: seen })
  } finally {
    session.close()
  }
}

/**
 * `pre_start`: a container of its own, beside the service, run to its end and removed. One that failed stays to be looked at;
 * one that could not be started, or that was left off, goes.
 */
export const runHook = async (action: ActionOf<'hook/run'>, context: StepContext): Promise<void> => {
  const { runtime, signal } = context
  const { name } = requireProject(context.project)
  const container = `${name}-${action.service}-pre_start-${action.index}`
  const left = (await runtime.listContainers({ project: name, labels: [`${hookLabel}=pre_start`] }, { signal })).filter(
    (one) => one.name === container,
  )
  for (const one of left)
    await context.retry(() => runtime.removeContainer(one.id, { signal, force: true, anonymousVolumes: true }))
  const id = await createHookContainer(action, context, container)
  const ended = await followHook({ id, name: container, service: action.service }, context).catch(
    async (error: unknown) => {
      // The signal that left it off must not leave it behind as well; whatever hinders this is no news beside the error.
      await runtime.removeContainer(id, { force: true, anonymousVolumes: true }).catch(() => undefined)
      throw error
    },
  )
  if (ended.exitCode !== 0)
    throw toHookFailure({ service: action.service, phase: 'pre_start', hook: action.hook, kept: container, ...ended })
  await context.retry(() => runtime.removeContainer(id, { signal, force: true, anonymousVolumes: true }))
}

const createHookContainer = async (
  { hook, definition, service: serviceName }: ActionOf<'hook/run'>,
  { runtime, signal, world, project: whole }: StepContext,
  name: string,
): Promise<string> => {
  const project = requireProject(whole)
  const service = toHookService(definition, hook)
  const { id } = await runtime.createContainer(
    {
      name,
      project,
      serviceName,
      service,
      image: hook.image ?? toImageReference(project, serviceName),
      labels: {
        ...definition.labels,
        [label.project]: project.name,
        [label.service]: serviceName,
        [label.oneOff]: 'True',
        [hookLabel]: 'pre_start',
        [label.version]: '2.40.3',
        [label.configHash]: '',
      },
      networkNames: toNetworkNames(project, service),
      containersOf: world.containersOf(),
      oneOff: { servicePorts: false, useAliases: false, autoRemove: false },
    },
    { signal },
  )
  return id
}

type HookContainer = { readonly id: string; readonly name: string; readonly service: string }

const followHook = async (
  { id, name, service }: HookContainer,
  context: StepContext,
): Promise<Pick<HookEnd, 'exitCode' | 'output'>> => {
  const { emit, runtime, signal } = context
  await putObjects(context, { id, name: service })
  await runtime.startContainer(id, { signal })
  const seen: string[] = []
  for await (const chunk of runtime.logs(id, { follow: true }, { signal })) {
    const lines = chunk.lines.map(({ text, at }) => ({ text, at }))
    seen.push(...lines.map((line) => line.text))
    seen.splice(0, seen.length - lastLines)
    emit({ type: 'log/written', service, container: name, stream: chunk.stream, lines })
  }
  const { exitCode } = await runtime.waitContainer(id, { signal })
  return { exitCode, output: seen }
}

const hookLabel = 'com.docker.compose.hook'

const toHookService = (service: Service, hook: Hook): Service => {
  const { healthcheck: _healthcheck, ports: _ports, container_name: _name, restart: _restart, ...most } = service
  const { logging, ...rest } = most
  return {
    ...rest,
    // What it writes is part of the error when it fails: it is kept although the service's own is not.
    ...(logging === undefined || logging.driver === 'none' ? {} : { logging }),
    ...(hook.image === undefined ? {} : { image: hook.image, entrypoint: null }),
    command: hook.command ?? service.command,
    ...(hook.user === undefined ? {} : { user: hook.user }),
    ...(hook.working_dir === undefined ? {} : { working_dir: hook.working_dir }),
    ...(hook.privileged === undefined ? {} : { privileged: hook.privileged }),
    environment: { ...service.environment, ...hook.environment },
  }
}

const toEnvironment = ({ environment }: Hook): readonly string[] =>
  Object.entries(environment ?? {}).map(([key, value]) => (value === null ? key : `${key}=${value}`))

type HookEnd = {
  readonly service: string
  readonly phase: string
  readonly hook: Hook
  readonly exitCode: number
  readonly output: readonly string[]
  readonly kept?: string
}

const toHookFailure = ({ hook, output, ...end }: HookEnd): StackError =>
  new StackError('hook/failed', {
    ...end,
    command: (hook.command ?? []).join(' '),
    output: toSafeOutput(output.join('\n')),
  })
