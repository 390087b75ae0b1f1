import { stripVTControlCharacters, styleText } from 'node:util'
import type { Check } from './check.ts'

const MARKS = {
  ok: { mark: '✓', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  problem: { mark: '✗', style: 'red' },
} as const

/** One line for each check, and below what is wrong the command that mends it. */
export const describeChecks = (checks: readonly Check[], { color }: { color: boolean }): string => {
  const width = Math.max(...checks.map(({ title }) => title.length))
  const text = checks
    .map(({ status, title, detail, fix }) => {
      const { mark, style } = MARKS[status]
      const indent = ' '.repeat(width + 4)
      const lines = [
        `${styleText(style, mark, { validateStream: false })} ${title.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}  `)}`,
      ]
      if (status !== 'ok' && fix !== undefined)
        lines.push(`${indent}${styleText('cyan', fix, { validateStream: false })}`)
      return `${lines.join('\n')}\n`
    })
    .join('')
  return color ? text : stripVTControlCharacters(text)
}
