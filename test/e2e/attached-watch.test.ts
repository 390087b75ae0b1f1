import { eventually, inside, running } from '../support/checks.ts'
import { type InTerminal, startInTerminal } from '../support/pty.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, sleeper } from '../support/snippets.ts'
import { toolCommand } from '../support/tool.ts'

/** What an attached `up` does about saved files without being asked: it depends on whether somebody is there. */

const soon = 15_000
const only = 'the reference watches with --watch alone'
const watched = `services: { web: { ${sleeper}, develop: { watch: [{ path: ./src, target: /src, action: sync }] } } }`

/** At a terminal, and without the dashboard. */
const atTerminal = async (s: Scenario, words: string, act: (terminal: InTerminal) => Promise<void>): Promise<void> => {
  const [program, ...first] = toolCommand('stack')
  const terminal = startInTerminal([program, ...first, ...words.split(' ')], s.folder)
  try {
    await act(terminal)
    terminal.type('\u0003')
    const code = await terminal.ends()
    if (code !== 130) throw new Error(`it ended with ${code}`)
  } finally {
    terminal.kill()
  }
}

scenario(
  'up at a terminal watches without the dashboard, too',
  { only, files: { 'compose.yaml': watched, 'src/a.txt': 'a\n' } },
  (s) =>
    atTerminal(s, 'up --no-tui', async (terminal) => {
      await terminal.shows('Watching web for changes')
      await s.write('src/new.txt', 'new\n')
      await s.check('the file came', eventually(inside('web', 'cat /src/new.txt', /new/), soon))
    }),
)

const quiet = `services: { web: { ${daemon('echo ready')} } }`

for (const [what, words, file] of [
  [
    'watches nothing with --no-watch',
    'up --no-tui --no-watch',
    quiet.replace(/ \} \}$/, `, develop: { watch: [{ path: ./src, target: /src, action: sync }] } } }`),
  ],
  ['says nothing of a watch where there is nothing to watch', 'up --no-tui', quiet],
] as const)
  scenario(`up at a terminal ${what}`, { only, files: { 'compose.yaml': file, 'src/a.txt': 'a\n' } }, (s) =>
    atTerminal(s, words, async (terminal) => {
      await terminal.shows('| ready')
      await s.write('src/new.txt', 'new\n')
      await s.step('some time later', 'exec web true', running('web'))
      const screen = await terminal.screen()
      if (/watching|error|warning/i.test(screen)) throw new Error(`it says:\n${screen}`)
      await s.check('nothing came', inside('web', 'test ! -e /src/new.txt && echo none', /none/))
    }),
  )

scenario(
  'up without a terminal leaves saved files alone',
  { files: { 'compose.yaml': watched, 'src/a.txt': 'a\n' } },
  async (s) => {
    const up = s.start('up', 'up')
    await s.check('it runs', eventually(running('web'), soon))
    await s.write('src/new.txt', 'new\n')
    await s.step('some time later', 'exec web true', running('web'))
    await s.check('nothing came', inside('web', 'test ! -e /src/new.txt && echo none', /none/))
    up.signal('SIGINT')
    const { stderr } = await up.ends(20_000)
    if (/watching/i.test(stderr)) throw new Error(`it says:\n${stderr}`)
  },
)

scenario(
  'up --no-build at a terminal builds nothing for a saved file, and says once that it would have to',
  {
    only,
    files: {
      'compose.yaml': `services: { web: { build: ., init: true, develop: { watch: [{ path: ./src, action: rebuild }] } } }`,
      Dockerfile: 'FROM stack-base/busybox\nCOPY src /src\nCMD ["sleep", "600"]\n',
      'src/page.txt': 'first\n',
    },
  },
  async (s) => {
    await s.step('build', 'up -d', running('web'))
    const [before] = await s.engine.containers(s.project)
    await atTerminal(s, 'up --no-tui --no-build', async (terminal) => {
      await terminal.shows('Watching web for changes')
      await s.write('src/page.txt', 'second\n')
      await terminal.shows('--no-build forbids it')
      const [after] = await s.engine.containers(s.project)
      if (after?.Id !== before?.Id || after?.Image !== before?.Image) throw new Error('the container is another one')
    })
  },
)
