import type { ContainerSummary } from '../../../core/events/event.ts'
import { readBackRules } from '../../../core/project/back-rules.ts'
import { type Project, selectAsked } from '../../../core/project/project.ts'
import { toProblem } from '../../to-problem.ts'
import { createBackWorker, type WorkerDeps } from './back-worker.ts'

export type BackSyncDeps = Omit<WorkerDeps, 'signal'>

export type BackSyncOptions = {
  readonly project: Project
  readonly signal: AbortSignal
  readonly containersOf: (service: string) => readonly ContainerSummary[]
}

export type BackSync = {
  /** Services that have a rule. */
  readonly services: readonly string[]
  /** Folders and files of this machine that rules are about. */
  readonly roots: readonly string[]
  /** A container of the service came, started, or ended. */
  touch(service: string): void
  close(): Promise<void>
}

/** Carries out the `x-stack.watch` rules of a project. A service without one costs nothing. */
export const createBackSync = (deps: BackSyncDeps, { project, signal, containersOf }: BackSyncOptions): BackSync => {
  const controller = new AbortController()
  const own = AbortSignal.any([signal, controller.signal])
  const workers = Object.entries(selectAsked(project)).flatMap(([service, definition]) =>
    readBackRules(definition).map((rule) => {
      const options = { project, service, rule, containers: () => containersOf(service) }
      const worker = createBackWorker({ ...deps, signal: own }, options)
      const ended = worker.ended.catch((error: unknown) => {
        deps.emit({ type: 'problem/raised', id: `back.${service}.${rule.path}`, service, problem: toProblem(error) })
      })
      return { service, rule, wake: worker.wake, ended }
    }),
  )
  return {
    services: [...new Set(workers.map(({ service }) => service))],
    roots: [...new Set(workers.map(({ rule }) => rule.path))],
    touch: (service) => {
      for (const worker of workers) if (worker.service === service) worker.wake()
    },
    close: async () => {
      controller.abort()
      await Promise.all(workers.map(({ ended }) => ended))
    },
  }
}
