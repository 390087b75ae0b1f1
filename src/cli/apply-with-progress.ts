import type { Plan, Step } from '../core/plan/action.ts'
import type { Observed } from '../core/plan/observed.ts'
import type { ApplyResult, PlanFunction } from '../engine/apply.ts'
import { toStepSubject } from '../engine/step-summary.ts'
import { toFailureLine } from '../report/failure-line.ts'
import type { Paint } from '../report/paint.ts'
import type { CliContext } from './context.ts'
import { createProgress, toStatusView, type ProgressOptions } from './screen/progress.ts'
import type { Target } from './target.ts'

export type ApplyWithProgressOptions = {
  readonly target: Target
  /** The word of the command: `up`. */
  readonly title: string
  readonly plan: PlanFunction
  /** Only acts on what is there: neither images nor the state folder are needed for it. */
  readonly makesNothing?: boolean
  readonly confirm?: (steps: readonly Step[]) => Promise<boolean>
  readonly awaitTimeoutMs?: number
  readonly looksAgain?: boolean
  readonly silent?: NonNullable<ProgressOptions['silent']>
  /** Prints what was done after a run that ended well. */
  readonly summarize?: (
    result: ApplyResult,
    told: { readonly ms: number; readonly paint: Paint },
  ) => Promise<readonly string[]>
}

/** Carries a plan out with progress, or with `--dry-run` prints it. Resolves with the result and the exit code. */
export const applyWithProgress = async (
  context: CliContext,
  options: ApplyWithProgressOptions,
): Promise<{ readonly exit: number; readonly result: ApplyResult }> => {
  const { target, title, plan } = options
  const [deps, { applyPlan }, { createEmitter }] = await Promise.all([
    context.deps(),
    import('../engine/apply.ts'),
    import('../engine/emitter.ts'),
  ])
  const dryRun = context.global['dry-run']
  const emitter = createEmitter({ clock: deps.clock })
  const progress = dryRun
    ? undefined
    : createProgress(context, { project: target.name, title, silent: options.silent ?? [] })
  if (progress !== undefined) emitter.subscribe(progress.tell)
  const startedAt = deps.clock.now()
  const status = toStatusView(context)
  try {
    const result = await applyPlan(
      deps,
      {
        project: target.project ?? { name: target.name },
        command: `stack ${title}`,
        plan,
        emit: emitter.emit,
        waitForLock: true,
        dryRun,
        adopts: adopts(context, title),
        ...(options.makesNothing === undefined ? {} : { makesNothing: options.makesNothing }),
        ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
        ...(options.looksAgain === undefined ? {} : { looksAgain: options.looksAgain }),
        ...(options.awaitTimeoutMs === undefined ? {} : { awaitTimeoutMs: options.awaitTimeoutMs }),
        ...toLimit(context),
      },
      { signal: context.signal },
    )
    progress?.end()
    if (context.signal.aborted && isTalkative(context))
      status.stderr.write('Cancelled. What was begun is finished by the next "stack up" or "stack down".\n')
    else if (result.exit !== 0 && !dryRun && isTalkative(context))
      status.stderr.write(`${tellFailure(status, { title, target, result, ms: deps.clock.now() - startedAt })}\n`)
    if (dryRun) await printPlan(context, result.plans[0])
    else if (result.exit === 0 && options.summarize !== undefined && isTalkative(context)) {
      const lines = await options.summarize(result, {
        ms: deps.clock.now() - startedAt,
        paint: status.terminal.paint.stderr,
      })
      status.stderr.write(`${lines.join('\n')}\n`)
    }
    return { exit: context.signal.aborted ? (context.signals.exitCode() ?? result.exit) : result.exit, result }
  } catch (error) {
    progress?.end()
    throw error
  }
}

const makers: ReadonlySet<string> = new Set(['up', 'create', 'run', 'scale'])
const imageCommands: ReadonlySet<string> = new Set(['build', 'pull'])

/**
 * Whether containers of another folder are acted on. Who names the project on the command line means the one that is there, as
 * long as nothing is made for it: what is made belongs to a folder.
 */
const adopts = ({ global }: CliContext, title: string): boolean =>
  global.adopt || imageCommands.has(title) || (global['project-name'] !== undefined && !makers.has(title))

type Told = { readonly title: string; readonly target: Target; readonly result: ApplyResult; readonly ms: number }

const tellFailure = ({ terminal }: CliContext, { title, target, result, ms }: Told): string => {
  const failed = result.failures.map(({ step }) => toStepSubject(step.action))
  const skipped = [...result.outcomes.values()].filter(
    (outcome) => outcome.status === 'skipped' && outcome.because !== 'again',
  ).length
  return toFailureLine({ title, project: target.name, failed, skipped, ms, paint: terminal.paint.stderr })
}

const isTalkative = ({ terminal }: CliContext): boolean => terminal.progress === 'tty' || terminal.progress === 'plain'

export const toLimit = ({ global, env }: CliContext): { readonly limit?: number } => {
  const limit = global.parallel ?? Number(env['COMPOSE_PARALLEL_LIMIT'] ?? -1)
  return Number.isInteger(limit) && limit > 0 ? { limit } : {}
}

export const printPlan = async ({ stdout }: CliContext, plan: Plan | undefined): Promise<void> => {
  if (plan === undefined || plan.steps.length === 0) stdout.write('Nothing to do.\n')
  if (plan === undefined) return
  const { toPlanReport } = await import('../core/plan/plan-overview.ts')
  const lines = toPlanReport(plan)
  for (const line of lines) stdout.write(`${line}\n`)
}

/** What the engine shows of a project, for commands that only look or act on what is there. */
export const observeTarget = async (context: CliContext, target: Target): Promise<Observed> => {
  const [runtime, { observeProject }] = await Promise.all([context.runtime(), import('../engine/observe.ts')])
  return observeProject(runtime, target.project ?? { name: target.name }, {
    signal: context.signal,
    images: false,
    clock: context.clock,
  })
}
