import { createPlansWithoutFile, createSessionPlans, type SessionPlans } from '../../engine/session-plans.ts'
import type { SessionRequest } from '../../engine/session.ts'
import type { Project } from '../../core/project/project.ts'
import type { CliContext } from '../context.ts'
import { toLimit } from '../apply-with-progress.ts'
import { loadValidProject } from '../load-target.ts'
import { loadAndFollow, type EditWatch } from '../up/reload-on-edit.ts'
import { toBaseOptions } from '../up/up-options.ts'
import { toCommandPlace } from './command-place.ts'
import { findNamedProject, type FoundProject } from './find-project.ts'
import { createVisit, toCommands, type Visit } from './visit.ts'

/** Lines of each container that are shown of what it wrote before. */
const history = 500

/** Opens a project of the engine, to look at it and to act on it. Nothing is changed by that. */
export const visitProject = async (context: CliContext, name: string): Promise<Visit> => {
  const [deps, found] = await Promise.all([context.sessionDeps(), findNamedProject(context, name)])
  return createVisit(deps, {
    request: toVisitRequest(found),
    place: toCommandPlace(found.context.global, found),
    commands: toCommands(context, { project: name, isElsewhere: true }),
  })
}

/** What a session is asked for that is opened on a project which somebody else has started. */
export const toVisitRequest = (
  { project, refuse, context, isElsewhere }: FoundProject,
  /** Saved files are acted on; with who watches those of the project. */ edits?: () => EditWatch | undefined,
): SessionRequest => {
  const toPlans = (next: Project): SessionPlans =>
    createSessionPlans(next, { ...toBaseOptions(context, next), build: 'missing' })
  return {
    project,
    command: 'stack ui',
    plans: refuse === undefined ? toPlans(project) : createPlansWithoutFile(project, refuse),
    opens: true,
    ...(refuse === undefined ? {} : { makesNothing: true }),
    history,
    confirm: 'ask',
    waitForLock: true,
    keepRunning: true,
    proposesEdits: true,
    ...(edits === undefined ? {} : { watch: true }),
    // Whoever chose it by its name means the one that is there.
    adopts: context.global.adopt || isElsewhere,
    ...toLimit(context),
    reload: async () => {
      const next = await loadAndFollow(() => loadValidProject(context, { clashes: 'start' }), {
        watch: edits ?? (() => undefined),
        now: context.clock.now,
      })
      return { project: next, plans: toPlans(next) }
    },
  }
}
