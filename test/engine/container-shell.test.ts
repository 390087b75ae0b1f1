import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { mountOf, readGreeting } from '../../src/engine/sync/container/greeting.ts'
import { moveScript, planPuts, enterScript, removeScript } from '../../src/engine/sync/container/frame-script.ts'
import { quote } from '../../src/engine/sync/container/quote.ts'
import { readStatLines } from '../../src/engine/sync/container/seen.ts'
import { shellProgram } from '../../src/engine/sync/container/shell-prelude.ts'
import { toWhy } from '../../src/engine/sync/container/settle-pieces.ts'
import { fromNameBytes, toNameBytes } from '../../src/wire/byte-names.ts'
import { putFile, putFolder } from '../support/put.ts'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The words of the shell, in the shell of this machine. */
const tell = (script: string): string => {
  const input = Buffer.concat([toNameBytes(script), Buffer.from('\n')])
  return fromNameBytes(execFileSync('/bin/sh', ['-c', shellProgram], { input }))
}

test('names of any bytes are put, moved and removed by their name', () => {
  folder = mkdtempSync(join(tmpdir(), 'stack-shell-'))
  const names = Array.from({ length: 255 }, (_, index) => index + 1)
    .filter((byte) => byte !== 0x2f && byte !== 0x0a)
    .map((byte) => fromNameBytes(Buffer.from([0x61, byte])))
  const plan = planPuts([putFolder('new'), ...names.map((name) => putFile(`d/${name}`))])
  mkdirSync(join(folder, 'app/d'), { recursive: true })
  const stage = join(folder, 'stage')
  const index = plan.tree.nodes.find(({ path }) => path === 'd')?.index
  mkdirSync(join(stage, String(index)), { recursive: true })
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${stage}/${index}/`), toNameBytes(name)]), 'x')
  const root = join(folder, 'app')
  const go = `r ${quote(root)} ${quote(root)}`
  const said = tell(`${go}&&{ ${enterScript(plan)};${moveScript(plan, () => stage)};}`)
  expect(said.endsWith('\0=0\0')).toBe(true)
  const there = readdirSync(join(root, 'd'), { encoding: 'buffer' }).map((name) => fromNameBytes(name))
  expect(there.toSorted()).toEqual(names.toSorted())
  tell(`${go}&&{ ${removeScript(names.map((name) => `d/${name}`))};}`)
  expect(readdirSync(join(root, 'd'))).toEqual([])
})

test('a script goes to folders in the order of their depth, and not below one that is none', () => {
  const plan = planPuts([putFolder('a'), putFile('a/b/c'), putFile('-d'), putFile("it's")])
  expect(enterScript(plan)).toBe("d 1 './a'&&{ p 2 './a/b';}")
  expect(removeScript(['x', 'a/b', 'a/-rf'])).toBe("x './x';e './a'&&{ x './a/b' './a/-rf';}")
})

test('what stat and tools say is read', () => {
  expect([...readStatLines('81a4 3 1700000000 ./a b\nstat: no\na1ff 2 -5 ./l\n')]).toEqual([
    ['./a b', { kind: 'file', mode: 0o644, size: 3, mtime: 1_700_000_000 }],
    ['./l', { kind: 'link', mode: 0o777, size: 2, mtime: -5 }],
  ])
  expect(toWhy('\n  tar: a\udce4: No space\nmore')).toBe('tar: a\ufffd: No space')
  expect(toWhy('')).toBe('its tools failed and did not say why')
})

test('what a path is on is read from what the kernel says of mounts', () => {
  const said = [
    'o/ ro,relatime - overlay overlay rw,lowerdir=/a',
    'o/data rw,relatime shared:1 - ext4 /dev/sda ro',
    'o/data/a\\040b rw,nosuid - tmpfs tmpfs rw,size=64k',
    'o/over rw - ext4 /dev/sda rw',
    'o/over rw - ramfs none rw',
  ]
  const { mounts } = readGreeting({ ok: true, words: '', said })
  const tell = (path: string): string => {
    const mount = mountOf(mounts, path)
    return `${mount.path} ${mount.isReadOnly} ${mount.isInMemory}`
  }
  expect(['/app', '/data', '/database', '/data/a b/c', '/over/x'].map(tell)).toEqual([
    '/ true false',
    '/data true false',
    '/ true false',
    '/data/a b false true',
    '/over false true',
  ])
})
