import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHostFiles } from '../../../src/system/host-files.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-host-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Root reads everything: where the tests are root's, it is done without that power. */
const listAsUser = (): { readonly found: readonly string[]; readonly told: readonly string[] } => {
  const module = new URL('../../../src/system/host-files.ts', import.meta.url).href
  const script = `import { createHostFiles } from ${JSON.stringify(module)}
    const told = []
    const found = await createHostFiles().list(${JSON.stringify(folder)}, () => false, (path) => told.push(path))
    console.log(JSON.stringify({ found: found.map(({ path }) => path).sort(), told }))`
  const powerless = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []
  const [program, ...words] = [...powerless, process.execPath, '--input-type=module', '-e', script]
  return JSON.parse(execFileSync(program, words, { encoding: 'utf8' }))
}

describe('createHostFiles', () => {
  test('leaves out a folder that cannot be read, says which, and lists the rest', async () => {
    await writeFile(join(folder, 'a'), '1')
    await mkdir(join(folder, 'private'))
    await writeFile(join(folder, 'private/key'), '1')
    await chmod(join(folder, 'private'), 0)
    const { found, told } = listAsUser()
    expect(found).toEqual([folder, join(folder, 'a'), join(folder, 'private')])
    expect(told).toEqual([join(folder, 'private')])
  })

  test('says nothing of what is not there', async () => {
    const told: string[] = []
    expect(
      await createHostFiles().list(
        join(folder, 'none'),
        () => false,
        (path) => told.push(path),
      ),
    ).toEqual([])
    expect(told).toEqual([])
  })
})
