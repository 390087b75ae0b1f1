import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, inside, nothingLeft, running } from '../support/checks.ts'
import { type InstalledPackage, installPackage, readManifest, run } from '../support/installed-package.ts'
import { json, stdout } from '../support/output-checks.ts'
import { startInTerminal } from '../support/pty.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** The package: what is in it, what installing it fetches, and that it works away from the clone that it was made of. */

let stack: InstalledPackage
const before = process.env['STACK_E2E_COMMAND']

beforeAll(async () => {
  stack = await installPackage()
  process.env['STACK_E2E_COMMAND'] = stack.command
})
afterAll(async () => {
  if (before === undefined) delete process.env['STACK_E2E_COMMAND']
  else process.env['STACK_E2E_COMMAND'] = before
  await stack.remove()
})

test('the package holds the command, the licences and the schema, and nothing else', () => {
  const files = stack.packed.files.map(({ path }) =>
    path.replace(/^dist\/[a-z.-]+-[0-9A-Z]{8}\.js$/, 'dist/NAME-HASH.js'),
  )
  expect([...new Set(files)].toSorted().join('\n')).toBe(
    [
      'LICENSE',
      'README.md',
      'bin/stack.js',
      'dist/NAME-HASH.js',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/main.js',
      'package.json',
      'templates/stack.schema.json',
    ].join('\n'),
  )
  expect(files.length).toBeLessThan(240)
  expect(stack.packed.size).toBeLessThan(800_000)
  expect(stack.packed.unpackedSize).toBeLessThan(2_900_000)
})

test('installing it fetches nothing: all that runs is in it', async () => {
  expect(stack.told).toMatch(/^added 1 package\b/m)
  expect(await readdir(stack.modules)).toEqual(['stack'])
  const folder = join(stack.modules, 'stack')
  expect(await readdir(folder)).not.toContain('node_modules')
  const manifest = await readManifest(folder)
  expect(Object.keys(manifest).filter((key) => /dependencies$/i.test(key))).toEqual(['devDependencies'])
  const scripts = Object.keys(manifest['scripts'] as object)
  expect(scripts.filter((name) => /^(pre|post)?(install|prepare|uninstall)$/.test(name))).toEqual([])
})

test('publint finds nothing', async () => {
  const tarball = Uint8Array.from(await readFile(stack.tarball)).buffer
  const { messages } = await publint({ pack: { tarball } })
  // It knows "#!/usr/bin/env" alone. Ours is the shell by its path, which is one program less to start at every command.
  expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(['BIN_FILE_NOT_EXECUTABLE bin.stack'])
  expect(await readFile(stack.command, 'utf8')).toMatch(/^#!\/bin\/sh\n/)
})

// There are no types to check, for there is nothing to import: that is what must hold of the entry points.
test('it is a command and no library', async () => {
  const script = `import('stack').catch((error) => console.log(error.code))
    import('stack/dist/main.js').catch((error) => console.log(error.code))
    import('stack/package.json', { with: { type: 'json' } }).then((found) => console.log(found.default.name))`
  // Imports of a text are resolved from the folder that it runs in.
  const { stdout: told } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(stack.modules, '..'),
    env: { ...process.env, NODE_PATH: '' },
  })
  expect(told.trim().split('\n').toSorted()).toEqual([
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'stack',
  ])
})

test('what has no licence text cannot be built', async () => {
  const texts = join(stack.sources, 'bin', 'licences')
  const [text = ''] = (await readdir(texts)).filter((name) => name.endsWith('.txt'))
  await rm(join(texts, text))
  await expect(run(process.execPath, ['bin/build.js'], { cwd: stack.sources })).rejects.toThrow(
    `no licence text; write it to bin/licences/${text}`,
  )
})

const only = 'the package is ours'
const files = {
  'compose.yaml': `services:
  web: { build: ., init: true }
  db: { ${sleeper}, develop: { watch: [{ path: ./src, target: /src, action: sync }] } }
`,
  Dockerfile: 'FROM stack-base/busybox\nCOPY page.txt /page.txt\nCMD ["sleep", "600"]\n',
  'page.txt': 'built\n',
  'src/start.txt': 'start\n',
}

scenario('the installed command tells what it is', { files, only }, async (s) => {
  const { version } = await readManifest(stack.sources)
  await s.step('version', 'version --short', stdout(`${version as string}\n`))
  await s.step(
    'doctor',
    'doctor --json',
    json('there are checks', ({ checks }) => checks.length > 0),
  )
  await s.step('completion', 'completion bash', stdout('complete -'))
  const schema = await readFile(join(stack.modules, 'stack', 'templates', 'stack.schema.json'), 'utf8')
  await s.step(
    'the schema',
    'config --schema',
    json('it is the one that is packed', (one) => JSON.stringify(one) === JSON.stringify(JSON.parse(schema))),
  )
  await s.step('config', 'config --services', stdout(/^web$/m), stdout(/^db$/m))
})

scenario('the installed command builds, brings up, watches and takes down', { files, only }, async (s) => {
  await s.step('build', 'build')
  await s.step('up', 'up -d --no-build', running('web'), running('db'), inside('web', 'cat /page.txt', /built/))
  await s.step('there is nothing to do', 'plan --detailed-exitcode')
  const watch = s.start('watch', 'watch')
  await watch.prints(/watch(ing)?\b/i)
  await s.write('src/new.txt', 'new\n')
  await s.check('a new file', eventually(inside('db', 'cat /src/new.txt', /new/), 15_000))
  watch.signal('SIGINT')
  await watch.ends()
  await s.step('down', 'down', nothingLeft())
})

scenario('the installed command shows its dashboard in a terminal', { files, only }, async (s) => {
  await s.step('build', 'build')
  const dashboard = startInTerminal([stack.command, 'up'], s.folder)
  try {
    await dashboard.shows('2/2 up')
    await s.check('both run', running('web'), running('db'))
    dashboard.type('?')
    await dashboard.shows('── keys ──')
    dashboard.type('?')
    await dashboard.shows('q quit')
    dashboard.type('d')
    expect(await dashboard.ends()).toBe(0)
  } finally {
    dashboard.kill()
  }
  await s.check('both go on', running('web'), running('db'))
  await s.step('down', 'down', nothingLeft())
})
