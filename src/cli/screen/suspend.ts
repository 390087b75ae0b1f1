import type { Dashboard } from '../../ui/mount.tsx'

type Source = Pick<NodeJS.Process, 'on' | 'once' | 'off' | 'kill'>

export type Suspending = {
  /** Stops this process, and those of its group that started it, as Ctrl-Z does where no key is read; resolves when it goes on. */
  stop(): Promise<void>
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
