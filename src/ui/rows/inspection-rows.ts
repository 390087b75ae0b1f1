import type { HideableValue, Inspection, InspectedVariable, VariableOrigin } from '../../core/events/inspection.ts'
import type { ServiceView } from '../../core/state/select.ts'
import type { State } from '../../core/state/state.ts'
import { composeRow } from '../text/compose-row.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { fit } from '../text/fit.ts'
import { formatAge, formatBytes, formatCost } from '../text/format.ts'
import { type DetailsOptions, toField, toFields } from './field-rows.ts'

export type InspectionOptions = DetailsOptions & {
  /** Values that are hidden else; absent: nobody has asked for them. */
  readonly revealed?: Readonly<Record<string, string>> | undefined
  /** Beside a log there is room for the most important alone. */
  readonly brief: boolean
}

/** What was asked for of a service, or that the answer is on its way. */
export const toInspectionRows = (state: State, view: ServiceView, options: InspectionOptions): readonly string[] => {
  const { inspected } = view.service
  const dependents = state.services
    .filter(({ summary }) => summary.dependsOn.some((one) => one.service === view.name))
    .map(({ name }) => name)
  const { planned } = view.service
  const known = [
    ...toFields([['used by', dependents.join(', ')]], options),
    ...(planned === undefined
      ? []
      : toField(
          'plan',
          `${planned.what}${planned.why === undefined ? '' : `: ${planned.why}`}, ${formatAge(options.now - planned.at)} ago`,
          options,
        )),
  ]
  if (inspected === undefined) return [...known, ...toField('more', 'is asked for', options)]
  const { inspection } = inspected
  return [
    ...known,
    ...toFields(toFacts(inspection, options), options),
    ...toVariableRows(inspection.variables, options),
    ...(options.brief ? [] : toLabelRows(inspection.labels, options)),
  ]
}

const toFacts = (inspection: Inspection, { now, brief }: InspectionOptions): readonly (readonly [string, string])[] => {
  const { image, healthcheck } = inspection
  return [
    ['image id', toImageText(inspection, now)],
    ['digest', image.id === undefined ? '' : (image.digest ?? 'none: it was built here')],
    ...inspection.replicas.flatMap((replica) =>
      replica.networks.map((network): [string, string] => [
        'network',
        [
          inspection.replicas.length > 1 ? `${replica.name}:` : '',
          network.name,
          network.addresses.join(' '),
          network.aliases.length === 0 ? '' : `as ${network.aliases.join(', ')}`,
        ]
          .filter((part) => part !== '')
          .join(' '),
      ]),
    ),
    ...inspection.mounts.map(({ type, source, target, readOnly, anonymous }): [string, string] => [
      'mount',
      `${target} from ${anonymous === true ? `an anonymous ${type}` : `${type} ${source}`}${readOnly === true ? ', read-only' : ''}`,
    ]),
    ...(inspection.replicas.length === 0 ? [] : toUseFacts(inspection)),
    ['restart', inspection.restart],
    ...(brief
      ? []
      : ([
          ['command', inspection.command],
          ['folder', inspection.workingDirectory],
          ['pid', inspection.replicas.flatMap(({ pid }) => pid ?? []).join(', ')],
          [
            'checked',
            healthcheck === undefined
              ? ''
              : `${healthcheck.test}, every ${formatCost(healthcheck.intervalMs)}, at most ${formatCost(healthcheck.timeoutMs)}, ${healthcheck.retries} failures make it unhealthy`,
          ],
        ] as const)),
  ]
}

/** Of a container alone: what none is known of is not none. */
const toUseFacts = ({ limits, user }: Inspection): readonly (readonly [string, string])[] => [
  [
    'limits',
    [
      limits.cpus === undefined ? '' : `${limits.cpus} cpus`,
      limits.memoryBytes === undefined ? '' : `${formatBytes(limits.memoryBytes)} of memory`,
      limits.pids === undefined ? '' : `${limits.pids} processes`,
    ]
      .filter((part) => part !== '')
      .join(', ') || 'none',
  ],
  ['user', user === '' ? 'root' : user],
]

const toImageText = ({ image }: Inspection, now: number): string => {
  if (image.id === undefined) return 'not on this engine'
  const parts = [
    image.id.replace('sha256:', '').slice(0, 12),
    image.bytes === undefined ? '' : formatBytes(image.bytes),
    image.createdAt === undefined || image.createdAt <= 0 ? '' : `made ${formatAge(now - image.createdAt)} ago`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** Name, value, and at the right end where it comes from; without room for that beside it, below. */
const toVariableRows = (variables: readonly InspectedVariable[], options: InspectionOptions): readonly string[] => {
  const { theme, width, revealed } = options
  const { ellipsis } = theme.symbols
  const hidden = variables.filter((one) => one.hidden === true).length
  const title = composeRow(
    [
      { text: fit(' env', 10), paint: theme.dim },
      { text: variables.length === 0 ? 'no variables' : `${variables.length} variables` },
      {
        text: hidden === 0 ? '' : `, ${hidden} hidden: V ${revealed === undefined ? 'shows' : 'hides'} them`,
        paint: theme.dim,
      },
    ],
    { width, ellipsis },
  )
  return [
    title,
    ...variables.flatMap((one) => {
      const value = one.hidden === true ? (revealed?.[one.name] ?? one.value) : one.value
      const origin = toOriginText(one.origin)
      const name = `   ${one.name}=`
      const room = width - textWidth(name) - textWidth(origin) - 3
      if (room < Math.min(textWidth(value), 16))
        return [
          composeRow([{ text: name, paint: theme.accent }, { text: value }], { width, ellipsis }),
          composeRow([{ text: `     ${origin}`, paint: theme.dim }], { width, ellipsis }),
        ]
      return [
        composeRow([{ text: name, paint: theme.accent }, { text: fit(value, room, { ellipsis }) }], {
          width,
          ellipsis,
          right: [{ text: `${origin} `, paint: theme.dim }],
        }),
      ]
    }),
  ]
}

const toOriginText = (origin: VariableOrigin): string => {
  switch (origin.kind) {
    case 'file': {
      const fills = origin.fills.map(({ name, from }) => `${name} from ${from}`)
      return fills.length === 0 ? origin.at : `${origin.at}, ${fills.join(', ')}`
    }
    case 'image':
      return 'the image'
    case 'engine':
      return 'the engine'
    case 'unknown':
      return `not known: ${origin.why}`
    default:
      return origin satisfies never
  }
}

const toLabelRows = (labels: readonly HideableValue[], { theme, width }: InspectionOptions): readonly string[] =>
  labels.map(({ name, value }, index) =>
    composeRow(
      [
        { text: fit(index === 0 ? ' labels' : '', 10), paint: theme.dim },
        { text: `${name}=`, paint: theme.accent },
        { text: value },
      ],
      { width, ellipsis: theme.symbols.ellipsis },
    ),
  )
