import { StackError } from '../../core/errors/stack-error.ts'
import type { ContainerRef } from '../../core/plan/action.ts'
import type { ContainerId, EngineFacts, Observed, ObservedContainer, ObservedImage } from '../../core/plan/observed.ts'
import type { Project } from '../../core/project/project.ts'
import type { GitCheckout } from '../ports/repositories.ts'

/** What the steps of a command learn from each other: ids of what was created, images that arrived, what providers said. */
export type World = {
  /** Takes over what a new round observed. */
  look(observed: Observed): void
  resolveContainer(ref: ContainerRef): ContainerId
  recordContainer(
    step: string,
    created: { readonly id: ContainerId; readonly service: string; readonly number: number },
  ): void
  forgetContainer(id: ContainerId): void
  observedContainer(id: ContainerId): ObservedContainer | undefined
  /** By service: the container that `service:x` namespaces and `volumes_from` mean. */
  containersOf(): Readonly<Record<string, ContainerId>>
  /** Of the engine, as last observed. */
  engine(): EngineFacts | undefined
  image(reference: string): ObservedImage | undefined
  recordImage(reference: string, image: ObservedImage): void
  /** Variables that providers gave to the services that depend on them. */
  readonly environment: Map<string, Record<string, string>>
  /** Missing sources of bind mounts that were told of. */
  readonly saidOf: Set<string>
  /** Git repositories by URL and ref: each is fetched once in a run. */
  readonly checkouts: Map<string, Promise<GitCheckout>>
}

type Member = { readonly id: ContainerId; readonly number: number }

export const createWorld = (): World => {
  const byStep = new Map<string, ContainerId>()
  const byId = new Map<ContainerId, ObservedContainer>()
  const images = new Map<string, ObservedImage>()
  const members = new Map<string, readonly Member[]>()
  let engine: EngineFacts | undefined
  const join = (service: string, { id, number }: Member): void =>
    void members.set(service, [{ id, number }, ...(members.get(service) ?? [])])
  return {
    look: (observed) => {
      engine = observed.engine
      byId.clear()
      members.clear()
      for (const container of observed.containers) {
        byId.set(container.id, container)
        if (!container.oneOff && container.state !== 'removing') join(container.service, container)
      }
      for (const [reference, image] of observed.images) images.set(reference, image)
    },
    resolveContainer: (ref) => {
      if ('id' in ref) return ref.id
      const id = byStep.get(ref.step)
      if (id === undefined)
        throw new StackError('internal/bug', { detail: `${ref.name} is used before step "${ref.step}" has created it` })
      return id
    },
    recordContainer: (step, { id, service, number }) => {
      byStep.set(step, id)
      join(service, { id, number })
    },
    forgetContainer: (id) => {
      byId.delete(id)
      for (const [service, list] of members)
        members.set(
          service,
          list.filter((member) => member.id !== id),
        )
    },
    observedContainer: (id) => byId.get(id),
    containersOf: () =>
      Object.fromEntries(
        [...members].flatMap(([service, list]) => {
          // Of one number the one that was made last, and sorting keeps the order.
          const [first] = list.toSorted((a, b) => a.number - b.number)
          return first === undefined ? [] : [[service, first.id] as const]
        }),
      ),
    engine: () => engine,
    image: (reference) => images.get(reference),
    recordImage: (reference, image) => images.set(reference, image),
    environment: new Map(),
    saidOf: new Set(),
    checkouts: new Map(),
  }
}

/** The whole project; commands that know only its name have no step that asks for it. */
export const requireProject = (project: Project | { readonly name: string }): Project => {
  if ('services' in project) return project
  throw new StackError('internal/bug', { detail: `the plan of project "${project.name}" needs its stack file` })
}
