import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planUp } from '../../src/core/plan/plan-up.ts'
import type { Mount } from '../../src/core/project/service.ts'
import { applyPlan } from '../../src/engine/apply.ts'
import { createHostFiles } from '../../src/system/host-files.ts'
import { aProject, aService, aWorld, hashOptions } from '../support/builders.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-bind-'))
})
afterEach(() => rm(folder, { recursive: true }))

const bind = (source: string, makes?: boolean): Mount => ({
  type: 'bind',
  source: join(folder, source),
  target: `/${source}`,
  ...(makes === undefined ? {} : { bind: { create_host_path: makes } }),
})

type Options = { readonly local?: boolean; readonly refused?: boolean }

/** What is said while two services with these mounts come up. */
const up = async (
  mounts: readonly Mount[],
  { local = true, refused = false }: Options = {},
): Promise<readonly string[]> => {
  const world = aWorld()
  const service = aService({ volumes: mounts, scale: 2 })
  const facts = await world.deps.runtime.facts()
  const files = createHostFiles()
  const said: string[] = []
  const work = applyPlan(
    {
      ...world.deps,
      files: refused ? { ...files, makeFolder: async () => 'refused' } : files,
      runtime: {
        ...world.deps.runtime,
        facts: async () => (local ? { ...facts, socketPath: '/run/docker.sock' } : facts),
      },
    },
    {
      project: aProject({ web: service, api: service }),
      command: 'stack up',
      emit: (body) => {
        // Which of the two is first to want the folder is open.
        if (body.type === 'problem/raised')
          said.push(body.problem.message.replaceAll(folder, '~').replace('service "api"', 'service "web"'))
      },
      plan: (observed, round) =>
        planUp(aProject({ web: service, api: service }), observed, { ...hashOptions, settled: round.settledImages }),
    },
  )
  // Files live in real time, the engine in virtual time.
  let isDone = false
  const end = (): void => void (isDone = true)
  work.then(end, end)
  while (!isDone) {
    await world.clock.advance(10)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect((await work).failures).toEqual([])
  return said
}
const kindOf = (path: string): Promise<string> =>
  stat(join(folder, path)).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => 'nothing',
  )

describe('the missing source of a bind mount', () => {
  test('becomes a folder of whoever runs Stack, and is told of once', async () => {
    expect(await up([bind('a/b', true)])).toEqual([
      '"~/a/b" of service "web" did not exist: it was made, as an empty folder. If a file was meant, remove the folder, put the file there and run this again.',
    ])
    expect(await kindOf('a/b')).toBe('folder')
    expect((await stat(join(folder, 'a'))).uid).toBe(process.getuid?.())
    expect(await up([bind('a/b', true)])).toEqual([])
  })

  test('is made for a long form that says nothing of it, too, and not where it may not be', async () => {
    expect((await up([bind('long'), bind('strict', false)])).length).toBe(1)
    expect([await kindOf('long'), await kindOf('strict')]).toEqual(['folder', 'nothing'])
  })

  test('that is there, as a folder, a file or a link that leads nowhere, is left alone', async () => {
    await mkdir(join(folder, 'folder'))
    await writeFile(join(folder, 'file'), '')
    await symlink('nowhere', join(folder, 'link'))
    expect(await up(['folder', 'file', 'link'].map((name) => bind(name, true)))).toEqual([])
    expect([await kindOf('file'), await kindOf('link')]).toEqual(['file', 'nothing'])
  })

  test('that cannot be made here is said to become a folder of root’s', async () => {
    expect(await up([bind('a', true)], { refused: true })).toEqual([
      '"~/a" of service "web" did not exist and cannot be made by you: the engine makes it, as a folder of root\'s. Make it yourself beforehand, or say "create_host_path: false" to be told instead.',
    ])
  })

  test('on another machine is nothing that is known here', async () => {
    expect(await up([bind('a', true)], { local: false })).toEqual([])
    expect(await kindOf('a')).toBe('nothing')
  })
})
