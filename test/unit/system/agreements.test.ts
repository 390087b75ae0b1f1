import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keepBase, loadBase } from '../../../src/engine/sync/back/remember-base.ts'
import type { Agreed } from '../../../src/engine/sync/back/side.ts'
import { createAgreements } from '../../../src/system/agreements.ts'

const folder = await mkdtemp(join(tmpdir(), 'stack-agreements-'))
afterAll(() => rm(folder, { recursive: true }))

const base = new Map<string, Agreed>([
  ['', { entry: { kind: 'directory' }, isHere: true, earlier: [] }],
  ['a\udcff', { entry: { kind: 'file', digest: 'x', executable: true }, isHere: false, earlier: ['y', 'z'] }],
  ['l', { entry: { kind: 'link', linkTarget: 'a' }, isHere: true, earlier: [] }],
])

test('what was agreed upon is kept, for each name, and for its owner alone', async () => {
  const agreements = createAgreements(join(folder, 'state'))
  expect(await loadBase(agreements, 'one')).toBeUndefined()
  await keepBase(agreements, 'one', { container: 'c', base })
  expect(await loadBase(agreements, 'one')).toEqual({ container: 'c', base })
  expect(await loadBase(agreements, 'two')).toBeUndefined()
  const [name = ''] = await readdir(join(folder, 'state/watch'))
  expect((await stat(join(folder, 'state/watch', name))).mode & 0o777).toBe(0o600)
})

test('what cannot be read or written is as if nothing had been kept', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const agreements = createAgreements(file)
  await keepBase(agreements, 'one', { container: 'c', base })
  expect(await loadBase(agreements, 'one')).toBeUndefined()
  for (const text of ['', '{', '[]', '{"form":2,"container":"c","rows":[]}', '{"form":1,"container":1}', 'null'])
    expect(await loadBase({ load: async () => text, keep: async () => undefined }, 'one')).toBeUndefined()
  const odd = '{"form":1,"container":"c","rows":[1,["a"],["a","x","y",1],["b","file","d",1,2,"e"]]}'
  expect(await loadBase({ load: async () => odd, keep: async () => undefined }, 'one')).toEqual({
    container: 'c',
    base: new Map([['b', { entry: { kind: 'file', digest: 'd', executable: false }, isHere: true, earlier: ['e'] }]]),
  })
})
