import type { StackEvent } from '../events/event.ts'
import { createLogBuffer, defaultLogLimits, type LogBuffer, type LogLimits } from './log-buffer.ts'
import { toLogNotes } from './log-events.ts'
import { reduce } from './reduce.ts'
import { initialState, type State } from './state.ts'

/** Runs a function once, that many milliseconds from now. */
export type Schedule = (run: () => void, ms: number) => void

/**
 * How long news may wait, in milliseconds: changes of state come within one frame, and take log lines along; lines alone come
 * ten times a second, since more nobody reads and each costs a drawing of the whole screen.
 */
export const framePauses = { state: 33, logs: 100 } as const

/**
 * Where the events of a session end up. `getState` is exact at once; subscribers are told later, at most once a frame,
 * however many events came. They are not told when nothing is new.
 */
export type Store = {
  readonly apply: (event: StackEvent) => void
  readonly getState: () => State
  readonly logs: LogBuffer
  /** Returns the function that ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void
}

export const createStore = (options: { readonly schedule: Schedule; readonly limits?: LogLimits }): Store => {
  const logs = createLogBuffer(options.limits ?? defaultLogLimits)
  const listeners = new Set<() => void>()
  let state = initialState
  /** The frames on their way, by number. Each carries all news, so that a later one then has nothing to do. */
  let pending: { readonly state?: number; readonly logs?: number } = {}
  let frames = 0

  const announce = (kind: 'state' | 'logs') => {
    if (pending.state !== undefined || pending[kind] !== undefined) return
    frames += 1
    const frame = frames
    pending = { ...pending, [kind]: frame }
    options.schedule(() => {
      if (pending[kind] !== frame) return
      pending = {}
      for (const listener of [...listeners]) listener()
    }, framePauses[kind])
  }

  return {
    apply(event) {
      if (event.type === 'log/written') {
        logs.write(event)
        announce('logs')
      } else if (event.type === 'log/dropped') {
        logs.noteDropped(event.service, event.lines)
        announce('logs')
      } else {
        for (const note of toLogNotes(state, event)) logs.note(note)
        const next = reduce(state, event)
        if (next === state) return
        state = next
        announce('state')
      }
    },
    getState: () => state,
    logs,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
