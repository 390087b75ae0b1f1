import type { State } from '../../core/state/state.ts'
import type { KeyScope } from '../keys/binding.ts'
import type { Theme } from '../theme.ts'
import { composeRow } from '../text/compose-row.ts'
import { wrapWords } from '../text/fit.ts'
import type { Prompt, ViewState } from '../view/view-state.ts'
import { toTitleRow } from './title-row.ts'

/** A question that waits for an answer; the keys that answer it stand in the bar below. Empty when there is none. */
export const toPromptRows = (
  state: State,
  options: {
    readonly scope: KeyScope
    readonly asking: ViewState['asking']
    readonly prompt: ViewState['prompt']
    readonly width: number
    readonly theme: Theme
  },
): readonly string[] => {
  const { scope, asking, prompt, width, theme } = options
  const { ellipsis } = theme.symbols
  const question = state.questions[0]
  if (scope === 'question' && question !== undefined) {
    const more = state.questions.length > 1 ? [{ text: `${state.questions.length - 1} more`, paint: theme.dim }] : []
    return [
      toTitleRow({ name: 'question', focused: true, right: more }, { width, theme }),
      ...wrapWords(question.text, Math.max(1, width - 2)).map((line) =>
        composeRow([{ text: ` ${line}` }], { width, ellipsis }),
      ),
      composeRow([{ text: ` Without an answer: ${question.fallback ? 'yes' : 'no'}.`, paint: theme.dim }], {
        width,
        ellipsis,
      }),
    ]
  }
  if (scope === 'confirm' && asking !== undefined && asking !== 'quit')
    return [
      toTitleRow({ name: asking.title, focused: true }, { width, theme }),
      ...asking.text.flatMap((text) =>
        wrapWords(text, Math.max(1, width - 2)).map((line) => composeRow([{ text: ` ${line}` }], { width, ellipsis })),
      ),
    ]
  if (scope === 'typing' && prompt !== undefined) return toAnswerRows(state, prompt, options)
  if (scope === 'main') return toProposalRows(state, options)
  if (scope !== 'quit') return []
  return toQuitRows(state, options)
}

/** What is asked for, what was typed of it, and what is good to know meanwhile. */
const toAnswerRows = (
  { services }: State,
  { about, services: names, text }: Prompt,
  { width, theme }: { readonly width: number; readonly theme: Theme },
): readonly string[] => {
  const counts = names.map((name) => {
    const wanted = services.find((one) => one.name === name)?.summary.replicas ?? 0
    return names.length === 1 ? `It has ${wanted} now.` : `${name} has ${wanted}.`
  })
  const { title, label, note } =
    about === 'scale'
      ? {
          title: `scale ${names.join(', ')}`,
          label: 'containers',
          note: `${counts.join(' ')} Fewer: the last ones go, with what was written inside them.`,
        }
      : {
          title: `run a command in ${names.join(', ')}`,
          label: 'command',
          note: 'Words and quotes as in a shell; for pipes and variables: sh -c "…".',
        }
  return [
    toTitleRow({ name: title, focused: true }, { width, theme }),
    composeRow([{ text: ` ${label}: ` }, { text, paint: theme.bold }, { text: '_', paint: theme.accent }], {
      width,
      ellipsis: theme.symbols.ellipsis,
    }),
    ...wrapWords(note, Math.max(1, width - 2)).map((line) =>
      composeRow([{ text: ` ${line}`, paint: theme.dim }], { width, ellipsis: theme.symbols.ellipsis }),
    ),
  ]
}

/** What each answer does; the keys stand in the bar below, too. */
const toQuitRows = (
  state: State,
  { width, theme }: { readonly width: number; readonly theme: Theme },
): readonly string[] => {
  const { ellipsis } = theme.symbols
  const running = state.services.filter((service) => service.containers.some((one) => one.state === 'running')).length
  const [them, are] = running === 1 ? ['it', 'service is'] : ['them', 'services are']
  const toRow = (key: string, text: string): string =>
    composeRow([{ text: ` ${key.padEnd(5)} `, paint: theme.accent }, { text }], { width, ellipsis })
  return [
    toTitleRow({ name: `quit ${state.project}`, focused: true }, { width, theme }),
    composeRow([{ text: running === 0 ? ' No service is running.' : ` ${running} ${are} running.` }], {
      width,
      ellipsis,
    }),
    toRow('enter', `leave ${them} running and go; "stack ui" comes back`),
    toRow('s', `stop ${them}, as "stack stop" does: containers and data stay`),
    toRow('esc', 'stay here'),
  ]
}

const changesShown = 4

/** What an edit of the stack file would change, until it is applied or taken back. Not for long where there is little room. */
const toProposalRows = (
  { proposal }: State,
  { width, theme }: { readonly width: number; readonly theme: Theme },
): readonly string[] => {
  if (proposal === undefined) return []
  const { changes, losses } = proposal
  const { ellipsis, warning } = theme.symbols
  const shown = changes.length > changesShown ? changes.slice(0, changesShown - 1) : changes
  const more = changes.length - shown.length
  return [
    toTitleRow(
      {
        name: 'the stack file was edited',
        focused: true,
        detail: [{ text: `${theme.symbols.dot} not applied yet`, paint: theme.dim }],
      },
      { width, theme },
    ),
    ...shown.map(({ what, why }) =>
      composeRow([{ text: ` ${what}` }, ...(why === undefined ? [] : [{ text: `  ${why}`, paint: theme.dim }])], {
        width,
        ellipsis,
      }),
    ),
    ...(more === 0 ? [] : [composeRow([{ text: ` and ${more} more: i`, paint: theme.dim }], { width, ellipsis })]),
    ...(losses.length === 0
      ? []
      : [
          composeRow([{ text: ` ${warning} the data in ${losses.join(', ')} would be lost`, paint: theme.warn }], {
            width,
            ellipsis,
          }),
        ]),
  ]
}
