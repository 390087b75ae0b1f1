import type { Check } from './check.ts'

const MARKS = {
  ok: { mark: '✓', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  problem: { mark: '✗', style: 'red' },
} as const

/** One line for each check, and below what is wrong the command that mends it. */
export const describeChecks = (
  checks: readonly Check[],
  { paint }: { readonly paint: (style: 'green' | 'yellow' | 'red' | 'cyan', text: string) => string },
): string => {
  const width = Math.max(...checks.map(({ title }) => title.length))
  return checks
    .map(({ status, title, detail, fix }) => {
      const { mark, style } = MARKS[status]
      const indent = ' '.repeat(width + 4)
      const lines = [`${paint(style, mark)} ${title.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}  `)}`]
      if (status !== 'ok' && fix !== undefined) lines.push(`${indent}${paint('cyan', fix)}`)
      return `${lines.join('\n')}\n`
    })
    .join('')
}
