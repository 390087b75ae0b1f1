import { expect, test } from 'vitest'
import type { Build } from '../../src/core/project/service.ts'
import { fetchContexts } from '../../src/engine/perform/build-contexts.ts'
import { createWorld, type World } from '../../src/engine/perform/world.ts'
import type { Repositories } from '../../src/engine/ports/repositories.ts'

/** A run whose repositories are folders named after what was asked for. */
const aRun = (world: World = createWorld()) => {
  const fetched: string[] = []
  const notes: string[] = []
  const repositories: Repositories = {
    checkOut: async ({ url, ref, keepGitDirectory }) => {
      fetched.push(`${url} ${ref ?? 'HEAD'}${keepGitDirectory ? ' with .git' : ''}`)
      await Promise.resolve()
      return {
        root: `/cache/${ref ?? 'HEAD'}${keepGitDirectory ? '-git' : ''}`,
        commit: 'c0ffee'.repeat(7).slice(0, 40),
      }
    },
    findFolder: async ({ root }, { folder }) => `${root}/${folder}`,
  }
  const fetch = (build: Build, environment: Readonly<Record<string, string>> = {}) =>
    fetchContexts(build, {
      environment,
      repositories,
      step: 'web/build',
      world,
      signal: new AbortController().signal,
      retry: (call) => call(),
      emit: (event) => void notes.push(event.type === 'step/progressed' ? (event.note ?? '') : event.type),
    })
  return { fetched, notes, fetch }
}

test('every form of a repository becomes a folder, in the context and in the further ones; all else stays', async () => {
  const { fetch } = aRun()
  const repositories = [
    'https://host/a.git#v1:web',
    'git://host/a#v1:web',
    'ssh://git@host/a.git#v1:web',
    'git@host:a.git#v1:web',
    'github.com/b/a#v1:web',
    'file:///b/a.git#v1:web',
  ]
  for (const context of repositories)
    expect(await fetch({ context, additional_contexts: { far: context } })).toEqual({
      context: '/cache/v1/web',
      additional_contexts: { far: '/cache/v1/web' },
    })
  const others = {
    context: 'https://host/a.tar.gz',
    additional_contexts: {
      image: 'docker-image://busybox',
      service: 'service:db',
      folder: '/a/b',
      page: 'https://host/a#x',
    },
    args: { A: '1' },
  }
  expect(await fetch(others)).toEqual(others)
  expect(await fetch({ context: '/a/b' })).toEqual({ context: '/a/b' })
})

test('a repository at one ref is fetched once in a run, also by builds at once, and anew in the next run', async () => {
  const { fetch, fetched, notes } = aRun()
  await Promise.all(
    ['#main:web', '#main:api', '#main', '#next'].map((end) => fetch({ context: `https://me:word@host/a.git${end}` })),
  )
  expect(fetched).toEqual(['https://me:word@host/a.git main', 'https://me:word@host/a.git next'])
  expect(notes).toEqual([
    'fetching https://host/a.git main',
    'fetching https://host/a.git next',
    'https://host/a.git is at c0ffeec0ffee',
    'https://host/a.git is at c0ffeec0ffee',
  ])
  const next = aRun()
  await next.fetch({ context: 'https://me:word@host/a.git#main' })
  expect(next.fetched.length).toBe(1)
})

test.each([
  [{ BUILDKIT_CONTEXT_KEEP_GIT_DIR: '1' }, {}, true],
  [{ BUILDKIT_CONTEXT_KEEP_GIT_DIR: 'true' }, {}, true],
  [{ BUILDKIT_CONTEXT_KEEP_GIT_DIR: null }, { BUILDKIT_CONTEXT_KEEP_GIT_DIR: '1' }, true],
  [{ BUILDKIT_CONTEXT_KEEP_GIT_DIR: '0' }, { BUILDKIT_CONTEXT_KEEP_GIT_DIR: '1' }, false],
  [{}, { BUILDKIT_CONTEXT_KEEP_GIT_DIR: '1' }, false],
] as const)('with arguments %o and variables %o .git is kept: %s', async (args, environment, isKept) => {
  const { fetch } = aRun()
  expect(await fetch({ context: 'file:///a.git', args }, environment)).toMatchObject({
    context: isKept ? '/cache/HEAD-git/' : '/cache/HEAD/',
  })
})
