import { running } from '../support/checks.ts'
import { startInTerminal } from '../support/pty.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'
import { toolCommand } from '../support/tool.ts'

/** Questions that a session asks on a terminal. */

const withVolume = (options: string) =>
  `services: { web: { ${sleeper}, volumes: ["data:/data"] } }\nvolumes: { data: { ${options} } }\n`

scenario(
  'Ctrl-C at a question ends up, and nothing is lost',
  {
    only: 'the reference has other questions',
    files: { 'compose.yaml': withVolume('') },
  },
  async (s) => {
    await s.step('up', 'up -d', running('web'))
    await s.step('data', ['exec', 'web', 'touch', '/data/kept'])
    await s.write('compose.yaml', withVolume('labels: { a: b }, driver_opts: { type: tmpfs, device: tmpfs }'))
    const terminal = startInTerminal([...toolCommand('stack'), 'up', '--no-tui'], s.folder)
    try {
      await terminal.shows('[y/N]')
      terminal.type('\u0003')
      const code = await terminal.ends()
      if (code !== 130) throw new Error(`it ended with ${code}`)
    } finally {
      terminal.kill()
    }
    await s.step('with what it had', 'up -d --no-recreate', running('web'))
    await s.step('it is there', ['exec', 'web', 'ls', '/data/kept'])
  },
)
