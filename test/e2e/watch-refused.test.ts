import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, inside, says } from '../support/checks.ts'
import { describeWhere } from '../support/not-run.ts'
import { type Check, scenario } from '../support/scenario.ts'
import { openCopies, whileWatching } from '../support/storm/copies.ts'
import { sleep, synced } from '../support/storm/synced.ts'
import { toolCommand } from '../support/tool.ts'

/** Files that cannot get into a container, or not be read: that is said with its reason, and everything else goes on. */

const only = 'the reference tries a batch once, tells in general that it failed, and forgets it'
const other = { service: 'other', target: '/app' }
const web = { service: 'web', target: '/app' }
const soon = 30_000
/** Some things nobody is told of: they are tried again, or compared, after half a minute at the latest. */
const late = 45_000

const text = (kilobytes: number): string => 'x'.repeat(kilobytes * 1024)

scenario(
  'a full disk makes a service stale, with the reason, until there is room',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { ${sleep}, volumes: ["small:/app"], ${synced('/app')} }
  other: { ${sleep}, ${synced('/app')} }
volumes: { small: { driver_opts: { type: tmpfs, device: tmpfs, o: size=1m } } }`,
      'src/a': 'first\n',
    },
  },
  async (s) => {
    await whileWatching(s, { copies: [web, other] }, async ({ tool, copies }) => {
      const others = openCopies(s, [other])
      await s.write('src/big', text(700))
      await copies.settle()
      await s.write('src/too-big', text(700))
      await s.write('src/deep/small', 'small\n')
      await others.settle()
      await tool.prints(/"?web"? is behind.*too-big.*no space left/i, soon)
      await s.check('what fits is there', eventually(inside('web', 'cat /app/deep/small', /^small$/m), soon))
      await rm(join(s.folder, 'src/big'))
      await copies.settle(late)
      others.close()
    })
  },
)

scenario(
  'a read-only container is told with its reason, and other services go on',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { ${sleep}, read_only: true, ${synced('/app')} }
  other: { ${sleep}, read_only: true, volumes: ["data:/app"], ${synced('/app')} }
volumes: { data: {} }`,
      'src/a': 'first\n',
    },
  },
  async (s) => {
    await whileWatching(s, { copies: [other] }, async ({ tool, copies }) => {
      await tool.prints(/"?web"? is behind.*read-only/i, soon)
      await s.write('src/b', 'second\n')
      await copies.settle()
    })
  },
)

const bareImage = 'FROM stack-base/busybox\nRUN cp -L /bin/busybox /sleep && exec rm -rf /bin /sbin /usr\n'

scenario(
  'what a container cannot do is said once, before the first save, with the way out',
  {
    only,
    files: {
      'compose.yaml': `services:
  bare: { build: ., command: ["/sleep", "6000"], tmpfs: ["/app/memory"], deploy: { replicas: 2 }, develop: { watch: [
    { path: ./src, target: /app, action: sync }, { path: ./src, target: /app/memory, action: sync }] } }
  locked: { ${sleep}, read_only: true, ${synced('/app', '')} }
  mounted: { ${sleep}, volumes: ["data:/app:ro"], ${synced('/app', '')} }
  memory: { ${sleep}, tmpfs: ["/app"], user: "1234:2345", ${synced('/app', '')} }
  able: { ${sleep}, read_only: true, cap_drop: [ALL], user: "1234:2345", volumes: ["data:/app"], ${synced('/app', '')} }
volumes: { data: {} }`,
      Dockerfile: bareImage,
      '.dockerignore': 'nothing',
      'src/a': 'first\n',
    },
  },
  async (s) => {
    const tool = s.start('watch', 'watch')
    await tool.prints(/Watching/, 60_000)
    const said = [
      /watch\/no-tools.*"bare" has no shell.*\n.*stack up --build bare/,
      /watch\/unreachable.*\/app\/memory of service "bare".*\n.*volume at \/app\/memory/,
      /watch\/read-only.*\/app of service "locked": the container is read-only.*\n.*volume or a tmpfs/,
      /watch\/read-only.*\/app of service "mounted": the mount at \/app is read-only.*\n.*"ro"/,
      /watch\/in-memory.*\/app of service "memory".*each start empties it.*\n.*volume/,
    ]
    for (const pattern of said) await tool.prints(pattern, soon)
    await s.write('src/a', 'second\n')
    for (const service of ['memory', 'able'])
      await s.check(`${service} has it`, eventually(inside(service, 'cat /app/a', /second/), soon))
    await s.step('begin anew', 'restart memory')
    await s.check('it is brought again', eventually(inside('memory', 'cat /app/a', /second/), soon))
    for (const pattern of said) {
      const times = tool.output().match(new RegExp(pattern, 'g'))?.length
      if (times !== 1) throw new Error(`${String(pattern)} was said ${times} times:\n${tool.output()}`)
    }
    if (/"able"/.test(tool.output())) throw new Error(`nothing is wrong with "able":\n${tool.output()}`)
  },
)

scenario(
  'what a start loses is brought after it, and begins no other one',
  {
    only: 'the reference restarts, and leaves the folder empty',
    files: {
      'compose.yaml': `services: { web: { ${sleep.replace('sleep 6000', '["sh", "-c", "echo begun; exec sleep 6000"]')}, tmpfs: ["/app"],
  develop: { watch: [{ path: ./src, target: /app, action: sync+restart }, { path: ./other, target: /app/other, action: sync }] } } }`,
      'src/a': 'first\n',
      'other/b': 'first\n',
    },
  },
  async (s) => {
    const tool = s.start('watch', 'watch')
    await tool.prints(/Watching/, 60_000)
    const starts = (times: number): Check => says('web', new RegExp(`^([^]*begun){${times}}(?![^]*begun)`))
    for (const [times, text] of [
      [2, 'second'],
      [3, 'third'],
    ] as const) {
      await s.write('src/a', `${text}\n`)
      await s.check('it is restarted', eventually(starts(times), soon))
      await s.check('it is there', eventually(inside('web', 'cat /app/a', new RegExp(text)), soon))
      await s.write('other/b', `${text}\n`)
      await s.check('so is another', eventually(inside('web', 'cat /app/other/b', new RegExp(text)), soon))
    }
    await s.check('no more than that', starts(3))
  },
)

scenario(
  'what is below a mount that cannot be written, or takes the place of one, keeps nothing else back',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { ${sleep}, volumes: ["locked:/app/locked:ro", "busy:/app/busy"], ${synced('/app')} }
volumes: { locked: {}, busy: {} }`,
      'src/a': 'first\n',
    },
  },
  async (s) => {
    const isPassedOver = (path: string) => /^(locked|busy)(\/|$)/.test(path)
    await whileWatching(s, { copies: [{ ...web, isPassedOver }] }, async ({ tool, copies }) => {
      await s.write('src/locked/inside', 'never\n')
      await s.write('src/busy', 'a file in the place of a mount\n')
      await s.write('src/later', 'second\n')
      await copies.settle()
      await tool.prints(/"?web"? is behind/i, soon)
      await s.write('src/a', 'third\n')
      await s.write('src/zz/last', 'third\n')
      await copies.settle()
      await rm(join(s.folder, 'src/busy'))
      await s.write('src/busy/inside', 'a folder\n')
      await s.check('the mount is used', eventually(inside('web', 'cat /app/busy/inside', /a folder/), late))
    })
  },
)

scenario(
  'an image without a shell gets files; one that is deleted needs a rebuild, and keeps nothing else back',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { build: ., command: ["/sleep", "6000"], ${synced('/app')} }
  other: { ${sleep}, ${synced('/app')} }`,
      Dockerfile: bareImage,
      '.dockerignore': 'nothing',
      'src/a': 'first\n',
      'src/doomed': 'first\n',
      'src/deep/b': 'first\n',
    },
  },
  async (s) => {
    const bare = { ...web, hasNoShell: true, hasMore: true }
    await whileWatching(s, { copies: [bare, other] }, async ({ tool, copies }) => {
      await s.write('src/deep/er/c', 'second\n')
      await s.write('src/a', 'second\n')
      await copies.settle()
      await rm(join(s.folder, 'src/doomed'))
      await tool.prints(/"?web"?.*doomed.*no shell/i, soon)
      await s.write('src/after', 'third\n')
      await copies.settle()
    })
  },
)

const fillTable = '(while :; do sleep 6000 & done) 2>/dev/null; exec sleep 6000'

scenario(
  'a container in which no process can be started gets files all the same, or as soon as it can be',
  {
    only,
    files: {
      'compose.yaml': `services:
  web: { ${sleep.replace('sleep 6000', JSON.stringify(['sh', '-c', fillTable]))}, pids_limit: 30, ${synced('/app')} }
  other: { ${sleep}, ${synced('/app')} }`,
      'src/a': 'first\n',
    },
  },
  async (s) => {
    await whileWatching(s, { copies: [other] }, async ({ copies }) => {
      await s.write('src/deep/b', 'second\n')
      await rm(join(s.folder, 'src/a'))
      await copies.settle()
      await s.engine.call('POST', `/containers/${s.project}-web-1/update`, { PidsLimit: 200 })
      const all = openCopies(s, [{ ...web, hasNoShell: true }, other])
      await all.settle(late)
      all.close()
    })
  },
)

/** A file that even root may not read, and that is not empty, as every Linux has it; seen so by the watch alone. */
const locked = '/sys/bus/platform/drivers_probe'
const whyNot = process.getuid?.() === 0 ? undefined : 'only root may mount'

describeWhere('a file that cannot be read', whyNot, () => {
  scenario(
    'is told, keeps nothing else back, and comes when it can be read',
    {
      only,
      files: {
        'compose.yaml': `services: { web: { ${sleep}, ${synced('/app')} } }`,
        'src/a': 'first\n',
        'src/locked': '',
      },
    },
    async (s) => {
      const words = ['-m', 'sh', '-c', `mount --bind ${locked} src/locked && exec "$@"`, 'sh', ...toolCommand('stack')]
      const isPassedOver = (path: string) => path === 'locked'
      const copies = [{ ...web, isPassedOver }]
      await whileWatching(
        s,
        { copies, command: { program: 'unshare', run: [...words, 'watch'] } },
        async (watching) => {
          await watching.tool.prints(/locked.*(permission denied|cannot be read)/i, soon)
          await s.write('src/b', 'second\n')
          await s.write('src/deep/c', 'second\n')
          await watching.copies.settle()
          const pid = String(watching.tool.child.pid)
          execFileSync('nsenter', ['--target', pid, '--mount', 'umount', join(s.folder, 'src/locked')])
          await s.write('src/locked', 'readable\n')
          await s.check('it came', eventually(inside('web', 'cat /app/locked', /readable/), late))
        },
      )
    },
  )
})
