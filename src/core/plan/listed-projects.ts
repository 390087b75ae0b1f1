import { isLikeStopped } from '../events/crash.ts'
import type { ContainerState } from './container-state.ts'
import { isUp } from './container-steps.ts'
import { toProjectSource } from './labelled-project.ts'
import type { ObservedContainer } from './observed.ts'

/** One project of an engine, as its containers tell of it, whoever made them. */
export type ListedProject = {
  readonly name: string
  /** How many of its containers are in each state, states in alphabetical order. */
  readonly states: readonly { readonly state: ContainerState; readonly count: number }[]
  readonly services: number
  /** Services of which a container is up. */
  readonly up: number
  /** Services that have ended without an error, while others of the project run. */
  readonly done: number
  /** Containers that are unhealthy, wait to be started again, or have ended with an error while others of the project run. */
  readonly bad: number
  readonly directory: string | undefined
  /** Stack files that its containers name. */
  readonly files: readonly string[]
}

/** All projects that have a container, by name; without one-offs. */
export const toListedProjects = (containers: readonly ObservedContainer[]): readonly ListedProject[] =>
  [
    ...Map.groupBy(
      containers.filter(({ oneOff }) => !oneOff),
      ({ project }) => project,
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => ({
      name,
      states: toStates(own),
      services: new Set(own.map(({ service }) => service)).size,
      up: new Set(own.filter(isUp).map(({ service }) => service)).size,
      done: own.some(isUp) ? countDone(own) : 0,
      bad: own.some(isUp) ? own.filter(isBad).length : 0,
      directory: toProjectSource(own).directory,
      files: [...new Set(own.flatMap((one) => toProjectSource([one]).files))],
    }))

const toStates = (own: readonly ObservedContainer[]): ListedProject['states'] =>
  [...Map.groupBy(own, ({ state }) => state)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, those]) => ({ state, count: those.length }))

const countDone = (own: readonly ObservedContainer[]): number =>
  [...Map.groupBy(own, ({ service }) => service).values()].filter((those) =>
    those.every(({ state, exitCode }) => state === 'exited' && exitCode === 0),
  ).length

const isBad = ({ state, health, exitCode = 0 }: ObservedContainer): boolean =>
  state === 'restarting' ||
  state === 'dead' ||
  (state === 'running' && health === 'unhealthy') ||
  (state === 'exited' && exitCode !== 0 && !isLikeStopped({ exitCode }))
