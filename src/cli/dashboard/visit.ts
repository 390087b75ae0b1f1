import { createStore, type Store } from '../../core/state/store.ts'
import { createSession, type Session, type SessionRequest } from '../../engine/session.ts'
import { toShellText } from '../../core/events/command-line.ts'
import type { SessionDeps } from '../../engine/deps.ts'
import { toSessionSummary, type SessionSummaryInput } from '../../report/session-summary.ts'
import type { ViewState } from '../../ui/view/view-state.ts'
import type { CliContext } from '../context.ts'
import type { CommandPlace } from './command-place.ts'
import { printProblems } from '../screen/print-failure.ts'
import { toStatusView } from '../screen/progress.ts'

/** A session with all that it has told: it can be shown, left for another one, and shown again. */
export type Visit = {
  readonly project: string
  readonly session: Session
  readonly store: Store
  readonly place: CommandPlace
  /** What was on its screen when it was left. */
  readonly seen: { view?: ViewState }
  readonly commands: SessionSummaryInput['commands']
}

export const createVisit = (
  deps: SessionDeps,
  { request, ...known }: { readonly request: SessionRequest } & Pick<Visit, 'commands' | 'place'>,
): Visit => toVisit(createSession(deps, request), { ...known, project: request.project.name })

/** Of a session that has just been made: what it told before is missed. */
export const toVisit = (session: Session, known: Pick<Visit, 'project' | 'commands' | 'place'>): Visit => {
  const store = createStore({ schedule: (run, ms) => void setTimeout(run, ms) })
  session.subscribe(store.apply)
  return { ...known, session, store, seen: {} }
}

/** What stays in the terminal when the dashboard is gone: what is wrong, what runs, and the commands that lead on. */
export const tellEnd = (context: CliContext, { store, commands }: Visit): void => {
  const { stderr, terminal } = toStatusView(context)
  const state = store.getState()
  // The summary has a row for each service that is broken.
  const told = state.problems.filter(({ crash }) => crash === undefined).map(({ problem }) => problem)
  printProblems(told, context)
  const lines = toSessionSummary({ state, logs: store.logs, commands, paint: terminal.paint.stderr })
  stderr.write(lines.map((line) => `${line}\n`).join(''))
}

/** The commands that lead on from here: in this folder the name of the project says itself, unless it or its files were named. */
export const toCommands = (
  { global }: Pick<CliContext, 'global'>,
  { project, isElsewhere }: { readonly project: string; readonly isElsewhere: boolean },
): Visit['commands'] => {
  const isNamed =
    isElsewhere ||
    global.file.length > 0 ||
    global['project-name'] !== undefined ||
    global['project-directory'] !== undefined ||
    global.workdir !== undefined
  const name = isNamed ? ` -p ${project}` : ''
  const files = global.file.map((file) => ` -f ${toShellText([file])}`).join('')
  return {
    comeBack: `stack ui${name}`,
    takeDown: `stack down${name}`,
    ...(isElsewhere ? {} : { start: `stack${files}${global['project-name'] === undefined ? '' : name} up` }),
  }
}
