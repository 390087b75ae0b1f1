import { toExitText } from '../events/crash.ts'
import type { ContainerEntry, RaisedProblem, ServiceState, State, StepState } from './state.ts'

/**
 * How a service is doing, in one word and, where there is something to say, one reason. `tone` is for views:
 * good works · busy is on its way · bad needs somebody · done ran to its end as it should · calm is off on purpose.
 */
export type ServiceStatus = {
  readonly word: string
  readonly tone: Tone
  readonly reason?: string
  /** Since when, milliseconds since the epoch. */
  readonly since?: number
}

export type Tone = 'good' | 'busy' | 'bad' | 'done' | 'calm'

export const toServiceStatus = (state: State, service: ServiceState): ServiceStatus => {
  const steps = state.steps.filter((step) => step.service === service.name)
  const running = steps.find((step) => step.status === 'running' && verbs[step.kind] !== undefined)
  if (running !== undefined) return ofRunningStep(running)
  const loop = selectCrashLoop(state, service)
  if (loop !== undefined) return ofCrashLoop(loop)
  const failed = steps.find((step) => step.status === 'failed')
  const worst = worstOf(service)
  if (worst !== undefined && !isWaitingForRestart(worst, steps)) {
    return withFailure(withProblem(state, service, ofContainer(worst, service)), failed)
  }
  if (failed !== undefined)
    return { word: 'failed', tone: 'bad', ...(failed.problem === undefined ? {} : { reason: failed.problem.message }) }
  const skipped = steps.find((step) => step.status === 'skipped')
  if (skipped !== undefined) return { word: 'skipped', tone: 'calm', ...ofCause(state, skipped) }
  const waits = selectWaitsOf(state, service)
  if (waits.length > 0)
    return { word: 'waiting', tone: 'busy', reason: `for ${waits.map((wait) => wait.text).join(', ')}` }
  if (steps.some((step) => step.status === 'pending') || isStarting(state)) return { word: 'pending', tone: 'calm' }
  return { word: 'not running', tone: 'calm' }
}

type CrashLooping = RaisedProblem & Required<Pick<RaisedProblem, 'crash'>>

/** The problem that containers of the service end again and again, as long as it stands. */
export const selectCrashLoop = ({ problems }: State, { name }: ServiceState): CrashLooping | undefined =>
  problems.findLast((one): one is CrashLooping => one.service === name && one.crash !== undefined)

/** The same whether it runs at this moment or waits to be started again: else every look would find something else. */
const ofCrashLoop = ({ crash, at }: CrashLooping): ServiceStatus => ({
  word: `crash loop x${crash.crashes}`,
  tone: 'bad',
  since: crash.since ?? at,
  reason: [toExitText(crash), ...(crash.line === undefined ? [] : [crash.line])].join(': '),
})

const isStarting = ({ phase }: State) => phase === 'loading' || phase === 'planning' || phase === 'applying'

/** What is being done while a step of this kind runs; kinds that leave the word to the container are not in here. */
const verbs: Readonly<Record<string, string>> = {
  'image/pull': 'pulling',
  'image/build': 'building',
  'container/create': 'creating',
  'container/copy': 'creating',
  'container/start': 'starting',
  'container/stop': 'stopping',
  'container/kill': 'killing',
  'container/restart': 'restarting',
  'container/remove': 'removing',
  'container/rename': 'replacing',
  'container/pause': 'pausing',
  'container/unpause': 'resuming',
  'hook/run': 'hook',
  'hook/exec': 'hook',
  'model/provide': 'pulling',
  'provider/up': 'starting',
  'provider/stop': 'stopping',
  'provider/down': 'stopping',
}

export const toVerb = (kind: string) => verbs[kind]

const ofRunningStep = (step: StepState): ServiceStatus => {
  const reason = step.waiting?.note ?? step.progress?.note
  return {
    word: verbs[step.kind] ?? 'working',
    tone: 'busy',
    ...(reason === undefined ? {} : { reason }),
    ...(step.startedAt === undefined ? {} : { since: step.startedAt }),
  }
}

const badness = (container: ContainerEntry, service: ServiceState): number => {
  switch (container.state) {
    case 'dead':
      return 9
    case 'exited':
      return service.stopped ? 2 : container.exitCode === 0 ? 1 : 8
    case 'restarting':
      return 7
    case 'removing':
      return 4
    case 'paused':
      return 4
    case 'created':
      return 5
    case 'running':
      return container.health === 'unhealthy' ? 6 : container.health === 'starting' ? 3 : 0
  }
}

const worstOf = (service: ServiceState): ContainerEntry | undefined =>
  service.containers.reduce<ContainerEntry | undefined>(
    (worst, one) => (worst === undefined || badness(one, service) > badness(worst, service) ? one : worst),
    undefined,
  )

/** A container that is there but not to be looked at: it was made and its start is still to come. */
const isWaitingForRestart = (container: ContainerEntry, steps: readonly StepState[]) =>
  container.state !== 'running' &&
  steps.some((step) => (step.kind === 'container/start' || step.kind === 'container/create') && step.status !== 'done')

const ofContainer = (container: ContainerEntry, service: ServiceState): ServiceStatus => {
  const { since } = container
  switch (container.state) {
    case 'running':
      return ofRunning(container, service)
    case 'exited': {
      if (service.stopped) return { word: 'stopped', tone: 'calm', since }
      if (container.exitCode === 0) return { word: 'done', tone: 'done', since }
      const times = container.restarts === undefined || container.restarts === 0 ? '' : ` x${container.restarts + 1}`
      const why = container.outOfMemory === true ? { reason: 'its memory ran out' } : {}
      return { word: `exit ${container.exitCode ?? '?'}${times}`, tone: 'bad', since, ...why }
    }
    case 'restarting':
      return {
        word: 'restarting',
        tone: 'bad',
        since,
        reason: `${toEndText(container)}, the engine starts it again${container.restarts === undefined ? '' : ` (${container.restarts} times so far)`}`,
      }
    case 'created':
      return { word: 'created', tone: 'calm', since }
    case 'paused':
    case 'removing':
      return { word: container.state, tone: 'calm', since }
    case 'dead':
      return { word: 'dead', tone: 'bad', since, reason: 'the engine could not remove it' }
  }
}

const toEndText = ({ exitCode, outOfMemory }: ContainerEntry): string =>
  exitCode === undefined ? 'has ended' : toExitText({ exitCode, ...(outOfMemory === true ? { outOfMemory } : {}) })

const ofRunning = (container: ContainerEntry, service: ServiceState): ServiceStatus => {
  const since = container.startedAt ?? container.since
  if (container.health === 'unhealthy')
    return { word: 'unhealthy', tone: 'bad', since, reason: toProbeText(service) ?? 'its healthcheck fails' }
  if (container.health === 'starting')
    return {
      word: 'starting',
      tone: 'busy',
      since,
      reason: toProbeText(service) ?? 'its healthcheck has not passed yet',
    }
  return { word: container.health === 'healthy' ? 'healthy' : 'running', tone: 'good', since }
}

/** The last probe in one line: `probe 3: connection refused (exit 2)`. */
export const toProbeText = (service: ServiceState): string | undefined => {
  const { probe } = service
  if (probe === undefined || probe.healthy) return undefined
  const output = probe.output.trim().split('\n').at(-1)?.trim() ?? ''
  return `probe ${probe.failures}: ${output === '' ? 'no output' : output} (exit ${probe.exitCode})`
}

const withProblem = (state: State, service: ServiceState, status: ServiceStatus): ServiceStatus => {
  if (status.reason !== undefined || status.tone !== 'bad') return status
  const raised = state.problems.findLast((one) => one.service === service.name && one.problem.severity === 'error')
  return raised === undefined ? status : { ...status, reason: raised.problem.message }
}

/** A failed step of a service that looks fine is still a failure; beside a failed container it only explains. */
const withFailure = (status: ServiceStatus, failed: StepState | undefined): ServiceStatus => {
  if (failed?.problem === undefined) return status
  const { message } = failed.problem
  if (status.tone === 'bad') return { ...status, reason: status.reason ?? message }
  return { ...status, word: status.tone === 'good' ? status.word : 'failed', tone: 'bad', reason: message }
}

const ofCause = (state: State, step: StepState): { readonly reason?: string } => {
  if (step.because === undefined) return {}
  const cause = state.steps.find((one) => one.id === step.because)
  if (cause === undefined) return { reason: step.because }
  return { reason: `${cause.service ?? cause.subject} failed` }
}

export type Wait = {
  /** The service that is waited for. */
  readonly service: string
  /** `db to be healthy`. */
  readonly text: string
}

const conditionTexts: Readonly<Record<string, string>> = {
  service_healthy: 'to be healthy',
  service_completed_successfully: 'to complete',
  service_started: 'to start',
}

/** What a service waits for before it starts: what its running step says, or else the dependencies not yet ready. */
export const selectWaitsOf = (state: State, service: ServiceState): readonly Wait[] => {
  const steps = state.steps.filter((step) => step.service === service.name)
  const told = steps.find(
    (step) => step.waiting !== undefined && (step.status === 'pending' || step.status === 'running'),
  )?.waiting
  if (told !== undefined) return [{ service: told.on[0] ?? service.name, text: told.note }]
  if (!steps.some((step) => step.status === 'pending')) return []
  return service.summary.dependsOn.flatMap(({ service: name, condition }) => {
    const unfinished = state.steps.some(
      (step) => step.service === name && (step.status === 'pending' || step.status === 'running'),
    )
    return unfinished ? [{ service: name, text: `${name} ${conditionTexts[condition] ?? `(${condition})`}` }] : []
  })
}
