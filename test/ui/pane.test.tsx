import { renderToString } from 'ink'
import { expect, it } from 'vitest'
import { Pane } from '../../src/ui/pane.tsx'
import { toTitleRow } from '../../src/ui/rows/title-row.ts'
import { createTheme } from '../../src/ui/theme.ts'

it('puts each row in its place, and leaves what it has no row for empty', () => {
  expect(
    renderToString(<Pane rows={['one', '地図 two', '\u001b[1mthree\u001b[22m']} height={4} width={10} />, {
      columns: 20,
    }),
  ).toBe('one\n地図 two\n\u001b[1mthree\u001b[22m\n')
})

it('draws nothing without room', () => {
  expect(renderToString(<Pane rows={['one']} height={0} width={10} />)).toBe('')
})

it('puts the name of a pane into the rule above it', () => {
  const theme = createTheme({ colour: false, unicode: false })
  const row = toTitleRow(
    { name: 'log', focused: false, detail: [{ text: 'web' }], right: [{ text: '3 lines' }] },
    { width: 40, theme },
  )
  expect(
    renderToString(<Pane rows={[row]} height={1} width={40} />, { columns: 40 }).replaceAll(/\u001b\[\d+m/g, ''),
  ).toMatchInlineSnapshot(`"-- log web ------------------- 3 lines -"`)
})
