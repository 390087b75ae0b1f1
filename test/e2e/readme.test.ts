import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { inside, nothingLeft, running } from '../support/checks.ts'
import { eventually as repeat } from '../support/eventually.ts'
import { freePorts } from '../support/objects.ts'
import { scenario, type Scenario } from '../support/scenario.ts'

/** What the README shows runs as it is printed there. */

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const section = /\n## Sixty seconds[^\n]*\n(.*?)\n## /s.exec(readme)?.[1] ?? ''
const [, script = '', , stackFile = ''] = /```sh\n(.*?)```(.*?)```yaml\n(.*?)```/s.exec(section) ?? []

/** Where the images of the example cannot be fetched, the base images of the tests stand for them. */
const standIns = { 'node:24-alpine': 'stack-base/node:24', 'postgres:17-alpine': 'stack-base/postgres' }

const withImages = async (s: Scenario, work: () => Promise<void>): Promise<void> => {
  const made: string[] = []
  for (const [name, base] of Object.entries(standIns)) {
    if ((await s.engine.raw('GET', `/images/${name}/json`)).status === 200) continue
    await s.objects.tag(base, name)
    made.push(name)
  }
  try {
    await work()
  } finally {
    for (const name of made) await s.objects.untag(name)
  }
}

const pageAt = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text()

scenario(
  'the sixty seconds of the README: up, and a saved file is in the container',
  { files: { '.empty': '' } },
  async (s) => {
    const done = spawnSync('sh', ['-e'], { cwd: s.folder, input: script, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`the lines of the README do not run: ${done.stderr}`)
    // As printed, but for a port that somebody else may have here.
    const port = await freePorts()
    await s.write(
      s.tool === 'stack' ? 'stack.yaml' : 'compose.yaml',
      stackFile.replace('"8080:8080"', `"${port}:8080"`),
    )
    await withImages(s, async () => {
      // The dashboard, which a terminal gets, watches unasked.
      const up = s.start('up', 'up --watch')
      await repeat(async () => {
        if (!(await pageAt(port)).includes('<h1>Hello</h1>')) throw new Error('it is another page')
      }, 60_000)
      await s.check('both run', running('web'), running('db'), inside('db', 'cat /run/secrets/password', /change-me/))
      await s.write('web/public/index.html', '<h1>Saved</h1>')
      await repeat(async () => {
        if (!(await pageAt(port)).includes('<h1>Saved</h1>')) throw new Error('it is the old page')
      }, 20_000)
      up.signal('SIGINT')
      await up.ends(30_000)
      await s.step('down', 'down -v --rmi local', nothingLeft())
    })
  },
)
