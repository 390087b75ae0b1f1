import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GitCheckout, WantedCheckout } from '../../../src/engine/ports/repositories.ts'
import { createRepositories } from '../../../src/system/git/git-checkouts.ts'
import { makeRepository, serveFolder, type Repository } from '../../support/git-repository.ts'

let folder: string
let repository: Repository
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-checkouts-'))
  repository = await makeRepository(join(folder, 'shared'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (environment: NodeJS.ProcessEnv = process.env) =>
  createRepositories({ cacheDirectory: join(folder, 'cache'), environment })
const checkOut = (
  more: Partial<WantedCheckout> = {},
  { signal = new AbortController().signal, environment = process.env } = {},
): Promise<GitCheckout> =>
  open(environment).checkOut({ url: repository.url, ref: undefined, keepGitDirectory: false, ...more }, { signal })
const textOf = ({ root }: GitCheckout, name = 'a.txt'): Promise<string> => readFile(join(root, name), 'utf8')

describe('a checkout', () => {
  test('is what a branch, a tag or a commit was, without .git; the default branch when nothing is said', async () => {
    const first = await repository.commit({ 'a.txt': 'one' })
    repository.git('tag', '-a', 'v1', '-m', 'the first')
    await repository.commit({ 'a.txt': 'two' })
    repository.git('checkout', '-q', '-b', 'topic/x')
    await repository.commit({ 'a.txt': 'three' })
    repository.git('checkout', '-q', 'main')
    for (const [ref, text] of [
      [undefined, 'two'],
      ['main', 'two'],
      ['topic/x', 'three'],
      ['v1', 'one'],
      [first, 'one'],
      ['refs/heads/main', 'two'],
      ['heads/main', 'two'],
    ] as const) {
      const found = await checkOut({ ref })
      expect(await textOf(found)).toBe(text)
      expect(await readdir(found.root)).toEqual(['a.txt'])
    }
    expect((await checkOut({ ref: 'v1' })).commit).toBe(first)
  })

  test('of a branch is asked for anew, and an earlier one stays as it was', async () => {
    await repository.commit({ 'a.txt': 'one' })
    const before = await checkOut({ ref: 'main' })
    await repository.commit({ 'a.txt': 'two' })
    const after = await checkOut({ ref: 'main' })
    expect([await textOf(before), await textOf(after)]).toEqual(['one', 'two'])
    expect(await checkOut({ ref: 'main' })).toEqual(after)
  })

  test('of a full commit id needs no repository the second time', async () => {
    const commit = await repository.commit({ 'a.txt': 'one' })
    await repository.commit({ 'a.txt': 'two' })
    const found = await checkOut({ ref: commit })
    await rm(repository.path, { recursive: true })
    expect(await checkOut({ ref: commit })).toEqual(found)
  })

  test('keeps .git when it is asked to, and git can tell the commit there', async () => {
    const commit = await repository.commit({ 'a.txt': 'one' })
    const { root } = await checkOut({ keepGitDirectory: true })
    expect((await readFile(join(root, '.git/HEAD'), 'utf8')).trim()).toBe(commit)
    expect(await readFile(join(root, '.git/config'), 'utf8')).toContain(repository.url)
    expect((await readdir((await checkOut()).root)).includes('.git')).toBe(false)
  })

  test('holds submodules within submodules, each at its commit, and nothing of git', async () => {
    const inner = await makeRepository(join(folder, 'inner'))
    await inner.commit({ 'i.txt': 'old' })
    const middle = await makeRepository(join(folder, 'middle'))
    middle.git('submodule', '--quiet', 'add', '../inner', 'in')
    await middle.commit({ 'm.txt': 'm' })
    await inner.commit({ 'i.txt': 'new, and not what is named' })
    repository.git('submodule', '--quiet', 'add', '../middle', 'deep/mid')
    await repository.commit({ 'a.txt': 'one' })
    const found = await checkOut()
    expect(await textOf(found, 'deep/mid/in/i.txt')).toBe('old')
    expect((await readdir(found.root, { recursive: true })).filter((name) => name.endsWith('.git'))).toEqual([])
  })

  test('can be read by everybody, whatever the umask of this process', async () => {
    await repository.commit({ 'a.txt': 'one', 'sub/b.txt': 'b' })
    const before = process.umask(0o077)
    try {
      const { root } = await checkOut()
      expect((await stat(join(root, 'a.txt'))).mode & 0o777).toBe(0o644)
      expect((await stat(join(root, 'sub'))).mode & 0o777).toBe(0o755)
    } finally {
      process.umask(before)
    }
  })

  test('comes from plain files over HTTP as well', async () => {
    const first = await repository.commit({ 'a.txt': 'one' })
    await repository.commit({ 'a.txt': 'two' })
    repository.git('clone', '-q', '--bare', repository.path, join(folder, 'web/app.git'))
    repository.git('--git-dir', join(folder, 'web/app.git'), 'update-server-info')
    const server = await serveFolder(join(folder, 'web'))
    try {
      const url = `${server.url}/app.git`
      expect(await textOf(await checkOut({ url, ref: 'main' }))).toBe('two')
      expect(await textOf(await checkOut({ url, ref: first }))).toBe('one')
    } finally {
      server.close()
    }
  })

  test('is whole when many ask for it at once', async () => {
    await repository.commit(
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}.txt`, `${index}`])),
    )
    const found = await Promise.all(Array.from({ length: 6 }, () => checkOut({ ref: 'main' })))
    expect(new Set(found.map(({ root }) => root)).size).toBe(1)
    expect((await readdir(found[0]?.root ?? '')).length).toBe(200)
    const [home = ''] = await readdir(join(folder, 'cache/contexts'))
    expect(await readdir(join(folder, 'cache/contexts', home))).toEqual([found[0]?.commit])
  })

  test('is forgotten when nobody has used it for more than a day', async () => {
    await repository.commit({ 'a.txt': 'one' })
    const { root } = await checkOut()
    await repository.commit({ 'a.txt': 'two' })
    await checkOut()
    expect(await readdir(root)).toEqual(['a.txt'])
    const longAgo = new Date(Date.now() - 25 * 3_600_000)
    await utimes(join(root, '..'), longAgo, longAgo)
    await checkOut()
    await expect(stat(root)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('is made beside a repository whose variables a hook has set', async () => {
    await repository.commit({ 'a.txt': 'one' })
    expect(
      await textOf(
        await checkOut({}, { environment: { ...process.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' } }),
      ),
    ).toBe('one')
  })
})

describe('the folder in it', () => {
  const find = async (name: string) => open().findFolder(await checkOut(), { url: repository.url, folder: name })

  test('is found by its path from the top, with or without a slash', async () => {
    await repository.commit({ 'web/app/a.txt': 'a' })
    const { root } = await checkOut()
    expect(await Promise.all(['', 'web/app', '/web/app', 'web/./app/../app'].map(find))).toEqual([
      root,
      `${root}/web/app`,
      `${root}/web/app`,
      `${root}/web/app`,
    ])
  })

  test.each(['..', 'web/../../..', 'out'])('%s leads out and is refused', async (name) => {
    await symlink('/etc', join(repository.path, 'out'))
    await repository.commit({ 'web/a.txt': 'a' })
    await expect(find(name)).rejects.toMatchObject({
      code: 'git/outside',
      message: `"${name}" leads out of the repository ${repository.url}.`,
    })
  })

  test('gives nothing to read that a link leads out to', async () => {
    await repository.commit({ 'web/Dockerfile': '', 'web/own': '' })
    await symlink('/etc', join(repository.path, 'web/out'))
    await symlink('/etc/passwd', join(repository.path, 'web/Dockerfile.evil'))
    await symlink('own', join(repository.path, 'web/inside'))
    await repository.commit({ 'web/b.txt': '' })
    const checkout = await checkOut()
    const read = (name: string): Promise<string> =>
      open().findFolder(checkout, { url: repository.url, folder: 'web', reads: [name] })
    for (const name of ['Dockerfile', 'inside', 'missing', '../web/own']) expect(await read(name)).toMatch(/\/web$/)
    for (const name of ['Dockerfile.evil', 'out/passwd', '../../../evil', 'out/missing'])
      await expect(read(name)).rejects.toMatchObject({ code: 'git/outside' })
  })

  test.each(['nowhere', 'web/a.txt'])('%s is none', async (name) => {
    await repository.commit({ 'web/a.txt': 'a' })
    await expect(find(name)).rejects.toMatchObject({
      code: 'git/no-folder',
      message: `The repository ${repository.url} has no folder "${name}".`,
    })
  })
})

describe('what cannot be had', () => {
  test('a repository that is not there', async () => {
    await expect(checkOut({ url: `file://${folder}/nowhere.git` })).rejects.toMatchObject({
      code: 'git/unreadable',
      exit: 1,
      message: expect.stringMatching(/could not be fetched: .*does not appear to be a git repository/),
    })
  })

  test('a branch that is not there, and which one may be meant', async () => {
    await repository.commit({ 'a.txt': 'one' })
    await expect(checkOut({ ref: 'mian' })).rejects.toMatchObject({
      code: 'git/no-ref',
      message: `The repository ${repository.url} has no branch, tag or commit "mian".`,
      hint: 'Did you mean "main"?',
    })
  })

  test('a commit that is not there', async () => {
    await repository.commit({ 'a.txt': 'one' })
    await expect(checkOut({ ref: 'f'.repeat(40) })).rejects.toMatchObject({ code: 'git/no-ref' })
  })

  test('a repository without a commit', async () => {
    await expect(checkOut()).rejects.toMatchObject({
      code: 'git/unreadable',
      message: expect.stringContaining('it has no commit yet'),
    })
  })

  test('an option in place of a URL or a ref', async () => {
    await expect(checkOut({ ref: '--upload-pack=touch x' })).rejects.toMatchObject({ code: 'git/unreadable' })
  })

  test('anything without git', async () => {
    await expect(checkOut({}, { environment: { PATH: folder } })).rejects.toMatchObject({
      code: 'git/not-installed',
      hint: 'Install git and try again.',
    })
  })

  test('a folder of this machine as a submodule of a repository from elsewhere', async () => {
    const own = await makeRepository(join(folder, 'web/own'))
    await own.commit({ 'secret.txt': 's' })
    repository.git('submodule', '--quiet', 'add', own.url, 'own')
    await repository.commit({ 'a.txt': 'one' })
    repository.git('clone', '-q', '--bare', repository.path, join(folder, 'web/app.git'))
    repository.git('--git-dir', join(folder, 'web/app.git'), 'update-server-info')
    const server = await serveFolder(join(folder, 'web'))
    await expect(checkOut({ url: `${server.url}/app.git` })).rejects.toMatchObject({
      code: 'git/unreadable',
      message: expect.stringContaining("transport 'file' not allowed"),
    })
    server.close()
  })

  test('a password of the URL is in no message and in no file', async () => {
    const web = await serveFolder(folder)
    const url = web.url.replace('http://', 'http://somebody:hunter2@')
    await expect(checkOut({ url: `${url}/nowhere.git` })).rejects.toMatchObject({
      code: 'git/unreadable',
      message: expect.not.stringContaining('hunter2'),
      hint: expect.not.stringContaining('hunter2'),
    })
    await repository.commit({ 'a.txt': 'one' })
    repository.git('clone', '-q', '--bare', repository.path, join(folder, 'app.git'))
    repository.git('--git-dir', join(folder, 'app.git'), 'update-server-info')
    const { root } = await checkOut({ url: `${url}/app.git`, keepGitDirectory: true })
    for (const name of await readdir(join(root, '.git'), { recursive: true })) {
      const path = join(root, '.git', name)
      if ((await stat(path)).isFile()) expect(await readFile(path, 'latin1')).not.toContain('hunter2')
    }
    web.close()
  })
})

test('a fetch ends by its signal, with everything that git has started', async () => {
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('data', () => asked.resolve())
    socket.on('close', () => closed.resolve())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const controller = new AbortController()
  const fetching = checkOut(
    { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.git` },
    { signal: controller.signal },
  )
  await asked.promise
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(fetching).rejects.toBe(reason)
  await closed.promise
  server.close()
})

test('what ssh says is told, and it has no terminal to ask anything', async () => {
  const ssh = join(folder, 'ssh')
  await writeFile(
    ssh,
    '#!/bin/sh\nif (: </dev/tty) 2>/dev/null; then echo "there is a terminal" >&2; else echo "no terminal here" >&2; fi\nexit 255\n',
  )
  await chmod(ssh, 0o755)
  await expect(
    checkOut({ url: 'git@example.invalid:app.git' }, { environment: { ...process.env, GIT_SSH: ssh } }),
  ).rejects.toThrow('no terminal here')
})
