import { running } from '../support/checks.ts'
import { freePorts, image } from '../support/objects.ts'
import { type InTerminal, startInTerminal } from '../support/pty.ts'
import { type Scenario, scenario } from '../support/scenario.ts'
import { daemon } from '../support/snippets.ts'
import { toolCommand } from '../support/tool.ts'

/** Somebody who has never seen the dashboard, and has only its screen to go by: with keys alone. */

const listens = 'echo "INFO api is listening"; exec sleep 600\n'
const crashes = `echo "INFO api is starting"
echo "TypeError: cart is undefined" >&2
echo "    at applyCoupon (/app/coupon.js:41:17)" >&2
echo "    at checkout (/app/checkout.js:12:3)" >&2
exit 1
`
const files = {
  'compose.yaml': `services:
  web: { ${daemon('echo web is up')}, ports: ["127.0.0.1:\${PORT}:80"] }
  api:
    build: { context: ., dockerfile_inline: "FROM ${image}\\nCOPY src /app\\n" }
    command: ["sh", "/app/run.sh"]
    init: true
    develop: { watch: [{ path: ./src, target: /app, action: sync+restart }] }
  db: { ${daemon('echo database system is ready')} }
`,
  'src/run.sh': listens,
}

type Turn = readonly [keys: string, ...shows: readonly string[]]

/** Types the keys of each turn, and waits until the screen shows (`!`: does not show) what stands beside them. */
const play = async ({ type, becomes }: InTerminal, ...turns: readonly Turn[]): Promise<void> => {
  for (const [keys, ...shows] of turns) {
    type(keys)
    await becomes((screen) =>
      shows.every((text) => (text.startsWith('!') ? !screen.includes(text.slice(1)) : screen.includes(text))),
    )
  }
}

const inTerminal = async (
  { folder }: Scenario,
  { word, env }: { readonly word: 'up' | 'ui'; readonly env: Readonly<Record<string, string>> },
  act: (terminal: InTerminal) => Promise<void>,
): Promise<void> => {
  const terminal = startInTerminal([...toolCommand('stack'), word], folder, { columns: 110, rows: 30, env })
  try {
    await act(terminal)
    terminal.type('d')
    const code = await terminal.ends()
    if (code !== 0) throw new Error(`it ended with ${code}`)
  } finally {
    terminal.kill()
  }
}

/** What the terminal was asked last to copy (OSC 52). */
const lastCopied = ({ written }: InTerminal): string => {
  const last = [...written().matchAll(/\u001b\]52;c;([\w+/=]*)\u0007/g)].at(-1)?.[1] ?? ''
  return Buffer.from(last, 'base64').toString()
}

scenario(
  'who has only the screen to go by finds what broke, since when and why, mends it, and comes back',
  { only: 'the reference has no dashboard', files },
  async (s) => {
    const port = String(await freePorts())
    const env = { PORT: port }
    await inTerminal(s, { word: 'up', env }, async (terminal) => {
      await play(terminal, ['', '3/3 up', 'watching api', 'INFO api is listening'])
      await s.write('src/run.sh', crashes)
      await play(
        terminal,
        // What broke stands first and says why, the header counts it, and the log has the save before it.
        ['', '✖ 1 failed', '✖ api      exit 1', 'TypeError: cart is undefined', 'api reloaded src/run.sh'],
        ['kkk', '▸ ✖ api'],
        // To restart it does not mend it.
        ['r'],
        ['L', '── command log', 'stack restart api', 'done'],
        ['\u001b', '✖ api      exit 1'],
        // What changed before.
        ['i', '── api ──', 'sync+restart of 1 file'],
        ['\u001b', 'SERVICE'],
        // The line of the error, its log alone, and the error with its trace for whoever is asked.
        ['\r', 'log · api'],
        ['E', 'TypeError: cart is undefined'],
        ['y', 'Copied'],
      )
      const copied = lastCopied(terminal)
      if (!/TypeError: cart is undefined\n +at applyCoupon.*\n +at checkout/.test(copied))
        throw new Error(`it copied ${JSON.stringify(copied)}`)
      await s.write('src/run.sh', listens)
      await play(
        terminal,
        ['\u001b', '3/3 up', 'following'],
        ['\u001b', 'log · all services', '▸ ● api'],
        ['\t', 'e shell'],
        // A look around in it, and back.
        ['e', '/ #'],
        ['head -n 1 /app/run.sh\r', '# head -n 1 /app/run.sh\necho "INFO api is listening"'],
        ['exit\r', 'Back from "stack exec api ash".', 'SERVICE'],
        // The page.
        ['k', '▸ ● web'],
        ['o', `Open http://localhost:${port}`],
      )
    })
    await s.check('it goes on', running('web'), running('api'), running('db'))
    await inTerminal(s, { word: 'ui', env }, (terminal) =>
      play(terminal, ['', '3/3 up', 'INFO api is listening'], ['?', '── keys'], ['\u001b', 'SERVICE']),
    )
  },
)
