import type { UpOptions } from '../../core/plan/up-options.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { withDependencies } from '../../core/project/graph.ts'
import type { Project, ServiceName } from '../../core/project/project.ts'
import { planUp } from '../../core/plan/plan-up.ts'
import { createConfirm } from '../screen/ask-yes-no.ts'
import { confirmRemote } from '../confirm-remote.ts'
import { loadValidProject } from '../load-target.ts'
import { applyWithProgress } from '../apply-with-progress.ts'
import { lookAfterUp, type Outlook, summarizeUp } from '../up/summarize-up.ts'
import type { UpCall } from '../table/lifecycle-commands.ts'
import { assertServices } from '../target.ts'
import {
  assertApart,
  assertMakeFlags,
  parseScale,
  toAwaitTimeout,
  toRoundOptions,
  toSilent,
  toUpOptions,
} from '../up/up-options.ts'
import { createUsageError } from '../usage-error.ts'

/** `stack up`: attached with the dashboard or with log lines, or in the background. */
export const runUp = async (call: UpCall): Promise<number> => {
  const { context, flags, words } = call
  assertUpFlags(flags)
  const project = await loadValidProject(context, {
    services: words,
    withFollowers: true,
    tellsSecrets: true,
    clashes: flags['no-start'] ? 'create' : 'start',
    scale: parseScale(flags.scale, 'up'),
  })
  const target = { name: project.name, project }
  assertServices(
    [
      ...words,
      ...flags.attach,
      ...flags['no-attach'],
      ...flags['renew-volumes-of'],
      ...(flags['exit-code-from'] === undefined ? [] : [flags['exit-code-from']]),
    ],
    { target },
  )
  if (Object.keys(project.services).length === 0)
    throw createUsageError(
      { detail: 'No service is selected: the stack file has none, or all of them are in profiles that are off.' },
      'up',
    )
  await confirmRemote(context, project, { yes: flags.yes })
  const isDetached = flags.detach || flags.wait || flags['no-start'] || context.global['dry-run']
  const options: UpOptions = {
    ...toUpOptions({ context, project, flags, words }),
    wait: flags.wait,
    start: !flags['no-start'],
  }
  if (isDetached) return runDetached(call, { project, options })
  const { runAttachedUp } = await import('../up/run-session.ts')
  return runAttachedUp(call, {
    project,
    options,
    reloadOptions: (next) => toUpOptions({ context, project: next, flags, words }),
  })
}

const runDetached = async (
  { context, flags, words }: UpCall,
  { project, options }: { readonly project: Project; readonly options: UpOptions },
): Promise<number> => {
  const services: ReadonlySet<ServiceName> = flags['no-start'] ? new Set() : selectStarted(project, words, flags)
  let told: Outlook | undefined
  const { exit } = await applyWithProgress(context, {
    target: { name: project.name, project },
    title: 'up',
    plan: (observed, round) => planUp(project, observed, toRoundOptions(options, round)),
    ...createConfirm(context, { yes: flags.yes }),
    ...toAwaitTimeout(flags['wait-timeout']),
    silent: toSilent(flags),
    summarize: async (result, more) => {
      told = await lookAfterUp(context, { project, services })
      return summarizeUp({ ...told, ...more, project, result })
    },
  })
  if (exit !== 0 || !flags.wait || context.global['dry-run']) return exit
  // What was ready may have fallen while others were waited for.
  const fallen = (told ?? (await lookAfterUp(context, { project, services }))).fallen[0]
  if (fallen === undefined) return 0
  if (told === undefined) throw new StackError('service/fallen', { service: fallen.service })
  return 1
}

/** The services that it brings up. */
const selectStarted = (
  { services }: Project,
  words: readonly string[],
  flags: UpCall['flags'],
): ReadonlySet<ServiceName> =>
  flags['no-deps'] ? new Set(words) : withDependencies(services, words.length === 0 ? Object.keys(services) : words)

const attachedOnly = [
  'abort-on-container-exit',
  'abort-on-container-failure',
  'exit-code-from',
  'attach',
  'attach-dependencies',
  'no-attach',
  'watch',
  'with-dependencies',
] as const

/** What cannot be asked for together. Rule: docker/compose `cmd/compose/up.go`, `validateFlags`. */
const assertUpFlags = (flags: UpCall['flags']): void => {
  assertMakeFlags(flags, 'up')
  const detached = flags.wait ? 'wait' : flags.detach ? 'detach' : flags['no-start'] ? 'no-start' : undefined
  assertApart(flags, 'up', [
    ['attach', 'attach-dependencies'],
    ['no-build', 'watch'],
    ['watch', 'no-watch'],
    ['wait', 'no-start'],
    ['no-deps', 'with-dependencies'],
    ['abort-on-container-exit', 'abort-on-container-failure'],
    ['exit-code-from', 'abort-on-container-failure'],
    ...(detached === undefined
      ? []
      : attachedOnly
          .filter((name) => detached !== 'no-start' || name !== 'watch')
          .map((name) => [detached, name] as const)),
  ])
}
