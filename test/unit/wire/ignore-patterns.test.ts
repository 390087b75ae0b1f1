import { describe, expect, test } from 'vitest'
import { createIgnoreRules, readIgnoreFile } from '../../../src/wire/ignore-patterns.ts'
import { ignoredSets, ignoredTree } from '../../support/ignore-cases.ts'

const toRules = (lines: readonly string[]) => createIgnoreRules(readIgnoreFile(lines.join('\n')))

describe('patterns of an ignore file', () => {
  // test/docker/ignore-patterns.test.ts holds the same sets to the engine.
  test('leave out what the engine leaves out', async () => {
    const lines = ignoredSets.map((patterns) => {
      const rules = toRules(patterns)
      const out = ignoredTree.filter(rules.ignores)
      const kept = ignoredTree.filter((path) => !rules.ignores(path))
      const said = out.length <= kept.length ? ['leaves out', ...out] : ['keeps', ...kept]
      return `${JSON.stringify(patterns)} ${said.length === 1 ? `${said[0]} nothing` : said.join('  ')}`
    })
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../fixtures/ignore-patterns.txt')
  })

  test('never hide a folder in which an exception brings something back', () => {
    const hidden = ignoredSets.flatMap((patterns) => {
      const rules = toRules(patterns)
      const kept = ignoredTree.filter((path) => !rules.ignores(path))
      const folders = kept.flatMap((path) =>
        path.split('/').flatMap((_, index, all) => [all.slice(0, index).join('/')]),
      )
      return folders
        .filter((folder) => folder !== '' && rules.ignores(folder) && !rules.mayHoldException(folder))
        .map((folder) => `${JSON.stringify(patterns)} hides ${folder}`)
    })
    expect(hidden).toEqual([])
  })

  test('go on across any end of a line but a line feed, and not across that, as in Go', () => {
    const paths = ['a\nb/x.log', 'a\nb/x', 'a\u2028b/x.log', 'a\rb/x.log', 'a/new\nline.log']
    expect(paths.filter(toRules(['**/*.log', '**/x']).ignores)).toEqual([
      'a\nb/x', // an end without other wildcards is compared as it is
      'a\u2028b/x.log',
      'a\rb/x.log',
      'a/new\nline.log',
    ])
  })

  test('hide folders in which none can be', () => {
    const rules = toRules(['node_modules', 'dist/**', '!dist/keep/*.js'])
    const folders = ['node_modules', 'dist', 'dist/keep', 'dist/other']
    expect(folders.map(rules.mayHoldException)).toEqual([false, true, true, false])
    expect(toRules(['*', '!**/package.json']).mayHoldException('a/b/c')).toBe(true)
  })

  test('are read line by line, a comment only where it begins the line', () => {
    const text =
      '\uFEFFtest1\r\n/test2\n/a/file/here\n\n  # no comment\n# a comment\n! /inverted/abs/path\n!\n! \nx/../y/ \n/'
    expect(readIgnoreFile(text)).toEqual([
      'test1', 'test2', 'a/file/here', '# no comment', '!inverted/abs/path', '!', '!', 'y', '/',
    ]) // prettier-ignore
  })

  test.for([
    '!', '[', '[]', '[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', '[^', '[^bc', 'a[', 'x[a-]', '\\', 'a\\', 'a/[', '[z-a]', 'a\\ä',
  ])('that cannot be read are refused: %s', (pattern) => {
    expect(() => createIgnoreRules([pattern])).toThrow(`The ignore pattern ${JSON.stringify(pattern)} cannot be read`)
  }) // prettier-ignore

  // Of Go's own tests of its matcher, and of those of the engine's.
  test.for([
    ['a*b*c*d*e*/f', 'axbxcxdxe/f', true], ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false], ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false], ['a???b', 'a☺b', false], ['a[^a]b', 'a☺b', true], ['*[a-ζ]', 'A', false],
    ['[\\]a]', ']', true], ['[\\-]', '-', true], ['[x\\-]', 'x', true], ['[x\\-]', 'z', false], ['[\\-x]', '-', true],
    ['a*/b', 'a/c/b', false], ['**/file*txt', 'dir/dir/file.txt', true], ['**/**/*.txt2', 'dir/file.txt', false],
    ['a/*.txt**', 'a/file.txt', true], ['abc.def', 'abcZdef', false], ['abc/**', 'abc', false], ['a\\\\', 'a\\', true],
    ['a.|)$(}+{bc', 'a.|)$(}+{bc', true], ['dist/*.whl', 'dist/py-2.4.0rc3.dev36+g08-none-any.whl', true],
  ] as const)('%s and %s: %s', ([pattern, path, is]) => {
    expect(createIgnoreRules([pattern]).ignores(path)).toBe(is)
  }) // prettier-ignore
})
