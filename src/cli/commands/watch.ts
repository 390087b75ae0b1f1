import { resolve } from 'node:path'
import { createSession } from '../../engine/session.ts'
import { createSessionPlans, type SessionPlans } from '../../engine/session-plans.ts'
import { readBackRules } from '../../core/project/back-rules.ts'
import type { Project } from '../../core/project/project.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { createHostFiles } from '../../system/host-files.ts'
import type { CliContext } from '../context.ts'
import { loadValidProject } from '../load-target.ts'
import { filesOf, loadAndFollow, reloadOnEdit, type EditWatch } from '../up/reload-on-edit.ts'
import { answerQuestions } from '../screen/answer-questions.ts'
import { createProgress } from '../screen/progress.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { watchCommand } from '../table/lifecycle-commands.ts'
import { assertServices, toServices } from '../target.ts'
import { toBaseOptions } from '../up/up-options.ts'

const planNothing: SessionPlans['up'] = () => ({ steps: [], warnings: [], unchanged: [] })

/** Nothing is made or started but what a rule asks for, at the begin as after an edit of the stack file. */
const withoutUp = (plans: SessionPlans): SessionPlans => ({
  ...plans,
  up: planNothing,
  edited: () => planNothing,
  withScale: (scale) => withoutUp(plans.withScale(scale)),
})

/** `stack watch`: acts on saved files, and shows that alone. Containers are left running at the end. */
export const runWatch = async ({ context, flags, words }: CallOf<typeof watchCommand>): Promise<number> => {
  if (flags.explain) return explainWatch(context, words)
  const load = (): Promise<Project> =>
    loadValidProject(context, { services: words, withFollowers: true, missingEnvFiles: 'later' })
  const project = await load()
  assertServices(words, { target: { name: project.name, project } })
  const deps = await context.sessionDeps()
  const { findServiceRules, readImageParents } = await import('../../engine/sync/find-rules.ts')
  const parents = await readImageParents(deps, project)
  const named = Object.keys(project.services).filter((name) => words.length === 0 || words.includes(name))
  const found = await Promise.all(named.map((name) => findServiceRules({ files: deps.files, parents }, project, name)))
  if (!bringsBack(project, named) && !found.some((rules) => rules.kind !== 'none' && rules.rules.length > 0))
    throw new StackError('cli/nothing-to-watch', { project: project.name })
  const toPlans = (next: Project): SessionPlans => {
    const plans = createSessionPlans(next, { ...toBaseOptions(context, next), ...toServices(words), build: 'missing' })
    return flags['no-up'] ? withoutUp(plans) : plans
  }
  const following: { edits?: EditWatch } = {}
  const reload = async (): Promise<{ readonly project: Project; readonly plans: SessionPlans }> => {
    const next = await loadAndFollow(load, { watch: () => following.edits, now: context.clock.now })
    return { project: next, plans: toPlans(next) }
  }
  const session = createSession(deps, {
    project,
    command: 'stack watch',
    plans: toPlans(project),
    ...toServices(words),
    attach: [],
    watch: true,
    keepReplaced: !flags.prune,
    confirm: context.terminal.stdin && context.terminal.stderr ? 'ask' : 'no',
    waitForLock: true,
    adopts: context.global.adopt,
    keepRunning: true,
    reload,
  })
  const progress = createProgress(context, { project: project.name, title: 'watch', attached: true })
  session.subscribe(progress.tell)
  answerQuestions(context, session)
  following.edits = reloadOnEdit(session, {
    watcher: deps.watcher,
    looks: deps.sources,
    clock: deps.clock,
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

const bringsBack = (project: Project, services: readonly string[]): boolean =>
  services.some((name) => readBackRules(project.services[name]).length > 0)

/** `stack watch --explain`: words that name services limit it to these, all others are paths. */
const explainWatch = async (context: CliContext, words: readonly string[]): Promise<number> => {
  const project = await loadValidProject(context)
  const { explainRules } = await import('../../engine/sync/explain-rules.ts')
  const { toFateLines, toRuleLines } = await import('../up/explain-watch.ts')
  const { services } = project
  const named = words.filter((word) => services[word] !== undefined)
  const paths = words.filter((word) => services[word] === undefined)
  const files = createHostFiles()
  // The engine may be away: then what the image alone could tell is not known.
  const runtime = await context.runtime().catch(() => undefined)
  const explanations = await explainRules(
    { files, ...(runtime === undefined ? {} : { runtime }) },
    project,
    named.length === 0 ? Object.keys(services) : named,
  )
  const view = { project, directory: context.workingDirectory }
  const lines =
    paths.length === 0
      ? explanations.flatMap((one) => toRuleLines(one, view))
      : paths.flatMap((path) => toFateLines(resolve(context.workingDirectory, path), explanations, view))
  context.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return 0
}
