import { basename } from 'node:path'
import type { Store } from '../../core/state/store.ts'
import type { Session } from '../../engine/session.ts'
import { toBrowser } from '../../system/browser.ts'
import { createLogSaver } from '../../system/saved-logs.ts'
import { toStateDirectory } from '../../system/state-directory.ts'
import { mountDashboard } from '../../ui/mount.tsx'
import { toResting, type ViewState } from '../../ui/view/view-state.ts'
import type { CliContext } from '../context.ts'
import type { TerminalInput } from '../../ui/terminal/terminal-input.ts'
import type { CommandPlace } from '../dashboard/command-place.ts'
import type { ReadSettings } from '../settings/parse-settings.ts'
import { createAside } from './step-aside.ts'
import { createSuspending } from './suspend.ts'
import { showsLinks, showsUnicode } from './terminal.ts'
import { printProblems } from './print-failure.ts'

export type Shown = {
  readonly session: Session
  readonly store: Store
  readonly project: string
  readonly place: CommandPlace
  /** What was on its screen when it was left for the list of projects. */
  readonly seen: { view?: ViewState }
}

/**
 * The session in the dashboard, until it ends or somebody wants to see the list of projects: then it goes on and can be shown again.
 * Rejects when it could not begin.
 */
export const showDashboard = async (
  context: CliContext,
  { session, store, seen, project, place }: Shown,
  { chosen, input }: { readonly chosen: ReadSettings; readonly input: TerminalInput },
): Promise<'ended' | 'projects'> => {
  printProblems(chosen.problems, context)
  const { clock, signals, terminal } = context
  const suspending = createSuspending()
  const openUrl = toBrowser(context.env)
  let left: 'ended' | 'projects' = 'ended'
  const dashboard = mountDashboard({
    store,
    send: session.send,
    readVariables: session.readVariables,
    input,
    stdout: process.stdout,
    colour: terminal.colors.stdout,
    unicode: showsUnicode(context.env),
    settings: chosen.settings,
    ...toNotice(chosen),
    ...(seen.view === undefined ? {} : { view: toResting(seen.view) }),
    onView: (view) => void (seen.view = view),
    links: showsLinks(context.env),
    now: () => clock.now(),
    saveLines: createLogSaver(toStateDirectory(context.env)),
    incremental: context.env['SSH_CONNECTION'] !== undefined,
    aside: createAside(context, { project, place, suspending, until: session.done }),
    showProjects: () => {
      left = 'projects'
      dashboard.unmount()
    },
    // Windows has no jobs.
    ...(process.platform === 'win32' ? {} : { stop: suspending.stop }),
    ...(openUrl === undefined ? {} : { openUrl }),
  })
  const leave = process.platform === 'win32' ? () => undefined : suspending.attend(dashboard)
  const forget = signals.beforeForcedExit(() => dashboard.unmount())
  try {
    // Whatever ends first: a session that could not begin must close the screen, too.
    await Promise.race([dashboard.waitUntilExit(), session.done.then(() => dashboard.waitUntilExit())])
    if (left === 'ended') await session.done
    return left
  } finally {
    leave()
    dashboard.unmount()
    await dashboard.waitUntilExit().catch(() => undefined) // its failure is told by the race
    forget()
  }
}

/** What was printed about settings is behind the dashboard, and seen when it is left. */
const toNotice = ({ problems }: ReadSettings): { readonly notice?: string } => {
  const file = problems[0]?.span?.file
  if (problems.length === 0) return {}
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return {
    notice: `${file === undefined ? 'Your settings have' : `${basename(file)} of yours has`} ${count}, told when you leave.`,
  }
}
