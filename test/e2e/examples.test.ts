import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll } from 'vitest'
import { exampleImages } from '../../bin/base-images/example-images.ts'
import { engineUnderTest, ensureImages } from '../support/base-images.ts'
import { eventually, holds, nothingLeft, running, says } from '../support/checks.ts'
import { eventually as repeat, toMessage } from '../support/eventually.ts'
import { freePorts } from '../support/objects.ts'
import { prints } from '../support/output-checks.ts'
import { type Check, type Scenario, scenario } from '../support/scenario.ts'
import type { Running } from '../support/tool.ts'

/** The examples of single languages, none of which has watch rules: a saved file changes what is answered over HTTP. */

const only = 'the reference watches nothing without rules'
const soon = 30_000

beforeAll(async () => {
  const signal = AbortSignal.timeout(300_000)
  await ensureImages(await engineUnderTest(signal), { images: exampleImages, signal })
}, 300_000)

const filesOf = (example: string): Readonly<Record<string, string>> => {
  const folder = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url))
  const paths = readdirSync(folder, { encoding: 'utf8', recursive: true })
  return Object.fromEntries(
    paths
      .filter((path) => !path.includes('node_modules') && statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )
}

type Started = { readonly up: Running; readonly ask: (path: string) => Promise<string>; readonly port: number }

/** Brings the example up as it is, but for its base image and a port that nobody has. */
const bringUp = async (s: Scenario, images: Readonly<Record<string, string>>): Promise<Started> => {
  const port = await freePorts()
  const up = s.start('up', {
    run: 'up --watch',
    env: { ...images, WEB_PORT: String(port), API_PORT: String(port) },
  })
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  return { up, ask, port }
}

/** Waits for the answer; a service that begins anew may refuse in between, and Stack goes on. */
const answers = async ({ up, ask }: Started, path: string, pattern: RegExp, timeout = soon): Promise<void> => {
  const look = async () => {
    const text = await ask(path)
    if (!pattern.test(text)) throw new Error(`${path} answers ${text.slice(0, 500)}`)
  }
  const ended = new Promise<never>((_, reject) => up.child.once('exit', () => reject(new Error('stack up has ended'))))
  try {
    if (up.child.exitCode !== null) throw new Error('stack up has ended')
    await Promise.race([repeat(look, timeout), ended])
  } catch (error) {
    throw new Error(`${toMessage(error)}\nStack has printed:\n${up.output()}`, { cause: error })
  }
}

/** An edit as a person makes it: one text of the example for another. */
const edit = async (s: Scenario, path: string, before: string, after: string): Promise<void> => {
  const text = readFileSync(join(s.folder, path), 'utf8')
  if (!text.includes(before)) throw new Error(`there is no "${before}" in ${path}:\n${text}`)
  await s.write(path, text.replace(before, after))
}

const idsOf = async (s: Scenario): Promise<string> =>
  (await s.engine.containers(s.project)).map(({ Id, State }) => `${Id} ${State.StartedAt}`).join()

/** The container is the one that it was, and was not started anew: its process took the change up by itself. */
const same = (s: Scenario, before: string): Check =>
  holds('the container goes on', async () => (await idsOf(s)) === before)

const end = async (s: Scenario, up: Running): Promise<void> => {
  up.signal('SIGINT')
  await up.ends(30_000)
  await s.step('down', 'down -v --rmi local', nothingLeft())
}

type Api = {
  readonly images: Readonly<Record<string, string>>
  readonly source: string
  readonly language: string
  /** Its process takes changes up by itself: Stack does no more than to copy. */
  readonly itself: boolean
}

/** Two edits: the second finds out whether a process that noticed the first goes on noticing. */
const tellOfApi = async (s: Scenario, { images, source, language, itself }: Api): Promise<void> => {
  const started = await bringUp(s, images)
  await answers(started, '/greeting?name=Ada', new RegExp(`Hello Ada, from ${language}`), 90_000)
  await started.up.prints(/Watching api/)
  const before = await idsOf(s)
  await edit(s, source, 'Hello', 'Good morning')
  await answers(started, '/greeting?name=Ada', new RegExp(`Good morning Ada, from ${language}`))
  await edit(s, source, 'Good morning', 'Good night')
  await answers(started, '/greeting?name=Ada', new RegExp(`Good night Ada, from ${language}`))
  if (itself) await s.check('Stack did no more than to copy', same(s, before))
  await end(s, started.up)
}

scenario(
  'the example of an API in Node answers anew when its source is saved',
  { only, files: filesOf('node-api') },
  async (s) => {
    await s.step(
      'its rules',
      'watch --explain',
      prints(
        /sync\+restart src to \/app\/src\n +Dockerfile:6: COPY src .\/src\n +"node --watch src\/server.js" loses sight of a file/,
      ),
      prints(/rebuild .*package\*\.json/),
    )
    await tellOfApi(s, {
      images: { NODE_IMAGE: 'stack-base/node:24' },
      source: 'src/greet.js',
      language: 'Node',
      itself: false,
    })
  },
)

scenario(
  'the example of an API in Python answers anew when its source is saved',
  { only, files: filesOf('python-api') },
  async (s) => {
    await s.step(
      'its rules',
      'watch --explain',
      prints(/sync +\. to \/app.*\n +Dockerfile:7: COPY \. \.\n +"flask .*--debug .*" notices changes itself/),
      prints(/rebuild +requirements\.txt\n/),
    )
    await tellOfApi(s, {
      images: { PYTHON_IMAGE: 'stack-base/python' },
      source: 'greet.py',
      language: 'Python',
      itself: true,
    })
  },
)

/** What Vite tells a page that is open; the answer is a list that grows. */
const openPage = async (port: number): Promise<{ readonly told: readonly string[]; readonly close: () => void }> => {
  const told: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, 'vite-hmr')
  socket.addEventListener('message', ({ data }) => told.push(String(data)))
  await repeat(() => {
    if (!told.some((message) => message.includes('"connected"'))) throw new Error('Vite has not greeted the page')
  })
  return { told, close: () => socket.close() }
}

scenario(
  'the example of a front end with Vite shows a saved module in the open page, without loading it again',
  { only, files: filesOf('vite-front-end') },
  async (s) => {
    await s.step(
      'its rules',
      'watch --explain',
      prints(/sync +\. to \/app, .*\n +Dockerfile:6: COPY \. \.\n +"vite .*" notices changes itself/),
      prints(/rebuild .*package\*\.json/),
    )
    const started = await bringUp(s, { NODE_IMAGE: 'stack-base/vite' })
    await answers(started, '/', /src\/main\.js/, 90_000)
    await started.up.prints(/Watching web/)
    const before = await idsOf(s)
    const page = await openPage(started.port)
    await answers(started, '/src/main.js', /src\/greeting\.js/)
    await answers(started, '/src/greeting.js', /Hello from Vite/)
    await edit(s, 'src/greeting.js', 'Hello', 'Good morning')
    await answers(started, '/src/greeting.js', /Good morning from Vite/)
    await repeat(() => {
      const update = page.told.find((message) => message.includes('"update"'))
      if (!update?.includes('/src/greeting.js')) throw new Error(`the page was told: ${page.told.join('\n')}`)
    })
    await s.write('src/more.js', "export const more = 'new'\n")
    await answers(started, '/src/more.js', /more = 'new'/)
    await edit(s, 'index.html', '<title>Front end', '<title>Other end')
    await answers(started, '/', /<title>Other end/)
    await s.check('Stack did no more than to copy', same(s, before))
    page.close()
    await end(s, started.up)
  },
)

scenario(
  'the example of a service in Go is built anew, and one that does not compile leaves the old one',
  { only, files: filesOf('go-service'), timeout: 240_000 },
  async (s) => {
    await s.step(
      'its rules',
      'watch --explain',
      prints(
        /rebuild .*\n +Dockerfile:7: COPY \. \.\n +"go build -o \/bin\/service \." \(line 9\) makes something of it/,
      ),
    )
    const started = await bringUp(s, { GO_IMAGE: 'stack-base/golang' })
    await answers(started, '/greeting?name=Ada', /Hello Ada, from Go/, 300_000)
    await started.up.prints(/Watching api/)
    await edit(s, 'greet.go', 'return "Hello', 'return wrong + "Hello')
    await started.up.prints(/undefined: wrong/, 120_000)
    await s.check('the old one serves', running('api'), says('api', /listening/))
    await answers(started, '/greeting?name=Ada', /Hello Ada, from Go/)
    await edit(s, 'greet.go', 'return wrong + "Hello', 'return "Good morning')
    await answers(started, '/greeting?name=Ada', /Good morning Ada, from Go/, 120_000)
    await s.check('one container', eventually(running('api', 1), soon))
    await end(s, started.up)
  },
)
