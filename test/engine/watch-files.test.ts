import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHostFiles } from '../../src/system/host-files.ts'
import { createWatcher } from '../../src/system/watch.ts'

let folder = ''
let controller = new AbortController()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-watch-'))
  controller = new AbortController()
})
afterEach(async () => {
  controller.abort()
  await rm(folder, { recursive: true })
})

const begin = async (roots: readonly string[], ignored: (path: string) => boolean = () => false) => {
  const seen = new Set<string>()
  const ready = Promise.withResolvers<void>()
  const batches = createWatcher().watch(roots, { ignored, signal: controller.signal, onReady: ready.resolve })
  const work = (async () => {
    for await (const batch of batches) for (const path of batch.paths) seen.add(path.slice(folder.length + 1))
  })()
  await ready.promise
  /** A folder that has just come is told of as a whole until it is watched. */
  const writesUntilSeen = (path: string) =>
    vi.waitFor(
      async () => {
        await writeFile(join(folder, path), String(Math.random()))
        expect([...seen]).toContain(path)
      },
      { timeout: 15_000, interval: 20 },
    )
  return {
    seen,
    work,
    writesUntilSeen,
    sees: (path: string) => vi.waitFor(() => expect([...seen]).toContain(path), { timeout: 15_000 }),
  }
}

describe('createWatcher', () => {
  test('tells of files that are written, made, replaced and removed', async () => {
    await writeFile(join(folder, 'a'), '1')
    const { sees, seen } = await begin([folder])
    await writeFile(join(folder, 'a'), '2')
    await sees('a')
    await writeFile(join(folder, 'b.tmp'), '1')
    await rename(join(folder, 'b.tmp'), join(folder, 'b'))
    await sees('b')
    seen.clear()
    await rm(join(folder, 'a'))
    await sees('a')
  })

  test('tells of folders that come, and of what is put into them later', async () => {
    const { sees, writesUntilSeen } = await begin([folder])
    await mkdir(join(folder, 'new/deep'), { recursive: true })
    await sees('new')
    await writesUntilSeen('new/deep/file')
  })

  test('does not even look into what is ignored', async () => {
    await mkdir(join(folder, 'node_modules'))
    const { seen, sees } = await begin([folder], (path) => path.endsWith('node_modules'))
    await writeFile(join(folder, 'node_modules/x'), '1')
    await writeFile(join(folder, 'a'), '1')
    await sees('a')
    expect([...seen]).not.toContain('node_modules/x')
  })

  test('watches a file through every way of saving it, and nothing beside it', async () => {
    await writeFile(join(folder, 'package.json'), '1')
    const { seen, sees } = await begin([join(folder, 'package.json')])
    await writeFile(join(folder, 'other'), '1')
    await writeFile(join(folder, 'package.json~'), '2')
    await rename(join(folder, 'package.json~'), join(folder, 'package.json'))
    await sees('package.json')
    seen.clear()
    await writeFile(join(folder, 'package.json'), '3')
    await sees('package.json')
    expect([...seen]).toEqual(['package.json'])
  })

  test('a folder that goes and comes again is watched again', async () => {
    await mkdir(join(folder, 'src'))
    const { sees, seen, writesUntilSeen } = await begin([join(folder, 'src')])
    await rm(join(folder, 'src'), { recursive: true })
    await sees('src')
    seen.clear()
    await mkdir(join(folder, 'src'))
    await sees('src')
    await writesUntilSeen('src/a')
  })

  test('ends with the signal', async () => {
    const { work } = await begin([folder])
    controller.abort()
    await work
  })
})

/** Root reads everything: where the tests are root's, it is done without that power. */
const listAsUser = (): { readonly found: readonly string[]; readonly told: readonly string[] } => {
  const module = new URL('../../src/system/host-files.ts', import.meta.url).href
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
