import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, inside, running } from '../support/checks.ts'
import { failsWith, prints } from '../support/output-checks.ts'
import { type Check, type Scenario, scenario } from '../support/scenario.ts'

/** What `x-stack.watch` brings back from containers. */

const only = 'the reference brings nothing back'
const soon = 30_000

const web = (rules: string): string => `services:
  web:
    image: stack-base/busybox
    init: true
    command: [sh, -c, "mkdir -p /app/gen; exec sleep 600"]
    x-stack: { watch: [${rules}] }
`
const generated = '{ path: ./gen, target: /app/gen, direction: from }'

/** A file of the scenario's folder; what is not there reads as an error. */
const holds = (s: Scenario, path: string, pattern: RegExp): Check => ({
  says: `${path} holds ${pattern}`,
  test: async () => {
    const text = await readFile(join(s.folder, path), 'utf8').catch((error: unknown) => String(error))
    if (!pattern.test(text)) throw new Error(`it holds ${JSON.stringify(text)}`)
  },
})

const watching = async (s: Scenario, command = 'up --watch') => {
  const up = s.start('up', command)
  await up.prints(/Watching web/)
  await s.check('it runs', eventually(running('web'), soon))
  return up
}

const within = (command: string): Check => inside('web', command, /^/)

scenario(
  'generated files come back, and what was changed here stays until it is deleted',
  { only, files: { 'compose.yaml': web(generated) } },
  async (s) => {
    const up = await watching(s)
    await s.check(
      'it generates',
      within('mkdir /app/gen/api; echo one >/app/gen/api/client.ts; ln -s /etc /app/gen/out'),
    )
    await s.check('they come', eventually(holds(s, 'gen/api/client.ts', /^one$/m), soon))
    await up.prints(/web: sync back done/)
    await up.prints(/gen\/out of .*web-1 leads out of its folder/)
    await s.check('nothing behind a link', holds(s, 'gen/out/hostname', /ENOENT/))
    await s.write('gen/api/client.ts', 'mine\n')
    await s.check('it generates anew', within('echo two >/app/gen/api/client.ts'))
    await up.prints(/client\.ts of .* are left as they are: both were changed/)
    await s.check('nothing is overwritten', holds(s, 'gen/api/client.ts', /^mine$/m))
    await rm(join(s.folder, 'gen/api/client.ts'))
    await s.check('that of the container comes', eventually(holds(s, 'gen/api/client.ts', /^two$/m), soon))
  },
)

scenario(
  'a lock file is kept the same both ways, beside rules of develop',
  {
    only,
    files: {
      'compose.yaml': `services:
  web:
    image: stack-base/busybox
    init: true
    command: [sh, -c, "mkdir -p /app; exec sleep 600"]
    develop: { watch: [{ path: ., target: /app, action: sync }] }
    x-stack: { watch: [{ path: ./lock.json, target: /app/lock.json, direction: both }] }
`,
      'lock.json': 'one\n',
      'other.txt': 'one\n',
    },
  },
  async (s) => {
    const up = await watching(s)
    await s.check('the first comes', eventually(inside('web', 'cat /app/lock.json', /one/), soon))
    await s.check('the container changes it', within('echo two >/app/lock.json'))
    await s.check('that comes back', eventually(holds(s, 'lock.json', /^two$/m), soon))
    await s.write('lock.json', 'three\n')
    await s.write('other.txt', 'two\n')
    await s.check('so does a change of ours', eventually(inside('web', 'cat /app/lock.json', /three/), soon))
    await s.check('other files go as ever', eventually(inside('web', 'cat /app/other.txt', /two/), soon))
    if (/left as they are/.test(up.output())) throw new Error('a conflict was told')
  },
)

scenario(
  'what was agreed upon is remembered, and a new container takes nothing away',
  { only, files: { 'compose.yaml': web('{ path: ./gen, target: /app/gen, direction: both }'), 'gen/a.txt': 'one\n' } },
  async (s) => {
    const up = await watching(s)
    await s.check('a file goes in', eventually(inside('web', 'cat /app/gen/a.txt', /one/), soon))
    up.signal('SIGINT')
    await up.ends()
    await s.step('up anew', 'up -d --force-recreate', running('web'))
    await watching(s)
    await s.check('it has it again', eventually(inside('web', 'cat /app/gen/a.txt', /one/), soon))
    await s.check('the container deletes it', within('rm /app/gen/a.txt; echo two >/app/gen/b.txt'))
    await s.check('a new one comes', eventually(holds(s, 'gen/b.txt', /two/), soon))
    await s.check('the deleted one goes', eventually(holds(s, 'gen/a.txt', /ENOENT/), soon))
  },
)

scenario(
  'rules that cannot be meant are told with their places, and the others are explained',
  { only, files: { 'compose.yaml': web(generated), 'wrong.yaml': web('{ path: ../x, target: gen, direction: to }') } },
  async (s) => {
    await s.step(
      'explain',
      'watch --explain',
      prints('from         /app/gen to gen'),
      prints(/compose\.yaml:\d+: services\.web\.x-stack\.watch\[0\]/),
    )
    await s.step('a file that comes back', 'watch --explain gen/a.ts', prints('web: from /app/gen to gen'))
    await s.step('wrong', '-f wrong.yaml config -q', failsWith(3), prints('"direction" must be "from" or "both"'))
  },
)
