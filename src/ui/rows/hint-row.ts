import type { Binding, KeyScope, Pane } from '../keys/binding.ts'
import { isValid, type Keymap } from '../keys/keymap.ts'
import { toKeyLabel } from '../keys/key-names.ts'
import type { Theme } from '../theme.ts'
import type { ScreenName, ViewState } from '../view/view-state.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'

export type HintRowOptions = {
  readonly keys: Keymap
  readonly width: number
  readonly theme: Theme
  readonly unicode: boolean
  readonly scope: KeyScope
  readonly pane: Pane
  readonly asking: ViewState['asking']
  /** An answer is being typed. */
  readonly prompts: boolean
  readonly open: ScreenName | undefined
  /** What Enter does on the open screen with what is chosen. */
  readonly choice: string | undefined
  /** The open screen has something to choose. */
  readonly hasItems: boolean
  /** One of the services that actions are for runs, so that the key stops it. */
  readonly running: boolean
  readonly solo: boolean
  readonly canGoBack: boolean
  /** An edit of the stack file waits to be applied. */
  readonly canApply: boolean
  /** What has to be said in this row, for there is no other; as much of the keys as has room stands beside it. */
  readonly notice: string | undefined
}

/** The keys that work now, as many as fit; the last ones, quit and help, always. */
export const toHintRow = (options: HintRowOptions): string => {
  const { width, theme, scope, pane, unicode } = options
  const { ellipsis } = theme.symbols
  const valid = options.keys.filter(
    (one) =>
      isValid(one, scope, pane) &&
      one.hint !== undefined &&
      one.keys.length > 0 &&
      (one.hintIn === undefined || (one.hintIn === pane && scope === 'main')) &&
      (one.command !== 'back' || scope !== 'main' || options.canGoBack) &&
      (one.command !== 'apply' || options.canApply) &&
      (one.command !== 'choose' || options.hasItems) &&
      // On a screen there is nothing but its rows to look in.
      (one.command !== 'turnTyping' || (options.open === undefined && !options.prompts)),
  )
  const moves =
    scope === 'main' || scope === 'screen'
      ? [
          {
            key: theme.symbols.vertical,
            text: (scope === 'main' ? pane === 'services' : options.hasItems) ? 'choose' : 'scroll',
          },
        ]
      : []
  const all = [
    ...moves,
    ...valid.map((one) => ({ key: toKeyLabel(one.keys[0] ?? '', unicode), text: toHint(one, options) })),
  ]
  const kept = all.slice(scope === 'main' && width >= 40 ? -2 : -1)
  const segments: Segment[] = []
  const notice = options.notice === undefined ? [] : [{ text: ` ${options.notice}`, paint: theme.accent }]
  const sum = (some: readonly Hint[]) => some.reduce((total, one) => total + toWidth(one), 0)
  let used = sum(kept)
  const add = (one: Hint) =>
    void segments.push({ text: ` ${one.key}`, paint: theme.accent }, { text: ` ${one.text} `, paint: theme.dim })
  if (notice.length > 0) {
    kept.forEach(add)
    return composeRow(notice, { width, ellipsis, right: segments })
  }
  for (const one of all.slice(0, all.length - kept.length)) {
    if (used + toWidth(one) > width) continue
    used += toWidth(one)
    add(one)
  }
  kept.forEach(add)
  return composeRow(segments, { width, ellipsis })
}

const toHint = (binding: Binding, options: HintRowOptions): string => {
  if (binding.command === 'toggle' && !options.running) return 'start'
  if (binding.command === 'confirm' && options.asking !== undefined && options.asking !== 'quit')
    return options.asking.yes
  if (binding.command === 'accept' && options.open === 'palette') return 'do it'
  if (binding.command === 'accept' && options.prompts) return 'do it'
  if (binding.command === 'clear' && options.prompts) return 'stay here'
  if (binding.command === 'clear' && options.open === 'palette') return 'back'
  if (binding.command === 'choose' && options.choice !== undefined) return options.choice
  if (binding.command === 'focus' && options.solo) return 'all logs'
  return binding.hint ?? ''
}

type Hint = { readonly key: string; readonly text: string }

const toWidth = (one: Hint) => textWidth(one.key) + textWidth(one.text) + 3
