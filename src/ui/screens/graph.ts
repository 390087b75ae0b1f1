import { type GraphColumn, type GraphNode, selectGraph } from '../../core/state/service-graph.ts'
import type { ScreenInput } from '../screen-input.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import type { FullScreen } from './full-screen.ts'

/** Who depends on whom: a column a tier where there is room, else one below the other. */
export const graph: FullScreen = {
  title: () => 'graph',
  rows: (input, { width }) => {
    const columns = selectGraph(input.state)
    if (columns.length === 0) return [input.theme.dim(' There is no service yet.')]
    const each = Math.floor(width / columns.length)
    if (columns.length === 1 || each < leastColumn) return columns.flatMap((one) => toColumn(one, input, width))
    return besides(
      columns.map((one) => toColumn(one, input, each)),
      each,
      width,
    )
  },
}

const leastColumn = 30

const besides = (columns: readonly (readonly string[])[], each: number, width: number): readonly string[] => {
  const height = Math.max(...columns.map((column) => column.length))
  const blank = ' '.repeat(each)
  const rest = ' '.repeat(Math.max(0, width - each * columns.length))
  return Array.from({ length: height }, (_, index) => columns.map((column) => column[index] ?? blank).join('') + rest)
}

const toColumn = (column: GraphColumn, input: ScreenInput, width: number): readonly string[] => {
  const { theme } = input
  const { ellipsis } = theme.symbols
  return [
    composeRow([{ text: ` ${column.name}`, paint: theme.bold }], { width, ellipsis }),
    ...column.nodes.flatMap((node) => toNode(node, input, width)),
    ' '.repeat(width),
  ]
}

const toNode = (node: GraphNode, { theme, state }: ScreenInput, width: number): readonly string[] => {
  const { ellipsis, tones, arrow, dot } = theme.symbols
  const { view } = node
  const toneOf = (name: string) => state.services.findIndex((one) => one.name === name)
  const name = Math.min(24, Math.max(8, Math.floor(width / 2)))
  const head: readonly Segment[] = [
    { text: `   ${tones[view.status.tone]} `, paint: (text) => theme.tone(view.status.tone, text) },
    {
      text: fit(view.name, name, { ellipsis }),
      paint: (text) => theme.bold(theme.service(Math.max(0, toneOf(view.name)), text)),
    },
    { text: ` ${view.status.word}`, paint: (text) => theme.tone(view.status.tone, text) },
  ]
  const needs = node.needs.map(({ service, wanted, isOpen }): readonly Segment[] => [
    { text: `     ${arrow} `, paint: isOpen ? theme.warn : theme.dim },
    { text: service, paint: (text) => theme.service(Math.max(0, toneOf(service)), text) },
    { text: isOpen ? ` waits for it to be ${wanted}` : ` ${wanted}`, paint: isOpen ? theme.warn : theme.dim },
  ])
  const blocks: readonly (readonly Segment[])[] =
    node.blocks.length === 0
      ? node.neededBy.length === 0
        ? []
        : [[{ text: `     ${dot} needed by ${node.neededBy.join(', ')}`, paint: theme.dim }]]
      : [
          [
            {
              text: `     ${dot} ${node.blocks.join(', ')} ${node.blocks.length === 1 ? 'waits' : 'wait'} for it`,
              paint: theme.warn,
            },
          ],
        ]
  return [head, ...needs, ...blocks].map((segments) => composeRow(segments, { width, ellipsis }))
}
