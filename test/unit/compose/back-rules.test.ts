import { describe, expect, test } from 'vitest'
import { printProject } from '../../../src/core/compose/print/print-project.ts'
import { writeYaml } from '../../../src/core/compose/print/write-yaml.ts'
import { readBackRules } from '../../../src/core/project/back-rules.ts'
import { loadFiles, loadGood, problemLines } from '../../support/load-memory.ts'

const file = (settings: string): string => `services:\n  web:\n    image: nginx\n    x-stack: ${settings}\n`
const told = (settings: string): readonly string[] => {
  const result = loadFiles({ 'compose.yaml': file(settings) })
  return problemLines(result.ok ? result.warnings : result.problems)
}

describe('what comes back from a container', () => {
  test('a rule is read, with its path below the folder of its file', () => {
    const { project } = loadGood({
      'compose.yaml': file(
        '{ watch: [{ path: ./generated, target: /app/generated, direction: from, ignore: "*.log", include: [a, b] }, { path: lock.json, target: /app/lock.json, direction: "${WAY:-both}" }] }',
      ),
    })
    expect(readBackRules(project.services['web']!)).toEqual([
      {
        path: '/work/shop/generated',
        target: '/app/generated',
        direction: 'from',
        ignore: ['*.log'],
        include: ['a', 'b'],
      },
      { path: '/work/shop/lock.json', target: '/app/lock.json', direction: 'both', ignore: [], include: [] },
    ])
    expect(writeYaml(printProject(project, 'yaml'))).toContain('direction: from')
  })

  test('lists of several files are one after the other', () => {
    const rule = (name: string): string => `{ watch: [{ path: ./${name}, target: /app/${name}, direction: both }] }`
    const { project } = loadGood(
      { 'compose.yaml': file(rule('a')), 'more.yaml': file(rule('b')) },
      { files: ['compose.yaml', 'more.yaml'] },
    )
    expect(readBackRules(project.services['web']!).map(({ target }) => target)).toEqual(['/app/a', '/app/b'])
  })

  test.each(['{ watch: false }', '{ watch: "false" }', '{}', ''])('%s says nothing of it', (settings) => {
    expect(told(settings)).toEqual([])
  })

  test.each([
    [
      '{ watch: [{ path: ./a, target: /a, direction: to }] }',
      '4:60 file/wrong-value "direction" must be "from" or "both", not "to".',
    ],
    ['{ watch: [{ path: ./a, target: /a }] }', '4:24 file/missing-key Item 1 of "watch" has no "direction"'],
    ['{ watch: [{ target: /a, direction: from }] }', '4:24 file/missing-key Item 1 of "watch" has no "path"'],
    ['{ watch: [{ path: ./a, direction: from }] }', '4:24 file/missing-key Item 1 of "watch" has no "target"'],
    [
      '{ watch: [{ path: ./a, target: a, direction: from }] }',
      '4:45 file/wrong-value "target" must be an absolute path, not "a".',
    ],
    [
      '{ watch: [{ path: ../a, target: /a, direction: from }] }',
      '4:32 service/watch-outside /work/a is outside of /work/shop',
    ],
    [
      '{ watch: [{ path: /etc, target: /a, direction: from }] }',
      '4:32 service/watch-outside /etc is outside of /work/shop',
    ],
    [
      '{ watch: [{ path: .git/hooks, target: /a, direction: from }] }',
      "4:32 service/watch-outside /work/shop/.git/hooks is git's own",
    ],
    [
      '{ watch: [{ path: ./a, target: /x/.., direction: from }] }',
      '4:45 service/watch-target A watch rule of service "web" brings back the whole container.',
    ],
    [
      '{ watch: [{ path: ./a, target: /proc/1, direction: from }] }',
      '4:45 service/watch-target A watch rule of service "web" brings back /proc/1',
    ],
    ['{ watsh: false }', '4:16 file/unknown-key'],
  ])('%s is told with its place', (settings, expected) => {
    expect(told(settings).join('\n')).toContain(expected)
  })
})
