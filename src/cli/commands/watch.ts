import { createSession } from '../../engine/session.ts'
import { createSessionPlans, type SessionPlans } from '../../engine/session-plans.ts'
import type { Project } from '../../core/project/project.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { loadValidProject } from '../load-target.ts'
import { filesOf, loadAndFollow, reloadOnEdit, type EditWatch } from '../up/reload-on-edit.ts'
import { createProgress } from '../screen/progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { watchCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'
import { toBaseOptions } from '../up/up-options.ts'

/** `stack watch`: acts on saved files, and shows that alone. Containers are left running at the end. */
export const runWatch = async ({ context, flags, words }: CallOf<typeof watchCommand>): Promise<number> => {
  const project = await loadValidProject(context, { services: words, withFollowers: true, missingEnvFiles: 'later' })
  assertServices(words, { target: { name: project.name, project } })
  const watched = Object.entries(project.services).filter(
    ([name, service]) => (words.length === 0 || words.includes(name)) && (service.develop?.watch?.length ?? 0) > 0,
  )
  if (watched.length === 0) throw new StackError('cli/nothing-to-watch', { project: project.name })
  const toPlans = (next: Project): SessionPlans => {
    const plans = createSessionPlans(next, { ...toBaseOptions(context, next), ...toServices(words), build: 'missing' })
    // Nothing is made or started but what a rule asks for, at the begin as after an edit of the stack file.
    return flags['no-up'] ? { ...plans, up: () => ({ steps: [], warnings: [], unchanged: [] }) } : plans
  }
  const following: { edits?: EditWatch } = {}
  const reload = async (): Promise<{ readonly project: Project; readonly plans: SessionPlans }> => {
    const next = await loadAndFollow(
      () => loadValidProject(context, { services: words, withFollowers: true, missingEnvFiles: 'later' }),
      {
        watch: () => following.edits,
        now: context.clock.now,
      },
    )
    return { project: next, plans: toPlans(next) }
  }
  const deps = await context.deps()
  const session = createSession(deps, {
    project,
    command: 'stack watch',
    plans: toPlans(project),
    ...toServices(words),
    attach: [],
    watch: true,
    keepReplaced: !flags.prune,
    confirm: 'no',
    waitForLock: true,
    adopts: context.global.adopt,
    keepRunning: true,
    reload,
  })
  const progress = createProgress(context, { project: project.name, title: 'watch', attached: true })
  session.subscribe(progress.tell)
  following.edits = reloadOnEdit(session, {
    watcher: deps.watcher,
    host: deps.files,
    files: filesOf(project),
    readAt: context.clock.now(),
  })
  const release = context.signals.handle(() => session.send({ type: 'detach' }))
  try {
    const { exit } = await session.done
    progress.end()
    return context.signals.exitCode() ?? exit
  } finally {
    following.edits.close()
    release()
  }
}
