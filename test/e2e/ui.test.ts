import { eventually, holds, running } from '../support/checks.ts'
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
