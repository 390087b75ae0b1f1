import { eventually, holds, running } from '../support/checks.ts'
import { image } from '../support/objects.ts'
import { startInTerminal } from '../support/pty.ts'
import { scenario, type Scenario } from '../support/scenario.ts'
import { daemon, sleeper } from '../support/snippets.ts'
import { toolCommand } from '../support/tool.ts'

/** The dashboard on what somebody else has started: `stack ui`. */

/** Each container, and when it was started. */
const lookAt = async ({ engine, project }: Scenario): Promise<ReadonlyMap<string, string>> =>
  new Map((await engine.containers(project)).map(({ Id, State }) => [Id, State.StartedAt]))

scenario(
  'ui shows what runs, restarts what it is told, and leaves all running as it was',
  {
    only: 'the reference has no dashboard',
    files: { 'compose.yaml': `services: { web: { ${daemon('echo web has begun')} }, db: { ${sleeper} } }\n` },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('db'))
    const before = await lookAt(s)
    const startedAnew = (count: number) =>
      holds(`the same containers, ${count} of them started anew`, async () => {
        const now = await lookAt(s)
        const others = [...now].filter(([id]) => !before.has(id)).length
        const anew = [...now].filter(([id, at]) => before.get(id) !== at).length
        if (others > 0 || now.size !== before.size || anew !== count)
          throw new Error(`${now.size} are there, ${others} of them are others, ${anew} were started anew`)
      })
    const terminal = startInTerminal([...toolCommand('stack'), 'ui'], s.folder)
    try {
      await terminal.shows('▸ ● web      running')
      await terminal.shows('● db       running')
      await terminal.shows('web has begun')
      await s.check('opening it changes nothing', startedAnew(0))
      terminal.type('r')
      await s.check(
        'r restarts the chosen one',
        eventually(startedAnew(1)),
        eventually(running('web')),
        eventually(running('db')),
      )
      await terminal.shows('2/2 up')
      terminal.type('d')
      const code = await terminal.ends()
      if (code !== 0) throw new Error(`it ended with ${code}`)
      await terminal.shows(' keeps running: all 2 services')
      await s.check('all goes on', startedAnew(1), running('web'), running('db'))
    } finally {
      terminal.kill()
    }
  },
)

scenario(
  'the dashboard steps aside for a shell, for a command, and for a shell beside an image that has none',
  {
    only: 'the reference has no dashboard',
    files: {
      'compose.yaml': `services:
  web: { ${sleeper} }
  bare:
    build: { context: ., dockerfile_inline: "FROM scratch\\nCOPY --from=${image} /bin/busybox /sleep\\n" }
    command: [/sleep, "600"]
    init: true
`,
    },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'), running('bare'))
    const before = await lookAt(s)
    const terminal = startInTerminal([...toolCommand('stack'), 'ui'], s.folder, {
      columns: 110,
      rows: 30,
      env: { STACK_DEBUG_IMAGE: image },
    })
    const turns = async (...steps: readonly (readonly [keys: string, shows: string])[]) => {
      for (const [keys, shows] of steps) {
        terminal.type(keys)
        await terminal.shows(shows)
      }
    }
    try {
      await terminal.shows('▸ ● web')
      await turns(
        ['e', '/ #'],
        ['echo in-$((40+2))\r', 'in-42'],
        ['exit\r', 'Back from "stack exec web ash".'],
        ['!', '── run a command in web'],
        ['cat /etc/hostname', 'command: cat /etc/hostname_'],
        ['\r', '(ended with 0; Enter leads back'],
        ['\r', 'Back from "stack exec web cat /etc/hostname".'],
        ['j', '▸ ● bare'],
        ['e', '── bare has no shell'],
        ['y', 'Its files are in /proc/1/root.'],
        ['/proc/1/root/sleep 0 && echo slept-$((6*7))\r', 'slept-42'],
        ['exit\r', 'Back from "stack debug bare".'],
        ['L', '── command log'],
      )
      await terminal.becomes((screen) => /stack debug bare[^]*stack exec web cat[^]*stack exec web ash/.test(screen))
      await turns(['\u001b', 'SERVICE'], ['d', ' keeps running: all 2 services'])
      const code = await terminal.ends()
      if (code !== 0) throw new Error(`it ended with ${code}`)
      await s.check(
        'what ran goes on, and nothing else is there',
        holds('the same containers', async () => {
          const now = await lookAt(s)
          if (JSON.stringify([...now]) !== JSON.stringify([...before])) throw new Error(`there are ${now.size}`)
        }),
      )
    } finally {
      terminal.kill()
    }
  },
)
