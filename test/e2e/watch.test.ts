import { mkdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { absent, eventually, exited, holds, inside, running, says, shows, state } from '../support/checks.ts'
import { type Scenario, scenario } from '../support/scenario.ts'
import { daemon, sleeper } from '../support/snippets.ts'

/** Files that change while `up --watch` runs. */

const soon = 15_000

/** Starts the watch, and lets the tool say that it watches before anything is edited. */
const watching = async (s: Scenario) => {
  const up = s.start('up', 'up --watch')
  await up.prints(/watch(ing)?\b/i)
  await s.check('it runs', eventually(running('web'), soon))
  return up
}

const synced = (rule: string, more = '') =>
  `services: { web: { ${sleeper}, develop: { watch: [{ path: ./src, target: /src, ${rule} }] }${more} } }`
const files = (rule: string) => ({ 'compose.yaml': synced(rule), 'src/start.txt': 'start\n' })

scenario(
  'sync copies new, changed and removed files into the running container',
  { files: files('action: sync') },
  async (s) => {
    await watching(s)
    await s.write('src/new.txt', 'new\n')
    await s.check('a new file', eventually(inside('web', 'cat /src/new.txt', /new/), soon))
    await s.write('src/new.txt', 'changed\n')
    await s.check('a change', eventually(inside('web', 'cat /src/new.txt', /changed/), soon))
    await s.write('src/deep/er/file.txt', 'deep\n')
    await s.check('a new folder', eventually(inside('web', 'cat /src/deep/er/file.txt', /deep/), soon))
    await rm(join(s.folder, 'src/new.txt'))
    await s.check('a removed file', eventually(inside('web', 'test ! -e /src/new.txt && echo gone', /gone/), soon))
  },
)

scenario(
  'watch --no-up makes and starts nothing, and follows what somebody else starts',
  { files: files('action: sync') },
  async (s) => {
    const watch = s.start('watch', 'watch --no-up')
    await watch.prints(/watch(ing)?\b/i)
    await s.check('nothing was made', absent('web'))
    await s.step('it is started elsewhere', 'up -d', running('web'))
    await s.write('src/new.txt', 'new\n')
    await s.check('the file came', eventually(inside('web', 'cat /src/new.txt', /new/), soon))
  },
)

scenario(
  'watch --no-up lets a stopped service lie, and so does an edit of its stack file',
  {
    only: 'a running watch of the reference does not read its file again (its issue 11003)',
    files: files('action: sync'),
  },
  async (s) => {
    await s.step('create', 'create', state('web', 'created'))
    const watch = s.start('watch', 'watch --no-up')
    await watch.prints(/watch(ing)?\b/i)
    await s.write('compose.yaml', synced('action: sync', ', environment: { A: "2" }'))
    await watch.prints(/watch(ing)?\b[^]*watch(ing)?\b/i)
    await s.check(
      'it was neither started nor made anew',
      state('web', 'created'),
      shows('web', 'Config.Env', /^(?!.*A=2)/),
    )
  },
)

for (const [how, down, up] of [
  ['is stopped', 'stop', 'start'],
  ['is paused', 'pause', 'unpause'],
] as const)
  scenario(
    `what changes while the container ${how} is there when it goes on, and nothing is called done before`,
    {
      differs: 'the reference drops the batch, for it cannot delete in a container that does not run',
      files: { ...files('action: sync'), 'src/old/a.txt': 'a\n', 'src/kept.txt': 'kept\n' },
    },
    async (s) => {
      const watch = s.start('watch', 'watch')
      await watch.prints(/watch(ing)?\b/i)
      await s.check('it runs', eventually(running('web'), soon))
      for (const file of ['src/old/a.txt', 'src/kept.txt']) await s.write(file, 'second\n')
      await s.check(
        'they are there',
        eventually(inside('web', 'cat /src/old/a.txt /src/kept.txt', /second\nsecond/), soon),
      )
      const call = (verb: string) => s.engine.call('POST', `/containers/${s.project}-web-1/${verb}`)
      await call(down)
      await rm(join(s.folder, 'src/old'), { recursive: true })
      await s.write('src/kept.txt', 'third\n')
      if (s.tool === 'stack') await watch.prints(/changes? waits? until web runs/, soon)
      await call(up)
      await s.check(
        'it is as it is here',
        eventually(inside('web', 'cat /src/kept.txt; ls /src', /^third\n(?!.*old)/), soon),
      )
    },
  )

scenario(
  'a process that ended gets the file that mends it before it is started again',
  {
    files: {
      'compose.yaml': `services: { web: { ${daemon('test -e /src/code.txt || exec sleep 600; grep fine /src/code.txt || { rm /src/code.txt; exit 1; }')}, develop: { watch: [{ path: ./src, target: /src, action: sync+restart }] } }, other: { ${sleeper} } }`,
      'src/other.txt': '',
    },
  },
  async (s) => {
    const up = s.start('up', 'up --watch')
    await up.prints(/watch(ing)?\b/i)
    await s.write('src/code.txt', 'bad\n')
    await s.check('it ended', eventually(exited('web', 1), soon))
    await s.write('src/code.txt', 'fine\n')
    await s.check('it read the new one', eventually(says('web', /^fine$/m), soon), running('web'))
  },
)

scenario(
  'what changed while the container was stopped is not forgotten when the stack file changes meanwhile',
  {
    only: 'a running watch of the reference does not read its file again (its issue 11003)',
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, develop: { watch: [{ path: ./src, target: /src, action: sync }] } }, other: { ${sleeper} } }`,
      'src/old.txt': 'old\n',
    },
  },
  async (s) => {
    const watch = s.start('watch', 'watch --no-up')
    await watch.prints(/watch(ing)?\b/i)
    await s.step('up', 'up -d', running('web'))
    await s.write('src/old.txt', 'older\n')
    await s.check('it is there', eventually(inside('web', 'cat /src/old.txt', /older/), soon))
    await s.step('stop', 'stop web', state('web', 'exited'))
    await rm(join(s.folder, 'src/old.txt'))
    await watch.prints(/1 change waits until web runs/, soon)
    await s.write(
      'compose.yaml',
      `services: { web: { ${sleeper}, develop: { watch: [{ path: ./src, target: /src, action: sync }] } }, other: { ${sleeper}, hostname: another } }`,
    )
    await watch.prints(/Watching[^]*Watching/i, soon)
    await s.step('start', 'start web', running('web'))
    await s.check('it is gone', eventually(inside('web', 'test ! -e /src/old.txt && echo gone', /gone/), soon))
  },
)

scenario('quick writes end with the last content', { files: files('action: sync') }, async (s) => {
  await watching(s)
  for (let n = 1; n <= 30; n += 1) await s.write('src/busy.txt', `version ${n}\n`)
  await s.check('the last one', eventually(inside('web', 'cat /src/busy.txt', /version 30$/m), soon))
})

scenario('ignored files stay outside', { files: files('action: sync, ignore: ["*.log", cache/]') }, async (s) => {
  await watching(s)
  await mkdir(join(s.folder, 'src/cache'))
  await s.write('src/cache/x', 'x')
  await s.write('src/debug.log', 'x')
  await s.write('src/last.txt', 'x')
  await s.check(
    'only the last one came',
    eventually(inside('web', 'ls /src/last.txt', /last/), soon),
    inside('web', 'ls /src', /^(?!.*(debug|cache))/s),
  )
})

scenario('include lets only matching files in', { files: files('action: sync, include: ["*.txt"]') }, async (s) => {
  await watching(s)
  await s.write('src/page.html', 'x')
  await s.write('src/last.txt', 'x')
  await s.check(
    'only the text came',
    eventually(inside('web', 'ls /src/last.txt', /last/), soon),
    inside('web', 'ls /src', /^(?!.*page)/s),
  )
})

scenario(
  'sync+restart copies and starts the same container anew',
  {
    files: {
      'compose.yaml': `services: { web: { ${daemon('cat /src/say.txt')}, develop: { watch: [{ path: ./src, target: /src, action: sync+restart }] } } }`,
      'src/other.txt': '',
    },
  },
  async (s) => {
    await watching(s)
    const [before] = await s.engine.containers(s.project)
    await s.write('src/say.txt', 'heard\n')
    await s.check('the restarted program reads it', eventually(says('web', /heard/), soon), running('web'))
    const [after] = await s.engine.containers(s.project)
    if (after?.Id !== before?.Id) throw new Error('the container is another one')
  },
)

scenario(
  'restart starts the container anew when a bound file changes',
  {
    files: {
      'compose.yaml': `services: { web: { ${daemon('cat /src/say.txt')}, volumes: ["./src:/src"], develop: { watch: [{ path: ./src, action: restart }] } } }`,
      'src/say.txt': 'first\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.write('src/say.txt', 'second\n')
    await s.check('the restarted program reads it', eventually(says('web', /second/), soon))
  },
)

scenario(
  'rebuild makes the image and the container anew, and no other service',
  {
    files: {
      'compose.yaml': `services: { web: { build: ., init: true, develop: { watch: [{ path: ./src, action: rebuild }] } }, other: { ${sleeper} } }`,
      Dockerfile: 'FROM stack-base/busybox\nCOPY src /src\nCMD ["sleep", "600"]\n',
      'src/page.txt': 'first\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.check('the first page', inside('web', 'cat /src/page.txt', /first/))
    await s.write('src/page.txt', 'second\n')
    await s.check('the second page', eventually(inside('web', 'cat /src/page.txt', /second/), 40_000), running('other'))
  },
)

const rebuilding = {
  'compose.yaml': `services: { web: { build: ., init: true, depends_on: [db], develop: { watch: [{ path: ./src, action: rebuild }] } }, db: { build: ./db, init: true, x-stack: { watch: false } } }`,
  Dockerfile: 'FROM stack-base/busybox\nCOPY src /src\nCMD ["sleep", "600"]\n',
  'src/page.txt': 'first\n',
  'db/Dockerfile': 'FROM stack-base/busybox\nCOPY file /file\nCMD ["sleep", "600"]\n',
  'db/file': 'old\n',
}

/** The image that a service's container runs. */
const imageOf = async (s: Scenario, service: string): Promise<string> => {
  const found = (await s.engine.containers(s.project)).find(({ Name }) => Name === `/${s.project}-${service}-1`)
  return found?.Image ?? ''
}
const hasImage = async (s: Scenario, id: string): Promise<boolean> =>
  (await s.engine.raw('GET', `/images/${id}/json`)).status === 200

scenario(
  'a rebuild builds its own service alone, and removes the images that this watch replaced and no other',
  {
    differs: 'the reference at hand builds what the service depends on, and prunes every dangling image of the project',
    files: rebuilding,
  },
  async (s) => {
    // An image without a name that this watch has not made: of a build before it.
    await s.step('an earlier build', 'up -d --build', running('web'))
    const earlier = await imageOf(s, 'web')
    await s.write('src/page.txt', 'second\n')
    await s.step('another one', 'up -d --build', running('web'))
    const replaced = await imageOf(s, 'web')
    const watch = s.start('watch', 'watch')
    await watch.prints(/watch(ing)?\b/i)
    await s.write('db/file', 'new\n')
    const db = await imageOf(s, 'db')
    await s.write('src/page.txt', 'third\n')
    await s.check('the third page', eventually(inside('web', 'cat /src/page.txt', /third/), 40_000))
    await s.check(
      'what it replaced is gone, what was there before it is not, and db is as it was',
      eventually(
        holds('so it is', async () => !(await hasImage(s, replaced)) && (await hasImage(s, earlier))),
        soon,
      ),
      inside('db', 'cat /file', /old/),
      holds('db runs the same image', async () => (await imageOf(s, 'db')) === db),
    )
  },
)

scenario(
  'replaced images stay with --prune=false, and one that has another name does in any case',
  { files: rebuilding },
  async (s) => {
    await s.step('build', 'up -d --build', running('web'))
    const first = await imageOf(s, 'web')
    const watch = s.start('watch', 'watch --prune=false')
    await watch.prints(/watch(ing)?\b/i)
    await s.write('src/page.txt', 'second\n')
    await s.check('the second page', eventually(inside('web', 'cat /src/page.txt', /second/), 40_000))
    if (s.tool === 'stack') await watch.prints(/rebuild done/, soon)
    await s.check(
      'the first is there',
      holds('it is', () => hasImage(s, first)),
    )
    watch.signal('SIGINT')
    await watch.ends(20_000)
    const second = await imageOf(s, 'web')
    const name = `${s.project}-kept`
    await s.engine.call('POST', `/images/${second}/tag?repo=${name}&tag=1`)
    const again = s.start('watch', 'watch')
    await again.prints(/watch(ing)?\b/i)
    await s.write('src/page.txt', 'third\n')
    await s.check('the third page', eventually(inside('web', 'cat /src/page.txt', /third/), 40_000))
    if (s.tool === 'stack') await again.prints(/rebuild done/, soon)
    await s.check(
      'the second is there',
      holds('it is', () => hasImage(s, second)),
    )
    await s.engine.raw('DELETE', `/images/${name}:1`)
  },
)

scenario(
  'initial_sync brings files in that changed before',
  {
    files: { 'compose.yaml': synced('action: sync, initial_sync: true'), 'src/early.txt': 'early\n' },
  },
  async (s) => {
    await watching(s)
    await s.check('it is there without an edit', eventually(inside('web', 'cat /src/early.txt', /early/), soon))
  },
)

scenario(
  'initial_sync sends every file, however old, into a container that runs already too',
  {
    files: {
      'compose.yaml': synced('action: sync, initial_sync: true'),
      'src/old.txt': 'old\n',
      'src/deep/older.txt': 'older\n',
    },
  },
  async (s) => {
    await utimes(join(s.folder, 'src/old.txt'), 1e9, 1e9)
    await utimes(join(s.folder, 'src/deep/older.txt'), 1, 1)
    await s.step('up', 'up -d', running('web'))
    const watch = s.start('watch', 'watch --no-up')
    await watch.prints(/watch(ing)?\b/i)
    await s.check(
      'they are there',
      eventually(inside('web', 'cat /src/old.txt /src/deep/older.txt', /^old\nolder$/m), soon),
    )
  },
)

scenario(
  'initial_sync is done before the process starts',
  {
    files: {
      'compose.yaml': `services: { web: { ${daemon('cat /src/early.txt')}, develop: { watch: [{ path: ./src, target: /src, action: sync, initial_sync: true }] } } }`,
      'src/early.txt': 'early\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.check('the process has read it', eventually(says('web', /^early$/m), soon))
  },
)

scenario(
  'sync+exec copies and runs a command inside',
  {
    files: {
      'compose.yaml': synced('action: sync+exec, exec: { command: "sh -c \'cat /src/*.txt > /tmp/all\'" }'),
      'src/one.txt': 'one\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.write('src/two.txt', 'two\n')
    await s.check('the command saw the file', eventually(inside('web', 'cat /tmp/all', /two/), soon))
  },
)

for (const [how, tools] of [
  ['with a shell', ''],
  ['without tar', 'RUN for path in /bin/tar /usr/bin/tar; do rm -f $path; done'],
] as const)
  scenario(
    `a link in the image at the target is followed, one below it gives way, and nothing is written beside it: ${how}`,
    {
      differs: 'the reference at hand refuses the whole batch (its issue 13795)',
      files: {
        'compose.yaml': `services: { web: { build: ., init: true, develop: { watch: [{ path: ./src, target: /app, action: sync, initial_sync: true }, { path: ./other, target: /link, action: sync, initial_sync: true }] } } }`,
        Dockerfile: `FROM stack-base/busybox\nRUN mkdir -p /app /real /var/sub && ln -s /var/sub /app/sub && ln -s /real /link && echo mine > /outside && ln -s /outside /app/file\n${tools}\nCMD ["sleep", "600"]\n`,
        '.dockerignore': 'nothing',
        'src/sub/early.txt': 'early\n',
        'src/file': 'early\n',
        'other/early.txt': 'early\n',
      },
    },
    async (s) => {
      await watching(s)
      const beside = 'readlink /link; cat /outside; ls -A /var/sub | wc -l; test -L /app/sub || echo folder'
      const kept = /^\/real\nmine\n0\nfolder$/m
      await s.check(
        'what was there before',
        eventually(inside('web', 'cat /app/sub/early.txt /real/early.txt /app/file', /early\nearly\nearly/), soon),
        inside('web', beside, kept),
      )
      await s.write('src/sub/deep/late.txt', 'late\n')
      await s.write('src/file', 'late\n')
      await s.write('other/more/late.txt', 'late\n')
      await rm(join(s.folder, 'src/sub/early.txt'))
      await s.check(
        'what came later',
        eventually(inside('web', 'cat /app/sub/deep/late.txt /real/more/late.txt /app/file', /late\nlate\nlate/), soon),
        eventually(inside('web', 'test ! -e /app/sub/early.txt && echo gone', /gone/), soon),
        inside('web', beside, kept),
      )
    },
  )

scenario(
  'the links of a system stay where a whole file system is synced over it',
  {
    differs: 'the reference at hand refuses the whole batch (its issue 13795)',
    files: {
      'compose.yaml': `services: { web: { build: ., init: true, develop: { watch: [{ path: ./rootfs, target: /, action: sync }] } } }`,
      Dockerfile: `FROM stack-base/busybox\nRUN mkdir -p /usr/lib /srv && ln -s usr/lib /lib64x && ln -s /srv /etc/srv\nCMD ["sleep", "600"]\n`,
      'rootfs/srv/x': 'x\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.write('rootfs/lib64x/one.so', 'one\n')
    await s.write('rootfs/etc/srv/two', 'two\n')
    await s.check(
      'files went where the links lead',
      eventually(inside('web', 'cat /usr/lib/one.so /srv/two', /one\ntwo/), soon),
      inside('web', `for link in /lib64x /etc/srv; do readlink $link; done`, /^usr\/lib\n\/srv$/m),
    )
    await rm(join(s.folder, 'rootfs/lib64x'), { recursive: true })
    await s.check(
      'and no link goes with them',
      eventually(inside('web', 'test ! -e /usr/lib/one.so && echo gone', /gone/), soon),
      inside('web', 'readlink /lib64x', /^usr\/lib$/m),
    )
  },
)

scenario(
  'an edit reaches every replica',
  {
    files: { 'compose.yaml': synced('action: sync', ', scale: 2'), 'src/start.txt': 'start\n' },
  },
  async (s) => {
    const up = s.start('up', 'up --watch')
    await up.prints(/watch(ing)?\b/i)
    await s.check('both run', eventually(running('web', 2), soon))
    await s.write('src/new.txt', 'new\n')
    await s.check(
      'both have it',
      eventually(
        holds('both have it', async (world) => {
          const read = (await world.containers('web')).map(({ Id }) => world.engine.exec(Id, ['cat', '/src/new.txt']))
          return (await Promise.all(read)).filter(({ code }) => code === 0).length === 2
        }),
        soon,
      ),
    )
  },
)

scenario(
  'a file that an edit includes is followed from then on, and while it is wrong',
  {
    differs: 'a running watch of the reference does not read its file again (its issue 11003)',
    files: {
      'compose.yaml': synced('action: sync'),
      'src/start.txt': 'start\n',
      'more/compose.yaml': `services: { more: { ${sleeper}, environment: { A: "1" } } }`,
    },
  },
  async (s) => {
    const up = await watching(s)
    await s.write('compose.yaml', `include: [more/compose.yaml]\n${synced('action: sync')}`)
    await s.check('its service runs', eventually(inside('more', 'echo "[$A]"', /\[1\]/), soon))
    await s.write('more/compose.yaml', `services: { more: { ${sleeper}, environment: { A: "2" } } }`)
    await s.check('an edit of it is applied', eventually(inside('more', 'echo "[$A]"', /\[2\]/), soon))
    await s.write('wrong/compose.yaml', 'services: { other: { imago: x } }')
    await s.write('compose.yaml', `include: [more/compose.yaml, wrong/compose.yaml]\n${synced('action: sync')}`)
    await up.prints(/imago/, soon)
    await s.write('wrong/compose.yaml', `services: { other: { ${sleeper} } }`)
    await s.check('what was wrong is mended', eventually(running('other'), soon))
  },
)

scenario(
  'an edit of the stack file is applied while up runs',
  {
    differs: 'a running watch of the reference does not read its file again (its issue 11003)',
    files: { 'compose.yaml': synced('action: sync'), 'src/start.txt': 'start\n' },
  },
  async (s) => {
    await watching(s)
    const before = await s.engine.containers(s.project)
    await s.write('compose.yaml', synced('action: sync', ', environment: { A: "2" }'))
    await s.check('the container is a new one', eventually(inside('web', 'echo "[$A]"', /\[2\]/), soon))
    if ((await s.engine.containers(s.project)).length !== before.length)
      throw new Error('there are more containers than before')
  },
)
