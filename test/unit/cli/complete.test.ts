import { expect, test } from 'vitest'
import { complete } from '../../../src/cli/complete/complete.ts'

const answer = async (line: string): Promise<string> => {
  const words = line.split(' ')
  const { entries, mode } = await complete(words)
  const current = words.at(-1) ?? ''
  return [...entries.map(([word]) => word).filter((word) => word.startsWith(current)), `:${mode}`].join(' ')
}

test.for<[string, string]>([
  ['st', 'stop start stats :words'],
  ['--progress ', 'auto tty plain json quiet none :words'],
  ['--progress=pl', '--progress=plain :words'],
  ['-f ', ':files'],
  ['--project-directory ', ':folders'],
  ['up --force', '--force-recreate :words'],
  ['up --pull a', 'always :words'],
  ['down --rmi ', 'local all :words'],
  ['ls x', ':words'],
  ['completion ', 'bash zsh fish :words'],
  ['nosuch ', ':words'],
  ['up --progress ', 'auto tty plain json quiet none :words'],
  ['stop -t ', ':words'],
])('stack %s', async ([line, result]) => expect(await answer(line)).toBe(result))

test('hidden flags are not offered', async () => expect(await answer('up --men')).toBe(':words'))
