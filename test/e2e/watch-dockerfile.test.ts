import { absent, eventually, inside, running, says } from '../support/checks.ts'
import { failsWith, prints, silentAbout } from '../support/output-checks.ts'
import { type Scenario, scenario } from '../support/scenario.ts'

/** Services without watch rules, which are watched as their Dockerfiles say. */

const only = 'the reference watches nothing without rules'
const soon = 20_000

const built = (more = '') => `services: { web: { build: ., init: true${more} } }`
const base = 'FROM stack-base/busybox\nWORKDIR /app\n'

const watching = async (s: Scenario, command = 'up --watch') => {
  const up = s.start('up', command)
  await up.prints(/Watching web/)
  await s.check('it runs', eventually(running('web'), soon))
  return up
}

scenario(
  'a file that the image holds is copied where the Dockerfile puts it, and what is ignored stays outside',
  {
    only,
    files: {
      'compose.yaml': built(),
      Dockerfile: `${base}COPY src ./src\nCOPY --chown=0:0 page*.txt /pages/\nCMD ["sleep", "600"]\n`,
      '.dockerignore': '*.log\nsrc/cache\n',
      'src/a.txt': 'one\n',
      'page-1.txt': 'one\n',
    },
  },
  async (s) => {
    await watching(s)
    const [before] = await s.engine.containers(s.project)
    await s.write('src/a.txt', 'two\n')
    await s.write('src/deep/new.txt', 'new\n')
    await s.write('src/cache/x', 'x')
    await s.write('page-1.txt', 'two\n')
    await s.write('page-2.txt', 'new\n')
    await s.write('last.txt', 'no rule is about it\n')
    await s.check('a change', eventually(inside('web', 'cat /app/src/a.txt', /two/), soon))
    await s.check('a new file', eventually(inside('web', 'cat /app/src/deep/new.txt', /new/), soon))
    await s.check('a file of a pattern', eventually(inside('web', 'cat /pages/page-1.txt', /two/), soon))
    await s.check('a new file of a pattern', eventually(inside('web', 'cat /pages/page-2.txt', /new/), soon))
    await s.check('nothing else', inside('web', 'ls /app/src /pages /app', /^(?!.*(cache|last))/s))
    const [after] = await s.engine.containers(s.project)
    if (after?.Id !== before?.Id) throw new Error('the container is another one')
  },
)

scenario(
  'a process that does not notice changes is started anew',
  {
    only,
    files: {
      'compose.yaml': built(),
      Dockerfile: `${base}COPY say.txt run.sh ./\nCMD ["sh", "run.sh"]\n`,
      'run.sh': 'cat say.txt\nexec sleep 600\n',
      'say.txt': 'first\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.write('say.txt', 'second\n')
    await s.check('it reads the file again', eventually(says('web', /second/), soon), running('web'))
  },
)

scenario(
  'what a command of the build reads makes the image anew',
  {
    only,
    files: {
      'compose.yaml': built(),
      Dockerfile: `${base}COPY manifest.txt .\nRUN cp manifest.txt made.txt\nCOPY . .\nCMD ["sleep", "600"]\n`,
      'manifest.txt': 'one\n',
      'other.txt': 'one\n',
    },
  },
  async (s) => {
    await watching(s)
    await s.write('other.txt', 'two\n')
    await s.check('another file is copied', eventually(inside('web', 'cat /app/other.txt', /two/), soon))
    await s.write('manifest.txt', 'two\n')
    await s.check('what is made of it is new', eventually(inside('web', 'cat /app/made.txt', /two/), soon))
    await s.check('the image has the copied file too', inside('web', 'cat /app/other.txt', /two/))
  },
)

scenario(
  'an edit of the Dockerfile builds, and what is watched is what it says then',
  {
    only,
    files: {
      'compose.yaml': built(),
      Dockerfile: `${base}COPY src /old\nCMD ["sleep", "600"]\n`,
      'src/a.txt': 'one\n',
    },
  },
  async (s) => {
    const up = await watching(s)
    await s.write('Dockerfile', `${base}COPY src /new\nCMD ["sleep", "600"]\n`)
    await s.check('it is built', eventually(inside('web', 'cat /new/a.txt', /one/), soon))
    await up.prints(/Watching web[^]*Watching web/)
    await s.write('src/a.txt', 'two\n')
    await s.check('the new place', eventually(inside('web', 'cat /new/a.txt', /two/), soon))
  },
)

scenario(
  'a bind mount is left to itself',
  {
    only,
    files: {
      'compose.yaml': built(', volumes: ["./src:/app/src"]'),
      Dockerfile: `${base}COPY . .\nCMD ["sh", "-c", "cat src/a.txt; exec sleep 600"]\n`,
      'src/a.txt': 'one\n',
      'b.txt': 'one\n',
    },
  },
  async (s) => {
    const up = await watching(s)
    await s.write('src/a.txt', 'two\n')
    await s.check('the mount shows it', eventually(inside('web', 'cat /app/src/a.txt', /two/), soon))
    await s.write('b.txt', 'two\n')
    await up.prints(/sync\+restart done/)
    await s.check('only the other file was acted on', eventually(inside('web', 'cat /app/b.txt', /two/), soon))
    if (/after a change of .*a\.txt/.test(up.output())) throw new Error('the mounted file was acted on')
  },
)

scenario(
  'it can be turned off',
  {
    only,
    files: {
      'compose.yaml': built(', x-stack: { watch: false }'),
      Dockerfile: `${base}COPY . .\nCMD ["sleep", "600"]\n`,
    },
  },
  async (s) => {
    await s.step('nothing is left to watch', 'watch', failsWith(1), prints('--explain'), absent('web'))
    await s.step(
      'and that is said',
      'watch --explain',
      prints('web: not watched, for "x-stack.watch: false" turns it off'),
    )
    await s.step('--watch and --no-watch', 'up --watch --no-watch', failsWith(2), absent('web'))
  },
)

scenario(
  'watch --explain says what is watched and does nothing',
  {
    only,
    files: {
      'compose.yaml':
        'services:\n  web: { build: . }\n  db: { image: stack-base/busybox }\n  hand:\n    image: stack-base/busybox\n    develop:\n      watch:\n        - path: ./src\n          action: sync\n          target: /x\n',
      Dockerfile: `${base}COPY src ./src\nCMD ["sleep", "600"]\n`,
      'src/a.txt': 'one\n',
    },
  },
  async (s) => {
    await s.step(
      'all of it',
      'watch --explain',
      prints('web: watched as Dockerfile says'),
      prints('Dockerfile:3: COPY src ./src'),
      prints('"sleep 600" reads no files'),
      prints('db: not watched, for it is not built from a folder'),
      prints('hand: watched as its develop section says'),
      prints('compose.yaml:8'),
      absent('web'),
      absent('hand'),
    )
    await s.step('one service', 'watch --explain db', prints('db: not watched'), silentAbout(/web:|hand:/))
    await s.step(
      'a path',
      'watch --explain src/new.txt',
      prints('web: sync to /app/src/new.txt'),
      prints('hand: sync to /x/new.txt'),
    )
    await s.step('a path of nobody', 'watch --explain other', prints('nothing: no rule covers it'))
  },
)
