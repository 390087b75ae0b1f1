import { withRetry } from './retry.ts'
import type { EngineDeps } from './deps.ts'
import type { EngineEvent } from './ports/runtime.ts'

/** `lost`: events may have been missed, or may not come; whoever relies on them looks at the engine again. */
export type EngineSignal = { readonly type: 'event'; readonly event: EngineEvent } | { readonly type: 'lost' }

export type EngineEvents = {
  /** Opens the stream when it is not open yet: everything that happens from this call on will be seen. */
  open(): void
  subscribe(listener: (signal: EngineSignal) => void): () => void
  /** Rejects when the stream is lost for good. Never resolves before `close`. */
  readonly ended: Promise<void>
  close(): void
}

// An engine that is started again first stops its containers: this many attempts, with pauses of up to five seconds, outlast that.
const patientAttempts = 24
// A stream that held this long was a good one: the next failure is the first again.
const goodMs = 10_000

/**
 * The one subscription to the engine's events that a session has, shared by all who wait. A lost stream is opened again
 * from the moment of the last event; listeners are told when it is lost and when it is there again, because the engine keeps
 * only its last events.
 */
// oxlint-disable-next-line max-lines-per-function -- one stream with all that keeps it alive
export const createEngineEvents = (
  deps: Pick<EngineDeps, 'runtime' | 'clock' | 'random'>,
  {
    project,
    signal,
    attempts = patientAttempts,
  }: {
    /** Absent: all of the engine's. */ readonly project?: string
    readonly signal: AbortSignal
    /** To open a lost stream again, before it is lost for good. */ readonly attempts?: number
  },
): EngineEvents => {
  const listeners = new Set<(signal: EngineSignal) => void>()
  const controller = new AbortController()
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => {})
  const stop = AbortSignal.any([signal, controller.signal])
  let opened = false
  const tell = (said: EngineSignal): void => {
    for (const listener of listeners) listener(said)
  }

  const follow = async (): Promise<void> => {
    let since = deps.clock.now() / 1000
    let isFirst = true
    let isBroken = false
    const once = async (): Promise<void> => {
      if (!isFirst) {
        // Whoever is told now asks the engine at once: it has to be there.
        await deps.runtime.assertThere({ signal: stop })
        isBroken = false
        tell({ type: 'lost' })
      }
      isFirst = false
      const openedAt = deps.clock.now()
      try {
        for await (const event of deps.runtime.events(
          { ...(project === undefined ? {} : { project }), since },
          { signal: stop },
        )) {
          since = Math.max(since, event.at / 1000 + 1e-6)
          tell({ type: 'event', event })
        }
      } catch (error) {
        // Whoever waits for an event learns now that none may come; when the stream is open again, what was missed.
        if (!stop.aborted && !isBroken) tell({ type: 'lost' })
        isBroken = true
        if (stop.aborted || deps.clock.now() - openedAt < goodMs) throw error
      }
    }
    while (!stop.aborted) {
      await withRetry(once, {
        clock: deps.clock,
        random: deps.random,
        signal: stop,
        attempts,
        isTransient: () => !stop.aborted,
      })
    }
  }

  return {
    open: () => {
      if (opened) return
      opened = true
      follow().then(ended.resolve, (error: unknown) => {
        if (stop.aborted) ended.resolve()
        else ended.reject(error)
      })
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ended: ended.promise,
    close: () => {
      controller.abort()
      if (!opened) ended.resolve()
    },
  }
}
