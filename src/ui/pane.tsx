import { Box, Transform } from 'ink'
import { useContext, useMemo } from 'react'
import { RowMarksContext } from './row-marks.ts'

/**
 * Rows that change, drawn over a blank that does not: Ink keeps what it measured and wrapped by the text itself, so
 * the text that it sees is always the same and the rows are put in when the frame is written. The rows must already
 * be cut to the width of the pane. Blanks at their ends are left out: a frame is blank before.
 */
export const Pane = ({
  rows,
  height,
  width,
}: {
  readonly rows: readonly string[]
  readonly height: number
  readonly width: number
}) => {
  const marks = useContext(RowMarksContext)
  const blank = useMemo(() => Array.from({ length: height }, () => ' ').join('\n'), [height])
  if (height <= 0 || width <= 0) return null
  const draw = (index: number): string => {
    const row = rows[index]?.trimEnd() ?? ''
    return row === '' || marks === undefined ? row : marks.markOf(row)
  }
  return (
    <Box height={height} width={width} flexShrink={0}>
      <Transform transform={(_line, index) => draw(index)}>{blank}</Transform>
    </Box>
  )
}
