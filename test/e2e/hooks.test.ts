import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  absent,
  eventually,
  exited,
  holds,
  inside,
  nothingLeft,
  replicas,
  running,
  says,
  untouched,
} from '../support/checks.ts'
import { failsWith, prints, stdout } from '../support/output-checks.ts'
import { scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'

/** Hooks: before the start, after it, and before the stop. */

const failing = {
  says: 'fails',
  aboutExit: true,
  test: ({ last }: { last: { code: number } | undefined }) => {
    if (last?.code === 0) throw new Error('it did not')
  },
}

scenario(
  'post_start runs inside the container with its own surroundings',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, post_start: [{ command: ["sh", "-c", "echo $$WHO from $$(pwd) > /tmp/hook"], environment: { WHO: hook }, working_dir: /etc }] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), inside('web', 'cat /tmp/hook', /hook from \/etc/))
  },
)

scenario(
  'post_start that fails makes up fail and tells its exit code',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, post_start: [{ command: ["sh", "-c", "exit 127"] }] } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', failing, prints('127'))
  },
)

scenario(
  'a hook that fails says what it wrote, whenever it runs',
  {
    differs: 'the reference tells the exit code of a hook alone',
    files: {
      'compose.yaml': `services:
  begun: { ${sleeper}, post_start: [{ command: ["sh", "-c", "echo no database; echo no cache >&2; exit 7"] }] }
  ending: { ${sleeper}, pre_stop: [{ command: ["sh", "-c", "echo cannot save; exit 8"] }] }
`,
    },
  },
  async (s) => {
    const failed = (end: { stderr: string }, ...wanted: readonly RegExp[]) => {
      for (const each of wanted) if (!each.test(end.stderr)) throw new Error(`${each} is not in\n${end.stderr}`)
    }
    failed(await s.step('up', 'up -d begun', failsWith(1)), /ended with code 7:\n(?=[^]*no database)(?=[^]*no cache)/)
    await s.step('up', 'up -d ending', running('ending'))
    failed(await s.step('stop', 'stop ending', failsWith(1)), /ended with code 8:\n\s*cannot save/)
  },
)

scenario(
  'post_start is done before anyone who depends on it starts',
  {
    files: {
      'compose.yaml': `services:
  web: { ${job('cat /shared/ready')}, volumes: ["shared:/shared"], depends_on: [db] }
  db: { ${sleeper}, volumes: ["shared:/shared"], post_start: [{ command: ["sh", "-c", "sleep 0.5; echo done > /shared/ready"] }] }
volumes: { shared: {} }
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', eventually(exited('web', 0)), says('web', /done/))
  },
)

scenario(
  'pre_stop runs before stop and before down',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./out:/out"], pre_stop: [{ command: ["sh", "-c", "echo bye >> /out/bye"] }] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('stop', 'stop', exited('web', 143))
    await s.step('start', 'start', running('web'), inside('web', 'cat /out/bye | wc -l', /^1$/m))
    await s.step('down', 'down', nothingLeft())
  },
)

scenario(
  'pre_stop that fails makes down fail and tells its exit code',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, pre_stop: [{ command: ["sh", "-c", "exit 9"] }] } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('down', 'down', failing, prints('9'))
  },
)

scenario(
  'run runs no hooks of its service; one that is stopped runs its pre_stop',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["./out:/out"], post_start: [{ command: ["sh", "-c", "echo began >> /out/log"] }], pre_stop: [{ command: ["sh", "-c", "echo ending >> /out/log"] }] } }`,
      'out/log': '',
    },
  },
  async (s) => {
    const log = (expected: string) =>
      holds(`the hooks wrote ${JSON.stringify(expected)}`, async ({ folder }) => {
        const text = await readFile(join(folder, 'out/log'), 'utf8')
        if (text !== expected) throw new Error(`they wrote ${JSON.stringify(text)}`)
      })
    await s.step('run to the end', ['run', '--rm', '-T', 'web', 'sleep', '1'], log(''))
    await s.step('run in the background', 'run -d web', log(''))
    await s.step('down', 'down --remove-orphans', log('ending\n'), nothingLeft())
  },
)

scenario(
  'run runs no pre_start either',
  {
    only: 'pre_start is newer than the reference at hand',
    files: {
      'compose.yaml': `services: { web: { ${job('ls /out')}, volumes: ["./out:/out"], pre_start: [{ command: ["touch", "/out/first"] }] } }`,
      'out/here': '',
    },
  },
  async (s) => {
    await s.step('run', 'run --rm -T web', stdout(/^here\n$/))
  },
)

const older = 'pre_start is newer than the reference at hand'

scenario(
  'pre_start runs to its end before the service starts, once for all its replicas',
  {
    only: older,
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, scale: 2, volumes: ["./out:/out"], pre_start: [{ command: ["sh", "-c", "echo first >> /out/log"] }, { command: ["sh", "-c", "echo second >> /out/log"] }] } }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', replicas('web', 1, 2), inside('web', 'cat /out/log | tr "\\n" " "', /^first second $/))
    await s.step('up again runs none', 'up -d', untouched('web'), inside('web', 'wc -l < /out/log', /^2$/m))
    await s.step(
      'scaling up runs none',
      'up -d --scale web=3',
      replicas('web', 1, 2, 3),
      inside('web', 'wc -l < /out/log', /^2$/m),
    )
    await s.step('forcing runs them again', 'up -d --force-recreate', inside('web', 'wc -l < /out/log', /^4$/m))
    await s.step('down leaves nothing', 'down', nothingLeft())
  },
)

scenario(
  'pre_start that fails makes up fail with what it wrote, the service does not start, and its container is kept until down',
  {
    only: older,
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, logging: { driver: none }, pre_start: [{ command: ["true"] }, { command: ["sh", "-c", "echo no table; exit 13"] }] } }`,
    },
  },
  async (s) => {
    const name = `${s.project}-web-pre_start-1`
    const kept = holds('the container of the hook is kept, and no other', async ({ engine }) => {
      const hooks = (await engine.containers(s.project)).filter(({ Name }) => Name.includes('pre_start'))
      return hooks.length === 1 && hooks[0]?.Name === `/${name}` && hooks[0].State.ExitCode === 13
    })
    await s.step(
      'up',
      'up -d',
      failsWith(1),
      prints(/ended with code 13:\n\s*no table/),
      prints(`docker logs ${name}`),
      kept,
      holds('web does not run', async (world) => {
        const found = (await world.containers('web')).filter(({ State }) => State.Status === 'running')
        return found.length === 0
      }),
    )
    await s.step('up again fails again', 'up -d', failsWith(1), kept)
    await s.step('down leaves nothing', 'down', nothingLeft(), absent('web'))
  },
)

scenario(
  'a pre_start hook that Ctrl-C leaves off does not go on',
  {
    only: older,
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, pre_start: [{ command: ["sh", "-c", "echo begun; sleep 600"] }] } }`,
    },
  },
  async (s) => {
    const up = s.start('up', 'up')
    await up.prints(/begun/)
    up.signal('SIGINT')
    const end = await up.ends(20_000)
    if (end.code !== 130) throw new Error(`the exit code is ${end.code}:\n${end.stderr}`)
    await s.check(
      'its container is gone',
      holds('there is none', async ({ engine }) =>
        (await engine.containers(s.project)).every(({ Name }) => !Name.includes('pre_start')),
      ),
    )
  },
)

scenario(
  'pre_start can use another image, user and folder',
  {
    only: older,
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, volumes: ["data:/data"], pre_start: [{ image: stack-base/busybox, user: "0", working_dir: /data, environment: { A: given }, command: ["sh", "-c", "echo $$A $$(pwd) > file"] }] } }\nvolumes: { data: {} }`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), inside('web', 'cat /data/file', /given \/data/))
  },
)
