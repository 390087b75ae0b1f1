import { followProjects } from '../../engine/project-list.ts'
import { mountProjects } from '../../ui/projects.tsx'
import type { Settings } from '../../ui/settings.ts'
import type { TerminalInput } from '../../ui/terminal/terminal-input.ts'
import type { CliContext } from '../context.ts'
import { showsUnicode } from '../screen/terminal.ts'

type Picking = {
  /** The project that was looked at before. */
  readonly current?: string
  readonly settings: Settings
  readonly input: TerminalInput
  /** What went wrong with the last choice. */
  readonly notice?: string
  /** Closes the list. */
  readonly until: AbortSignal
}

/** The list of all projects of the engine, until one is chosen; undefined when somebody leaves it. */
export const pickProject = async (context: CliContext, { until, ...given }: Picking): Promise<string | undefined> => {
  if (until.aborted) return undefined
  const { terminal, clock, signals } = context
  const runtime = await context.runtime()
  const closing = new AbortController()
  const lost = Promise.withResolvers<never>()
  const screen = mountProjects({
    ...given,
    follow: (onChange) => {
      followProjects(
        { runtime, clock, random: Math.random },
        { signal: closing.signal, onChange, onFailure: lost.reject },
      )
      return () => closing.abort()
    },
    stdout: process.stdout,
    colour: terminal.colors.stdout,
    unicode: showsUnicode(context.env),
  })
  const close = (): void => screen.unmount()
  until.addEventListener('abort', close)
  const forget = signals.beforeForcedExit(close)
  try {
    return await Promise.race([screen.chosen, lost.promise])
  } finally {
    closing.abort()
    until.removeEventListener('abort', close)
    close()
    await screen.chosen
    forget()
  }
}
