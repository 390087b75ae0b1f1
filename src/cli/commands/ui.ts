import { toCommandPlace } from '../dashboard/command-place.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { CliContext } from '../context.ts'
import { findProject, type FoundProject } from '../dashboard/find-project.ts'
import { canDraw } from '../screen/terminal.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { uiCommand } from '../table/look-commands.ts'
import { filesOf, reloadOnEdit, type EditWatch } from '../up/reload-on-edit.ts'

/** `stack ui`: the dashboard on what runs, whoever started it. Opening and leaving it changes nothing. */
export const runUi = async ({ context, flags }: CallOf<typeof uiCommand>): Promise<number> => {
  if (!canDraw(context)) throw new StackError('dashboard/no-terminal', undefined)
  const [found, { showVisits }] = await Promise.all([
    flags.all ? { choices: [] } : findProject(context),
    import('../dashboard/show-visits.ts'),
  ])
  if ('choices' in found) return showVisits(context, {})
  return flags.watch
    ? showWatched(context, found.found)
    : showVisits(context, { first: await open(context, found.found) })
}

const open = async (context: CliContext, found: FoundProject, edits?: () => EditWatch | undefined) => {
  const [deps, { createVisit, toCommands }, { toVisitRequest }] = await Promise.all([
    context.sessionDeps(),
    import('../dashboard/visit.ts'),
    import('../dashboard/open-project.ts'),
  ])
  return createVisit(deps, {
    request: toVisitRequest(found, edits),
    place: toCommandPlace(found.context.global, found),
    commands: toCommands(context, { project: found.project.name, isElsewhere: found.isElsewhere }),
  })
}

/** Saved files, the stack file among them, are acted on as `up` does. */
const showWatched = async (context: CliContext, found: FoundProject): Promise<number> => {
  if (found.refuse !== undefined) throw found.refuse()
  const following: { edits?: EditWatch } = {}
  const [first, { watcher, sources, clock }, { showVisits }] = await Promise.all([
    open(context, found, () => following.edits),
    context.sessionDeps(),
    import('../dashboard/show-visits.ts'),
  ])
  const edits = reloadOnEdit(first.session, {
    watcher,
    looks: sources,
    clock,
    files: filesOf(found.project),
    readAt: context.clock.now(),
  })
  following.edits = edits
  try {
    return await showVisits(context, { first })
  } finally {
    edits.close()
  }
}
