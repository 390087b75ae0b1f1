import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { running } from '../support/checks.ts'
import { failsWith, prints, silentAbout, stderr, stdout } from '../support/output-checks.ts'
import { startInTerminal } from '../support/pty.ts'
import { scenario } from '../support/scenario.ts'
import { job, sleeper } from '../support/snippets.ts'
import { toolCommand } from '../support/tool.ts'

/** What goes in and out of the command itself. */

const megabytes = 24
const large = 'x'
  .repeat(1023)
  .concat('\n')
  .repeat(1024 * megabytes)

scenario(
  'a large input reaches a process that reads slowly, whole',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step(
      'exec',
      { run: ['exec', '-T', 'web', 'sh', '-c', 'sleep 0.5; wc -c'], input: large },
      stdout(new RegExp(`^${large.length}$`, 'm')),
    )
    await s.step(
      'exec',
      { run: ['exec', '-T', 'web', 'wc', '-c'], input: large },
      stdout(new RegExp(`^${large.length}$`, 'm')),
    )
    await s.step(
      'run',
      { run: ['run', '--rm', '-T', 'web', 'wc', '-c'], input: large },
      stdout(new RegExp(`^${large.length}$`, 'm')),
    )
  },
)

scenario(
  'a large output arrives whole',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    const { stdout: text } = await s.step('exec', [
      'exec',
      '-T',
      'web',
      'sh',
      '-c',
      `yes 0123456789 | head -c ${megabytes * 1024 * 1024}`,
    ])
    if (text.length !== megabytes * 1024 * 1024) throw new Error(`${text.length} bytes arrived`)
  },
)

scenario(
  'COMPOSE_STATUS_STDOUT moves the progress to standard output',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    await s.step(
      'up',
      { run: '--progress plain up -d', env: { COMPOSE_STATUS_STDOUT: '1' } },
      stdout(/web-1\s+Started/),
    )
    await s.step('down', '--progress plain down', stderr(/web-1\s+Removed/))
  },
)

scenario(
  'colours and a list that moves go to a terminal and never into a file, whichever of the two streams it is',
  {
    only: 'it draws for standard error whatever it writes to',
    files: { 'compose.yaml': `services: { web: { ${sleeper}, ports: ["80"] } }` },
  },
  async (s) => {
    const stack = ['env', '-u', 'NO_COLOR', ...toolCommand('stack')].join(' ')
    const runs = [
      ['up -d > text', 'web-1', ''],
      ['up -d --force-recreate 2> text', '', 'web-1  Recreated'],
      ['down > text', 'web-1', ''],
      ['COMPOSE_STATUS_STDOUT=1 up -d > text', '', 'web-1  Started'],
      ['COMPOSE_STATUS_STDOUT=1 down 2> text', 'web-1', ''],
      ['--ansi always up -d 2> text', '', '\u001B['],
    ] as const
    for (const [words, onScreen, inFile] of runs) {
      const [variables, command] = words.startsWith('COMPOSE') ? words.split(/ (.*)/s) : ['', words]
      const line = `${variables} ${stack} ${command}; echo code $?`
      const terminal = startInTerminal(['sh', '-c', line], s.folder)
      try {
        await terminal.shows('code 0')
        if (onScreen.startsWith('web')) await terminal.shows(onScreen)
      } finally {
        terminal.kill()
      }
      const text = await readFile(join(s.folder, 'text'), 'utf8')
      if (!text.includes(inFile) || (inFile === '' && text !== '')) throw new Error(`${words}: the file holds ${text}`)
      if (inFile !== '\u001B[' && text.includes('\u001B')) throw new Error(`${words}: ${JSON.stringify(text)}`)
    }
  },
)

scenario(
  'a failed up ends with one line that says what it did not do',
  {
    only: 'the reference ends with the error itself',
    files: {
      'compose.yaml': `services: { db: { ${job('exit 3')} }, web: { ${sleeper}, depends_on: { db: { condition: service_completed_successfully } } }, other: { ${sleeper} } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      failsWith(1),
      stderr(/✘ \S+: up failed at db; 1 step after it was not done \(.*\)\n$/),
      running('other'),
    )
    await s.step('an up that does well says nothing of the kind', 'up -d other', silentAbout(/✘/))
  },
)

scenario(
  'commands of Docker Compose that are not built say so, and what does it',
  {
    only: 'the reference has them',
    files: { 'compose.yaml': `services: { web: { ${sleeper} } }` },
  },
  async (s) => {
    for (const command of ['publish --yes team/app:1', 'alpha viz', 'bridge convert']) {
      const name = command.split(' ')[0]!
      await s.step(
        command,
        command,
        failsWith(1),
        prints(new RegExp(`"stack ${name}" is not built[^]*docker compose ${name}`)),
      )
    }
  },
)
