import type { Binding, KeyGroup } from '../keys/binding.ts'
import type { Keymap } from '../keys/keymap.ts'
import { toKeyLabel } from '../keys/key-names.ts'
import type { Theme } from '../theme.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { composeRow } from '../text/compose-row.ts'
import { fit, wrapWords } from '../text/fit.ts'
import type { FullScreen } from './full-screen.ts'

const groups: readonly KeyGroup[] = ['Move', 'Service', 'Log', 'Screen', 'Session']

type HelpOptions = {
  readonly keys: Keymap
  readonly words: string
  readonly width: number
  readonly theme: Theme
  readonly unicode: boolean
}

/** All keys of the main screen by group, from the table of keys; in two columns where there is room. */
export const help: FullScreen = {
  title: () => 'keys',
  searches: true,
  rows: ({ keys, theme, unicode }, { width, open }) => toHelpRows({ keys, words: open.words, width, theme, unicode }),
}

const toHelpRows = (options: HelpOptions): readonly string[] => {
  if (options.width < 100) return groups.flatMap((group) => toGroupRows(group, options))
  const width = Math.floor(options.width / 2)
  const [left, right] = [groups.slice(0, 2), groups.slice(2)].map((half) =>
    half.flatMap((group) => toGroupRows(group, { ...options, width })),
  )
  const blank = ' '.repeat(width)
  return Array.from(
    { length: Math.max(left?.length ?? 0, right?.length ?? 0) },
    (_, index) => (left?.[index] ?? blank) + (right?.[index] ?? ''),
  )
}

const toGroupRows = (
  group: KeyGroup,
  { keys: keymap, words, width, theme, unicode }: HelpOptions,
): readonly string[] => {
  const { ellipsis } = theme.symbols
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const bindings = keymap.filter((one) => {
    const text = `${one.group} ${one.keys.join(' ')} ${one.help} ${one.commandLine ?? ''}`.toLowerCase()
    return one.group === group && one.when.includes('main') && wanted.every((word) => text.includes(word))
  })
  if (bindings.length === 0) return []
  const label = Math.max(16, ...keymap.map((one) => textWidth(toLabel(one, unicode)) + 4))
  return [
    composeRow([{ text: ` ${group}`, paint: theme.bold }], { width, ellipsis }),
    ...bindings.flatMap((one) =>
      wrapWords(one.help, Math.max(1, width - label - 2)).map((line, row) =>
        composeRow(
          [
            { text: fit(row === 0 ? `   ${toLabel(one, unicode)}` : '', label, { ellipsis }), paint: theme.accent },
            { text: line },
          ],
          { width, ellipsis },
        ),
      ),
    ),
    ' '.repeat(width),
  ]
}

/** Its first two keys: more nobody learns from a list. */
const toLabel = (one: Binding, unicode: boolean): string =>
  one.keys
    .slice(0, 2)
    .map((key) => toKeyLabel(key, unicode))
    .join(' ')
