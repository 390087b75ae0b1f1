import type { UpOptions } from '../../core/plan/up-options.ts'
import { withDependencies } from '../../core/project/graph.ts'
import type { Project } from '../../core/project/project.ts'
import { createSession, type Session, type SessionRequest } from '../../engine/session.ts'
import { createSessionPlans } from '../../engine/session-plans.ts'
import { answerQuestions } from '../screen/answer-questions.ts'
import type { UpCall } from '../table/lifecycle-commands.ts'
import type { CliContext } from '../context.ts'
import { loadValidProject } from '../load-target.ts'
import { filesOf, loadAndFollow, reloadOnEdit, type EditWatch } from './reload-on-edit.ts'
import { printProblems } from '../screen/print-failure.ts'
import { createProgress } from '../screen/progress.ts'
import { toLimit } from '../apply-with-progress.ts'
import { canDraw, isTruthy } from '../screen/terminal.ts'
import { parseScale, toAwaitTimeout, toGrace, toSilent, wantsWatch } from './up-options.ts'

export type AttachedUp = {
  readonly project: Project
  readonly options: UpOptions
  readonly reloadOptions: (project: Project) => UpOptions
}

/** The attached `up`: a session that is shown in the dashboard, or told in lines where there is no terminal for one. */
export const runAttachedUp = async (call: UpCall, attached: AttachedUp): Promise<number> => {
  const { context, words } = call
  const chosen = canOpenDashboard(call)
    ? (await import('../settings/read-settings.ts')).readSettings(context)
    : undefined
  const usesDashboard = chosen !== undefined && !chosen.settings.screenReader
  let edits: EditWatch | undefined
  const request = toRequest(call, attached, { usesDashboard, watch: () => edits })
  // Loaded while the engine answers, and before the session begins: whoever subscribes a moment later misses how it began.
  const loading = usesDashboard ? import('../dashboard/show-visits.ts') : undefined
  const deps = await context.sessionDeps()
  const dashboard = await loading
  const session = createSession(deps, request)
  const release = quitBySignal(context, session)
  if (request.watch === true)
    edits = reloadOnEdit(session, {
      watcher: deps.watcher,
      looks: deps.sources,
      clock: deps.clock,
      files: filesOf(attached.project),
      readAt: context.clock.now(),
    })
  try {
    if (!usesDashboard) printProblems(chosen?.problems ?? [], context)
    return dashboard === undefined || chosen === undefined
      ? await tellSession(context, session, { project: attached.project, flags: call.flags, words })
      : await dashboard.showSession(context, session, {
          project: attached.project.name,
          ...(chosen === undefined ? {} : { chosen }),
        })
  } finally {
    edits?.close()
    release()
  }
}

const canOpenDashboard = ({ context, flags }: UpCall): boolean => {
  const { terminal, env } = context
  const isRefused =
    flags['no-tui'] ||
    !flags.tui ||
    !flags.menu ||
    env['COMPOSE_MENU'] === 'false' ||
    env['COMPOSE_MENU'] === '0' ||
    flags['no-color'] ||
    flags.timestamps ||
    flags['no-log-prefix'] ||
    isTruthy(env['STACK_NO_TUI'])
  return (
    canDraw(context) &&
    !terminal.isCi &&
    !isRefused &&
    !endsByItself(flags) &&
    (terminal.progress === 'tty' || !terminal.progressAsked)
  )
}

const endsByItself = (flags: UpCall['flags']): boolean =>
  flags['abort-on-container-exit'] || flags['abort-on-container-failure'] || flags['exit-code-from'] !== undefined

/** Somebody is at the terminal, sees what is told and can answer. */
const isAttended = ({ context: { terminal }, flags }: UpCall): boolean =>
  terminal.stdin && terminal.stderr && !terminal.isCi && !endsByItself(flags)

const toRequest = (
  call: UpCall,
  { project, options, reloadOptions }: AttachedUp,
  { usesDashboard, watch }: { readonly usesDashboard: boolean; readonly watch: () => EditWatch | undefined },
): SessionRequest => {
  const { context, flags, words } = call
  return {
    project,
    command: 'stack up',
    plans: createSessionPlans(project, options),
    ...(words.length === 0 ? {} : { services: words }),
    ...(words.length === 0 || flags['no-deps']
      ? {}
      : { dependencies: flags['with-dependencies'] ? ('stop' as const) : ('leave' as const) }),
    ...toAttach(call, project),
    ...toCascade(flags),
    watch: wantsWatch(flags, { isAttended: usesDashboard || isAttended(call) }),
    forbidsBuild: flags['no-build'],
    confirm: !flags.yes && (usesDashboard || (context.terminal.stdin && context.terminal.stderr)) ? 'ask' : 'no',
    waitForLock: true,
    keepRunning: usesDashboard,
    proposesEdits: usesDashboard && !flags['auto-apply'],
    ...(usesDashboard ? { history: 100 } : {}),
    ...toGrace(flags.timeout),
    adopts: context.global.adopt,
    ...toLimit(context),
    ...toAwaitTimeout(flags['wait-timeout']),
    reload: async () => {
      const next = await loadAndFollow(
        () =>
          loadValidProject(context, {
            services: words,
            withFollowers: true,
            clashes: 'start',
            scale: parseScale(call.flags.scale, 'up'),
          }),
        {
          watch,
          now: context.clock.now,
        },
      )
      return { project: next, plans: createSessionPlans(next, reloadOptions(next)) }
    },
  }
}

/** Which logs are shown. Rule: docker/compose `cmd/compose/up.go`: those of the named services, of all without names. */
const toAttach = ({ flags, words }: UpCall, project: Project): Pick<SessionRequest, 'attach'> => {
  const hidden = new Set(flags['no-attach'])
  const isShownByFile = (name: string): boolean => project.services[name]?.attach !== false
  const chosen =
    flags.attach.length > 0
      ? flags.attach
      : flags['attach-dependencies']
        ? [...withDependencies(project.services, words.length === 0 ? Object.keys(project.services) : words)].filter(
            isShownByFile,
          )
        : (words.length === 0 ? Object.keys(project.services) : words).filter(isShownByFile)
  return { attach: chosen.filter((name) => !hidden.has(name)) }
}

const toCascade = (flags: UpCall['flags']): Pick<SessionRequest, 'cascade' | 'exitCodeFrom'> => {
  if (flags['exit-code-from'] !== undefined) return { cascade: 'stop', exitCodeFrom: flags['exit-code-from'] }
  if (flags['abort-on-container-exit']) return { cascade: 'stop' }
  return flags['abort-on-container-failure'] ? { cascade: 'fail' } : {}
}

/** The first signal stops gracefully, the second kills; a hang-up detaches nothing: what was started attached is stopped. */
const quitBySignal = ({ signals }: CliContext, session: Session): (() => void) =>
  signals.handle(({ count }) => session.send({ type: 'quit', force: count > 1 }))

type Tell = { readonly project: Project; readonly flags: UpCall['flags']; readonly words: readonly string[] }

const tellSession = async (context: CliContext, session: Session, { project, flags }: Tell): Promise<number> => {
  const progress = createProgress(context, {
    project: project.name,
    title: 'up',
    attached: true,
    silent: toSilent(flags),
    logs: { prefix: !flags['no-log-prefix'], timestamps: flags.timestamps, colors: !flags['no-color'] },
  })
  session.subscribe(progress.tell)
  answerQuestions(context, session)
  const { exit } = await session.done
  progress.end()
  return context.signals.exitCode() ?? exit
}
