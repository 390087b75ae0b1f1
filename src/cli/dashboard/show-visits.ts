import { isStackError } from '../../core/errors/stack-error.ts'
import type { CliContext } from '../context.ts'
import type { ReadSettings } from '../settings/parse-settings.ts'
import { readSettings } from '../settings/read-settings.ts'
import { showDashboard } from '../screen/show-dashboard.ts'
import { toCommandPlace } from './command-place.ts'
import { visitProject } from './open-project.ts'
import { pickProject } from './pick-project.ts'
import type { Settings } from '../../ui/settings.ts'
import { createTerminalInput, type TerminalInput } from '../../ui/terminal/terminal-input.ts'
import { hasLightGround, tellsGround } from '../screen/terminal.ts'
import type { Session } from '../../engine/session.ts'
import { tellEnd, toCommands, toVisit, type Visit } from './visit.ts'

/** The session that a command has just brought up: whoever calls this later misses how it began. */
export const showSession = async (
  context: CliContext,
  session: Session,
  { project, chosen }: { readonly project: string; readonly chosen?: ReadSettings },
): Promise<number> => {
  const owner = toVisit(session, {
    project,
    place: toCommandPlace(context.global, { isElsewhere: false }),
    commands: toCommands(context, { project, isElsewhere: false }),
  })
  // The first frame takes its time, and nothing else is done meanwhile: the session has told its services then, and asked the engine.
  await new Promise((resolve) => void setImmediate(resolve))
  return showVisits(context, { first: owner, owner, ...(chosen === undefined ? {} : { chosen }) })
}

type Showing = {
  /** Absent: somebody chooses one from the list. */
  readonly first?: Visit
  /** The one that this command has brought up: it goes on while others are looked at, and its end is the end of the command. */
  readonly owner?: Visit
  readonly chosen?: ReadSettings
}

/** One dashboard after the other, and the list of projects in between, until somebody has seen enough. The result is the exit code. */
export const showVisits = async (context: CliContext, { first, owner, chosen }: Showing): Promise<number> => {
  const leaving = new AbortController()
  let settings = chosen ?? readSettings(context)
  const input = createTerminalInput({
    stdin: process.stdin,
    stdout: process.stdout,
    isLight: hasLightGround(context.env),
    asksGround: settings.settings.theme === 'auto' && context.terminal.colors.stdout && tellsGround(context.env),
  })
  let current = first
  const leave = (): void => {
    leaving.abort()
    if (current !== owner) current?.session.send({ type: 'detach' })
  }
  // A signal is a matter of the session that was brought up, whose end is that of all others.
  const release = owner === undefined ? context.signals.handle(leave) : () => undefined
  owner?.session.done.then(leave, leave)
  try {
    for (;;) {
      const visited = current
      const isOver =
        visited !== undefined && (await showDashboard(context, visited, { chosen: settings, input })) === 'ended'
      settings = { ...settings, problems: [] } // what is wrong with them is told once
      if (isOver) tellEnd(context, visited)
      if (isOver && (owner === undefined || visited === owner))
        return toExit(context, (await visited.session.done).exit)
      // What was looked at beside the one that was brought up leads back to that.
      const next = isOver
        ? owner
        : await choose(context, {
            visited,
            owner,
            until: leaving.signal,
            settings: settings.settings,
            input,
          })
      if (next === undefined) return toExit(context, 0)
      if (next === visited) continue
      current = next
      if (visited !== owner) await close(visited)
    }
  } finally {
    release()
    if (current !== owner) await close(current)
  }
}

const toExit = ({ signals }: CliContext, exit: number): number => signals.exitCode() ?? exit

const close = async (visit: Visit | undefined): Promise<void> => {
  visit?.session.send({ type: 'detach' })
  await visit?.session.done.catch(() => undefined) // whoever showed it has told
}

type Choosing = {
  readonly visited: Visit | undefined
  readonly owner: Visit | undefined
  readonly until: AbortSignal
  readonly settings: Settings
  readonly input: TerminalInput
}

/** The next one to show: another, or the same again when nothing was chosen. */
const choose = async (context: CliContext, { visited, owner, ...picking }: Choosing): Promise<Visit | undefined> => {
  let notice: string | undefined
  for (;;) {
    const name = await pickProject(context, {
      ...picking,
      ...(visited === undefined ? {} : { current: visited.project }),
      ...(notice === undefined ? {} : { notice }),
    })
    if (name === undefined || name === visited?.project) return visited
    if (name === owner?.project) return owner
    try {
      return await visitProject(context, name)
    } catch (error) {
      if (!isStackError(error)) throw error
      notice = error.message
    }
  }
}
