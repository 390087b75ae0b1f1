import type { EventBody, StackEvent } from '../core/events/event.ts'
import type { Clock } from './ports/clock.ts'

export type Emit = (body: EventBody) => void

export type Emitter = {
  readonly emit: Emit
  /** Every event from now on, in order. The result ends it. */
  subscribe(listener: (event: StackEvent) => void): () => void
}

/** Numbers and stamps events, and hands them to whoever listens. One for each command. */
export const createEmitter = ({ clock }: { readonly clock: Clock }): Emitter => {
  const listeners = new Set<(event: StackEvent) => void>()
  let seq = 0
  return {
    emit: (body) => {
      seq += 1
      const event: StackEvent = { seq, at: clock.now(), ...body }
      for (const listener of listeners) listener(event)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
