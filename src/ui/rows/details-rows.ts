import type { PlanChange } from '../../core/events/event.ts'
import { toStaleService } from '../../core/events/staleness.ts'
import { toProbeText } from '../../core/state/service-status.ts'
import { selectServiceViews, type ServiceView } from '../../core/state/select.ts'
import type { RaisedProblem, ServiceState, State } from '../../core/state/state.ts'
import type { Theme } from '../theme.ts'
import { formatAge, formatBytes, formatCost, plural } from '../text/format.ts'
import { type DetailsOptions, toField, toFields } from './field-rows.ts'
import { type InspectionOptions, toInspectionRows } from './inspection-rows.ts'

/** Everything that is known of one service, most urgent first. */
export const toDetailsRows = (state: State, view: ServiceView, options: InspectionOptions): readonly string[] => {
  const { theme, now } = options
  const { status, service } = view
  const since = status.since === undefined ? '' : ` for ${formatAge(now - status.since)}`
  const problems = state.problems.filter((one) => one.service === view.name)
  const rows = [
    ...toField('state', `${theme.symbols.tones[status.tone]} ${status.word}${since}${toBadge(view, theme)}`, {
      ...options,
      paint: (text) => theme.tone(status.tone, text),
    }),
    ...(status.reason === undefined ? [] : toField('because', status.reason, options)),
    ...problems.flatMap((one) => toProblemRows(one, options)),
    ...toFields(toFacts(state, view, now), options),
  ]
  const probe = toHealthText(service, now)
  if (probe !== undefined && probe !== status.reason) rows.push(...toField('health', probe, options))
  const step = state.steps.find((one) => one.service === view.name && one.status === 'running')
  if (step !== undefined && step.cause !== '') rows.push(...toField('step', `${step.id}: ${step.cause}`, options))
  return [...rows, ...toInspectionRows(state, view, options)]
}

/** That it is healthy is its state, which the engine checks again and again: the age of our own probe says nothing then. */
const toHealthText = (service: ServiceState, now: number): string | undefined => {
  const { containers, probe } = service
  if (containers.some((one) => one.state === 'running' && one.health === 'healthy')) return undefined
  return toProbeText(service) ?? (probe?.healthy === true ? `passed ${formatAge(now - probe.at)} ago` : undefined)
}

const toBadge = ({ stale }: ServiceView, { symbols }: Theme): string =>
  stale === undefined ? '' : `  ${symbols.warning} stale`

const toFacts = (state: State, view: ServiceView, now: number): readonly (readonly [string, string])[] => {
  const { service } = view
  const known = selectServiceViews(state)
  return [
    ['image', view.image ?? ''],
    ['tier', view.tier ?? ''],
    ...view.published.map((one, index): [string, string] => [
      index === 0 ? 'ports' : '',
      `${one.url ?? one.host} to ${one.containerPort}/${one.protocol}`,
    ]),
    ...service.containers.map((one, index): [string, string] => [
      index === 0 ? 'runs as' : '',
      [
        one.name,
        one.state,
        one.health ?? '',
        one.state === 'exited' ? `exit ${one.exitCode ?? '?'}` : '',
        one.restarts === undefined || one.restarts === 0 ? '' : plural(one.restarts, 'restart'),
      ]
        .filter((part) => part !== '')
        .join(', '),
    ]),
    ...service.stats.map((one): [string, string] => [
      'uses',
      `${one.cpuPercent.toFixed(1)}% of a core, ${formatBytes(one.memoryBytes)}`,
    ]),
    ...service.summary.dependsOn.map((one, index): [string, string] => [
      index === 0 ? 'needs' : '',
      `${one.service} (${known.find((other) => other.name === one.service)?.status.word ?? 'not in this stack'})`,
    ]),
    [
      'reload',
      view.lastReload === undefined
        ? view.watched
          ? 'watched, no change yet'
          : ''
        : `${view.lastReload.action} of ${plural(view.lastReload.files, 'file')} in ${formatCost(view.lastReload.ms)}, ${formatAge(now - view.lastReload.at)} ago${view.lastReload.waiting === undefined ? '' : `, ${plural(view.lastReload.waiting, 'change')} of it when it runs`}${view.lastReload.problem === undefined ? '' : `: ${view.lastReload.problem.message}`}`,
    ],
  ]
}

/** What an edit of the stack file would change, and what the last one has changed, and why. */
export const toEditRows = ({ edit, proposal }: State, options: DetailsOptions): readonly string[] => [
  ...toChangeRows('edit', proposal?.changes ?? [], options),
  ...toChangeRows('edited', edit?.changes ?? [], options),
]

const toChangeRows = (name: string, changes: readonly PlanChange[], options: DetailsOptions): readonly string[] =>
  changes.flatMap(({ what, why }, index) =>
    toField(index === 0 ? name : '', why === undefined ? what : `${what}: ${why}`, options),
  )

/** A problem in full: its message, what to do, and where in the file it is. */
export const toProblemRows = (raised: RaisedProblem, options: DetailsOptions): readonly string[] => {
  const { problem } = raised
  const { theme } = options
  const paint = problem.severity === 'error' ? (text: string) => theme.tone('bad', text) : theme.warn
  const { span } = problem
  return [
    ...toField(toStaleService(raised) === undefined ? problem.severity : 'stale', problem.message, {
      ...options,
      paint,
    }),
    ...(problem.hint === undefined ? [] : toField('hint', problem.hint, options)),
    ...(span === undefined ? [] : toField('at', `${span.file}:${span.line}:${span.column}`, options)),
  ]
}
