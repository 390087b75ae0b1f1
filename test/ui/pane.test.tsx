import { renderToString } from 'ink'
import { describe, expect, it } from 'vitest'
import { Pane } from '../../src/ui/pane.tsx'
import { createRowMarks } from '../../src/ui/row-marks.ts'
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

describe('a row on its way through Ink', () => {
  it('comes out as it was, and takes the room of the blanks behind its mark', () => {
    const { markOf, fill } = createRowMarks()
    const link = '\u001b]8;;http://localhost:80\u0007:80\u001b]8;;\u0007'
    const [left, right] = [markOf(`\u001b[36m地図\u001b[39m ${link}`), markOf('details')]
    expect(fill(`\u001b[2K${left}         ${right}\n${right}`)).toBe(
      `\u001b[2K\u001b[36m地図\u001b[39m ${link}  details\ndetails`,
    )
  })

  it('keeps its mark as long as it is drawn, and no two of those that are kept share one', () => {
    const { markOf, fill } = createRowMarks()
    const mark = markOf('header')
    for (let index = 0; index < 20_000; index += 1) {
      expect(markOf('header')).toBe(mark)
      expect(fill(`${markOf(`line ${index}`)}\n${markOf(`line ${index - 1}`)}`)).toBe(
        `line ${index}\nline ${index - 1}`,
      )
    }
  })

  it('may hold characters that are marks elsewhere', () => {
    const { markOf, fill } = createRowMarks()
    expect(fill(`${markOf('\ue000 main')}\n${markOf('\ue001')}`)).toBe('\ue000 main\n\ue001')
  })
})
