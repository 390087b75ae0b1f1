import { selectService } from '../../core/state/select.ts'
import type { Probe } from '../../core/state/probes.ts'
import type { ServiceState } from '../../core/state/state.ts'
import { cutToCells } from '../../wire/cell-width.ts'
import { toField } from '../rows/field-rows.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit, wrapWords } from '../text/fit.ts'
import { formatAge, formatCost, plural } from '../text/format.ts'
import { selectChosen } from '../view/view-state.ts'
import { isUnfolded, toTextItems, turn } from './foldable.ts'
import type { FullScreen, ItemContext, ScreenItem } from './full-screen.ts'

/** What each probe of the chosen service's healthcheck said, the newest first. */
export const health: FullScreen = {
  title: ({ view, state }) => `health of ${selectChosen(view, state) ?? 'nothing'}`,
  rows: (input, { width }) => {
    const service = chosenOf(input)
    if (service === undefined) return [input.theme.dim(' There is no service yet.')]
    return [...toHead(service, input, width), ...toHeading(service, input, width)]
  },
  items: (context) => {
    const service = chosenOf(context)
    return service === undefined ? [] : service.probes.toReversed().flatMap((one) => toItems(one, service, context))
  },
}

const chosenOf = ({ view, state }: ItemContext): ServiceState | undefined =>
  state.services.find(({ name }) => name === selectChosen(view, state))

/** The test, how it is run, and how it stands. */
const toHead = (service: ServiceState, input: ScreenInput, width: number): readonly string[] => {
  const { theme, now, state } = input
  const options = { theme, now, width }
  const check = service.inspected?.inspection.healthcheck
  const { ellipsis } = theme.symbols
  const blank = composeRow([], { width, ellipsis })
  if (service.probes.length === 0) {
    const [first, then] = toNothing(service)
    const next = 'Tab goes to the next service.'
    return [first, `${then} ${next}`].flatMap((text) =>
      wrapWords(text, Math.max(10, width - 2)).map((line) =>
        composeRow([{ text: ` ${line}`, paint: theme.dim }], { width, ellipsis }),
      ),
    )
  }
  const view = selectService(state, service.name)
  const tone = view?.status.tone ?? 'calm'
  return [
    ...toField('state', `${theme.symbols.tones[tone]} ${view?.status.word ?? ''}${toStreak(service.probes)}`, {
      ...options,
      paint: (text) => theme.tone(tone, text),
    }),
    ...(check === undefined
      ? []
      : [
          ...toField('test', check.test, options),
          ...toField(
            'each',
            `${formatCost(check.intervalMs)}, given ${formatCost(check.timeoutMs)}; unhealthy after ${plural(check.retries, 'failure')} in a row`,
            options,
          ),
        ]),
    blank,
  ]
}

const toNothing = ({ summary, inspected, containers }: ServiceState): readonly [first: string, then: string] => {
  if (!summary.hasHealthcheck && inspected?.inspection.healthcheck === undefined)
    return [
      'It has no healthcheck: nobody knows more of it than that it runs.',
      'With "healthcheck" in the stack file each probe stands here, with what it said.',
    ]
  return containers.some(({ state }) => state === 'running')
    ? ['No probe has ended yet.', 'The first one stands here as soon as it has.']
    : ['It does not run: nothing is probed.', 'Esc and then "s" starts it.']
}

/** `, 4 failures in a row`, or how many of those that are known passed. */
const toStreak = (probes: readonly Probe[]): string => {
  const failures = probes.at(-1)?.failures ?? 0
  const passed = probes.filter(({ healthy }) => healthy).length
  return failures > 0
    ? `, ${plural(failures, 'failure')} in a row`
    : `, ${passed} of the last ${plural(probes.length, 'probe')} passed`
}

/** Its number, or the name of one that is gone. */
const toReplica = ({ containers }: ServiceState, { container }: Probe): string =>
  String(containers.find(({ name }) => name === container)?.number ?? container)

const toColumns = (service: ServiceState, columns: number) => {
  const replicas = new Set(service.probes.map((one) => toReplica(service, one)))
  return {
    age: columns >= 100 ? 6 : 0,
    replica: replicas.size < 2 ? 0 : Math.min(24, Math.max(9, ...[...replicas].map((one) => one.length + 2))),
  }
}

const toHeading = (service: ServiceState, { theme, columns }: ScreenInput, width: number): readonly string[] => {
  if (service.probes.length === 0) return []
  const { age, replica } = toColumns(service, columns)
  const text = `     ${fit('TIME', 10)}${fit('AGO', age)}${fit('TOOK', 8, { align: 'right' })}  ${fit('RESULT', 11)}${fit('REPLICA', replica)}OUTPUT`
  return [composeRow([{ text, paint: theme.dim }], { width, ellipsis: theme.symbols.ellipsis })]
}

const toItems = (probe: Probe, service: ServiceState, { view }: ItemContext): readonly ScreenItem[] => {
  const output = probe.output.trim()
  const id = `${probe.container} ${probe.startedAt ?? probe.at}`
  const result = probe.healthy ? 'passed' : probe.exitCode === -1 ? 'timed out' : `exit ${probe.exitCode}`
  // What failed last is what is looked for here.
  const isOpen = output !== '' && isUnfolded(view, id, probe === service.probes.at(-1) && !probe.healthy)
  const head: ScreenItem = {
    id,
    text: `${result} ${probe.container} ${output}`,
    segments: (input) => ({ left: toRow(probe, { result, output: isOpen ? '' : output, service }, input) }),
    choose: turn(id),
  }
  return isOpen ? [head, ...toTextItems(output, { id, indent: 4 })] : [head]
}

type Shown = { readonly result: string; readonly output: string; readonly service: ServiceState }

const toRow = (
  probe: Probe,
  { result, output, service }: Shown,
  { theme, formatTime, now, columns }: ScreenInput,
): readonly Segment[] => {
  const { age, replica } = toColumns(service, columns)
  const tone = probe.healthy ? 'good' : 'bad'
  const at = probe.startedAt ?? probe.at
  const lines = output.split('\n')
  const more = lines.length > 1 ? `  +${plural(lines.length - 1, 'line')}` : ''
  const room = Math.max(0, columns - 36 - age - replica - more.length)
  return [
    { text: `${theme.symbols.tones[tone]} `, paint: (text) => theme.tone(tone, text) },
    { text: fit(formatTime(at).replace(/\.\d+$/, ''), 10) },
    { text: fit(age === 0 ? '' : formatAge(now - at), age), paint: theme.dim },
    { text: fit(probe.ms === undefined ? '' : formatCost(probe.ms), 8, { align: 'right' }) },
    { text: `  ${fit(result, 11)}`, paint: (text) => theme.tone(tone, text) },
    { text: fit(toReplica(service, probe), replica, { ellipsis: theme.symbols.ellipsis }), paint: theme.dim },
    { text: cutToCells(lines[0] ?? '', room, theme.symbols.ellipsis), ...(probe.healthy ? { paint: theme.dim } : {}) },
    { text: more, paint: theme.dim },
  ]
}
