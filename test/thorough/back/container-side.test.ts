import { createHash } from 'node:crypto'
import { chmod, lutimes, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BackShell, openBackShell } from '../../../src/engine/sync/back/back-shell.ts'
import { createBackPaths } from '../../../src/engine/sync/back/back-paths.ts'
import { type ContainerLook, createContainerSide } from '../../../src/engine/sync/back/container-side.ts'
import type { BackRule } from '../../../src/core/project/back-rules.ts'
import { aProject } from '../../support/builders.ts'
import { createLocalExec } from '../../support/local-exec.ts'

const base = await mkdtemp(join(tmpdir(), 'stack-back-'))
afterAll(() => rm(base, { recursive: true }))
let number = 0
let root = ''
let shell: BackShell
beforeEach(async () => {
  number += 1
  root = join(base, String(number), 'root')
  await mkdir(root, { recursive: true })
  shell = await openBackShell({ runtime: createLocalExec(), signal: new AbortController().signal }, 'one')
})
afterEach(() => shell.close())

const sum = (text: string): string => createHash('sha256').update(text).digest('hex')
const old = 1_600_000_000
/** Written long ago: at rest. */
const save = async (path: string | Buffer, text: string): Promise<void> => {
  const full = typeof path === 'string' ? join(root, path) : path
  await writeFile(full, text)
}
const lookerOf = (more: Partial<BackRule> = {}) => {
  const rule: BackRule = { path: '/work/gen', target: root, direction: 'from', include: [], ignore: [], ...more }
  return createContainerSide(shell, {
    target: rule.target,
    paths: createBackPaths(rule, aProject({})),
    startedAt: Date.now() - 60_000,
  })
}
/** Looks until nothing moves any more. */
const settled = async (side: ReturnType<typeof lookerOf>): Promise<ContainerLook> => {
  for (;;) {
    const look = await side.look([])
    if (look === undefined) throw new Error('it cannot be told')
    if (!look.isMoving) return look
  }
}
const print = ({ side }: ContainerLook): readonly string[] =>
  [...side]
    .map(([path, found]) => {
      switch (found.kind) {
        case 'file':
          return `${path}=${found.digest.slice(0, 6)}${found.executable ? '*' : ''}`
        case 'link':
          return `${path}->${found.linkTarget}`
        default:
          return `${path} ${found.kind}`
      }
    })
    .toSorted()

describe('what is in a container', () => {
  test('files, folders and links, with odd names, and without what is left out', async () => {
    await mkdir(join(root, 'd/.git'), { recursive: true })
    await mkdir(join(root, 'node_modules/x'), { recursive: true })
    await save('d/a', 'one')
    await save('d/run', 'two')
    await chmod(join(root, 'd/run'), 0o755)
    await save('node_modules/x/y', 'three')
    await save('d/.git/config', 'theirs')
    await save('line\nend', 'four')
    await save('back\\slash', 'five')
    await save(' $(touch x) "\'*', 'six')
    await save(Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff])]), 'seven')
    await save('.stack-back-1', 'eight')
    await symlink('d/a', join(root, 'inner'))
    await symlink('../../etc/passwd', join(root, 'outer'))
    await symlink('/etc/passwd', join(root, 'd/passwd'))
    const look = await settled(lookerOf({ ignore: ['node_modules', '*.log'] }))
    expect(print(look)).toEqual(
      [
        ' directory',
        'd directory',
        `d/a=${sum('one').slice(0, 6)}`,
        `d/run=${sum('two').slice(0, 6)}*`,
        'd/.git unknown',
        'd/passwd unknown',
        'node_modules unknown',
        `line\nend=${sum('four').slice(0, 6)}`,
        `back\\slash=${sum('five').slice(0, 6)}`,
        ` $(touch x) "'*=${sum('six').slice(0, 6)}`,
        `b\udcff=${sum('seven').slice(0, 6)}`,
        '.stack-back-1 unknown',
        'inner->d/a',
        'outer unknown',
      ].toSorted(),
    )
    expect([...look.outside].toSorted()).toEqual(['d/passwd', 'outer'])
    expect(look.kind).toBe('folder')
  })

  test('only what is included, and folders for their files alone', async () => {
    await mkdir(join(root, 'd'))
    await save('d/a.snap', 'one')
    await save('d/b.ts', 'two')
    expect(print(await settled(lookerOf({ include: ['**/*.snap'] })))).toEqual([
      'd/a.snap=' + sum('one').slice(0, 6),
      'd/b.ts unknown',
    ])
  })

  test('a file, a link to a folder, and nothing', async () => {
    await save('lock.json', '{}')
    await symlink(root, join(base, String(number), 'current'))
    expect(print(await settled(lookerOf({ target: `${root}/lock.json` })))).toEqual([`=${sum('{}').slice(0, 6)}`])
    const linked = await settled(lookerOf({ target: join(base, String(number), 'current') }))
    expect(linked.place).toBe(root)
    expect(print(linked)).toEqual([' directory', `lock.json=${sum('{}').slice(0, 6)}`])
    const none = await settled(lookerOf({ target: `${root}/none` }))
    expect([none.kind, print(none)]).toEqual(['gone', []])
  })

  test('what was read is read again when it may have changed, though it shows the same', async () => {
    const side = lookerOf()
    await save('a', 'one')
    await settled(side)
    await save('a', 'two')
    const now = new Date()
    await utimes(join(root, 'a'), now, now)
    expect(print(await settled(side))).toContain(`a=${sum('two').slice(0, 6)}`)
  })

  test('a file that is being written is not looked into', async () => {
    const side = lookerOf()
    await side.look([])
    await save('a', 'one')
    const first = await side.look([])
    expect(first?.isMoving).toBe(true)
    expect(print(first!)).toContain('a unknown')
    expect(print(await settled(side))).toContain(`a=${sum('one').slice(0, 6)}`)
  })

  test('what a look that was cut short has not seen may be there', async () => {
    const side = lookerOf()
    await save('a', 'one')
    await settled(side)
    const cut: BackShell = {
      ...shell,
      ask: async (op, where, words) => ({
        ...(await shell.ask(op, where, words)),
        ...(op === 'list' ? { isWhole: false } : {}),
      }),
    }
    const paths = createBackPaths(
      { path: '/work/gen', target: root, direction: 'from', include: [], ignore: [] },
      aProject({}),
    )
    const look = await createContainerSide(cut, { target: root, paths, startedAt: 0 }).look(['a', 'b'])
    expect(look?.side.get('b')).toEqual({ kind: 'unknown' })
  })

  test('many files are told', async () => {
    await Promise.all(
      Array.from({ length: 3000 }, (_, index) => save(`file-${index}-${'x'.repeat(40)}`, String(index))),
    )
    const { side } = await settled(lookerOf())
    expect(side.size).toBe(3001)
    expect([...side.values()].filter(({ kind }) => kind === 'file').length).toBe(3000)
  })
})

test('a change is made only of what is as it was seen', async () => {
  await save('a', 'one')
  await save('b', 'two')
  await save('temp', 'new')
  await mkdir(join(root, 'd'))
  await save('d/x', 'x')
  await lutimes(join(root, 'a'), old, old)
  const { signatures } = await settled(lookerOf())
  await save('b', 'mine')
  const sig = (path: string): string => signatures.get(path) ?? 'gone'
  const { text } = await shell.ask('change', root, [
    ...['file', './b', sig('b'), ''],
    ...['folder', './d', sig('d'), ''],
    ...['move', './a', sig('a'), './temp'],
    ...['move', './c', 'gone', './none'],
    ...['file', './none', sig('a'), ''],
  ])
  const answers = text.split('\0')
  expect(answers.slice(0, 1)).toEqual(['changed'])
  expect(answers[1]).toMatch(/rmdir/)
  expect(answers[2]).toBe('done')
  expect(answers[3]).toMatch(/mv/)
  expect(answers[4]).toBe('changed')
  expect(print(await settled(lookerOf()))).toEqual(
    [
      ' directory',
      `a=${sum('new').slice(0, 6)}`,
      `b=${sum('mine').slice(0, 6)}`,
      'd directory',
      `d/x=${sum('x').slice(0, 6)}`,
    ].toSorted(),
  )
})
