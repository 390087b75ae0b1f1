/** How often the user has asked to end, and by which signal. */
export type Interrupt = { readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'; readonly count: number }
export type InterruptHandler = (interrupt: Interrupt) => void

export type Signals = {
  /** Aborted by the first signal, unless somebody else handles signals. */
  readonly abortSignal: AbortSignal
  /** Takes signals over: the first asks to end gracefully, the second at once. The result gives them back. */
  handle(handler: InterruptHandler): () => void
  /** Whoever has the terminal meanwhile gets its Ctrl-C, too, and alone acts on it. */
  leaveInterrupts<T>(work: () => Promise<T>): Promise<T>
  /** Puts the terminal back before the process ends by force. */
  beforeForcedExit(restore: () => void): () => void
  /** 128 and the signal's number, if one ended the command. */
  exitCode(): number | undefined
  /**
   * Work that nothing can interrupt from inside: meanwhile a signal ends the process at once, as it ends any program that does
   * not listen. Not where somebody handles signals: they have a terminal to put back, or more to lose.
   */
  atOnce<T>(work: () => T): T
  /** Ends the command as a signal does: the reader of our output has gone. */
  abort(reason: unknown): void
  dispose(): void
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Signals that come so close together are one: a terminal, npm, make and timeout each hand on what they got. */
const oneSignalMs = 1000

type SignalSource = {
  /** The process, or what stands in for it. */
  readonly source?: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>
  /** Milliseconds that only go forward. */
  readonly now?: () => number
}

/**
 * SIGINT, SIGTERM and SIGHUP: the first ends gracefully, the second by force, the third leaves at once whatever happens.
 * A hang-up ends gracefully or changes nothing: nobody asks for force by closing a window, and several may arrive of one.
 * A key press that a raw terminal delivers as a byte does not come here: dashboards and `exec` read it themselves.
 */
export const createSignals = ({ source = process, now = () => performance.now() }: SignalSource = {}): Signals => {
  const controller = new AbortController()
  const restores = new Set<() => void>()
  let handler: InterruptHandler | undefined
  let count = 0
  let counted = Number.NEGATIVE_INFINITY
  let leavesInterrupts = false
  let first: (typeof names)[number] | undefined

  const leave = (code: number): void => {
    for (const restore of restores) restore()
    // Nothing is being printed any more: whoever waits has been told twice to stop.
    source.exit(code)
  }
  const receive = (signal: (typeof names)[number]): void => {
    if (leavesInterrupts && signal === 'SIGINT') return
    if (count > 0 && (signal === 'SIGHUP' || now() - counted < oneSignalMs)) return
    count += 1
    counted = now()
    first ??= signal
    const code = 128 + numbers[signal]
    if (count > 2 || (count === 2 && handler === undefined)) leave(code)
    else if (handler !== undefined) handler({ signal, count })
    else controller.abort(new DOMException(`Ended by ${signal}`, 'AbortError'))
  }
  const listeners = names.map((name) => [name, () => receive(name)] as const)
  const listen = (): void => listeners.forEach(([name, listener]) => source.on(name, listener))
  const ignore = (): void => listeners.forEach(([name, listener]) => source.off(name, listener))
  listen()

  return {
    abortSignal: controller.signal,
    handle: (next) => {
      handler = next
      return () => {
        if (handler === next) handler = undefined
      }
    },
    leaveInterrupts: async (work) => {
      leavesInterrupts = true
      return work().finally(() => void (leavesInterrupts = false))
    },
    atOnce: (work) => {
      if (handler !== undefined || restores.size > 0 || first !== undefined) return work()
      ignore()
      try {
        return work()
      } finally {
        listen()
      }
    },
    beforeForcedExit: (restore) => {
      restores.add(restore)
      return () => restores.delete(restore)
    },
    exitCode: () => (first === undefined ? undefined : 128 + numbers[first]),
    abort: (reason) => controller.abort(reason),
    dispose: ignore,
  }
}
