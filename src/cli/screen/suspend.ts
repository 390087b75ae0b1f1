import type { Dashboard } from '../../ui/mount.tsx'

type Source = Pick<NodeJS.Process, 'on' | 'once' | 'off' | 'kill'>

export type Suspending = {
  /** Stops this process, and those of its group that started it, as Ctrl-Z does where no key is read; resolves when it goes on. */
  stop(): Promise<void>
  /** Somebody else has the terminal meanwhile: Ctrl-Z stops us both, as it does where nobody listens for it. */
  leaveStops<T>(work: () => Promise<T>): Promise<T>
  /** Lets the dashboard step aside when something else stops the process. The result ends that. */
  attend(dashboard: Pick<Dashboard, 'suspend' | 'resume'>): () => void
}

/** Being stopped and going on again, which leaves a terminal in whatever state the shell has put it. */
export const createSuspending = (source: Source = process): Suspending => {
  let isStopping = false
  let onStop: (() => void) | undefined
  return {
    stop: async () => {
      const goesOn = Promise.withResolvers<void>()
      isStopping = true
      source.once('SIGCONT', goesOn.resolve)
      // Whoever listens for it is not stopped by it.
      if (onStop !== undefined) source.off('SIGTSTP', onStop)
      source.kill(0, 'SIGTSTP')
      await goesOn.promise
      if (onStop !== undefined) source.on('SIGTSTP', onStop)
      isStopping = false
    },
    leaveStops: async (work) => {
      const listener = onStop
      if (listener !== undefined) source.off('SIGTSTP', listener)
      return work().finally(() => {
        if (listener !== undefined && listener === onStop) source.on('SIGTSTP', listener)
      })
    },
    attend: ({ suspend, resume }) => {
      const onContinue = (): void => {
        if (!isStopping) void resume()
      }
      onStop = () => void suspend()
      source.on('SIGTSTP', onStop)
      source.on('SIGCONT', onContinue)
      return () => {
        if (onStop !== undefined) source.off('SIGTSTP', onStop)
        source.off('SIGCONT', onContinue)
        onStop = undefined
      }
    },
  }
}
