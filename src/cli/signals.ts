/** How often the user has asked to end, and by which signal. */
export type Interrupt = { readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'; readonly count: number }
export type InterruptHandler = (interrupt: Interrupt) => void

export type Signals = {
  /** Aborted by the first signal, unless somebody else handles signals. */
  readonly abortSignal: AbortSignal
  /** Takes signals over: the first asks to end gracefully, the second at once. The result gives them back. */
  handle(handler: InterruptHandler): () => void
  /** Puts the terminal back before the process ends by force. */
  beforeForcedExit(restore: () => void): () => void
  /** 128 and the signal's number, if one ended the command. */
  exitCode(): number | undefined
  /** Ends the command as a signal does: the reader of our output has gone. */
  abort(reason: unknown): void
  dispose(): void
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * SIGINT, SIGTERM and SIGHUP: the first ends gracefully, the second by force, the third leaves at once whatever happens.
 * A key press that a raw terminal delivers as a byte does not come here: dashboards and `exec` read it themselves.
 */
export const createSignals = (): Signals => {
  const controller = new AbortController()
  const restores = new Set<() => void>()
  let handler: InterruptHandler | undefined
  let count = 0
  let first: (typeof names)[number] | undefined

  const leave = (code: number): void => {
    for (const restore of restores) restore()
    // Nothing is being printed any more: whoever waits has been told twice to stop.
    process.exit(code)
  }
  const receive = (signal: (typeof names)[number]): void => {
    count += 1
    first ??= signal
    const code = 128 + numbers[signal]
    if (count > 2 || (count === 2 && handler === undefined)) leave(code)
    else if (handler !== undefined) handler({ signal, count })
    else controller.abort(new DOMException(`Ended by ${signal}`, 'AbortError'))
  }
  const listeners = names.map((name) => [name, () => receive(name)] as const)
  for (const [name, listener] of listeners) process.on(name, listener)

  return {
    abortSignal: controller.signal,
    handle: (next) => {
      handler = next
      return () => {
        if (handler === next) handler = undefined
      }
    },
    beforeForcedExit: (restore) => {
      restores.add(restore)
      return () => restores.delete(restore)
    },
    exitCode: () => (first === undefined ? undefined : 128 + numbers[first]),
    abort: (reason) => controller.abort(reason),
    dispose: () => {
      for (const [name, listener] of listeners) process.off(name, listener)
    },
  }
}
