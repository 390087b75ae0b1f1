// `npm run demo`: from a fresh clone to the example running. In a terminal with its dashboard; without one it starts
// detached, waits until all is ready, asks for the page as a browser would, and says what came.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { dim, green, heading, root, runProgram, runStack, seconds, setUp, Stop } from './set-up.js'

const folder = join(root, 'examples', 'three-tier')
const interactive = process.stdin.isTTY && process.stdout.isTTY && !process.env.CI

const demo = async () => {
  const began = performance.now()
  const { standIns } = await setUp()
  const env = { ...standIns, WEB_PORT: process.env.WEB_PORT || String(await choosePort()) }
  const url = `http://localhost:${env.WEB_PORT}`
  if (interactive) {
    console.log(`\nThe example will answer at ${url}\n`)
    const { code } = await runStack(['up', '--build'], { cwd: folder, env })
    return code
  }
  heading('stack up -d --wait --build')
  const took = await start(env)
  heading(url)
  await showPage(url)
  heading('ready after')
  for (const [service, ms] of took)
    console.log(`${service.padEnd(6)} ${ms === undefined ? 'was running' : seconds(ms)}`)
  console.log(
    dim(
      `\nAll together ${seconds(performance.now() - began)}. Stop it with: cd examples/three-tier && ../../bin/stack.js down`,
    ),
  )
  return 0
}

/** Our own example keeps its port; else the first one from 8080 that nobody has. */
const choosePort = async () => {
  for (let port = 8080; port < 8180; port++) {
    if ((await isFree(port)) || (await isOurs(port))) return port
  }
  throw new Stop('No port from 8080 to 8179 is free; name one with WEB_PORT.')
}

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const isOurs = async (port) => {
  try {
    return (await readPage(`http://localhost:${port}`)).title === 'Reading list'
  } catch {
    return false
  }
}

/** Starts the example; the events of `stack up` tell what is done and when each service was ready. */
const start = async (env) => {
  const steps = new Map()
  const took = new Map()
  let began
  const onLine = (line) => {
    const event = line.startsWith('{') ? JSON.parse(line) : undefined
    if (event === undefined) return console.log(line)
    began ??= event.at
    if (event.type === 'plan/made') for (const name of event.unchanged) took.set(name, undefined)
    else if (event.type === 'step/started') steps.set(event.id, event)
    else if (event.type === 'problem/raised') console.error(`! ${event.problem.message}`)
    else if (event.type === 'step/ended') showStep(event, steps.get(event.id))
  }
  const showStep = ({ outcome, at, ms, problem }, step) => {
    if (step === undefined || outcome === 'skipped') return
    if (step.service !== undefined && !took.has(step.service)) took.set(step.service, undefined)
    if (outcome === 'failed') return console.error(`✗ ${step.subject}: ${problem?.message ?? 'failed'}`)
    const verb = step.kind.split('/').at(-1)
    if (verb !== 'await')
      console.log(`${green('✓')} ${(done[verb] ?? verb).padEnd(8)} ${step.subject} ${dim(seconds(ms))}`)
    // Everybody who needs a service waits for it, and one after another they hear that it is ready.
    else if (took.get(step.service) === undefined) {
      took.set(step.service, at - began)
      console.log(`${green('✓')} ready    ${step.service}`)
    }
  }
  const { code } = await runStack(['--progress', 'json', 'up', '-d', '--wait', '--build'], {
    cwd: folder,
    env,
    output: 'pipe',
    onLine,
  })
  if (code !== 0) throw new Stop(`stack up ended with ${code}.`, code)
  return took
}

const done = {
  create: 'created',
  start: 'started',
  build: 'built',
  pull: 'pulled',
  remove: 'removed',
  stop: 'stopped',
  rename: 'renamed',
}

const showPage = async (url) => {
  const { title: name, assets } = await readPage(url)
  const { books, servedBy, database } = await readJson(`${url}/api/books`)
  const read = books.filter((book) => book.isRead).length
  console.log(`The page "${name}" with ${assets.join(', ')}`)
  console.log(`${books.length} books, ${read} read, told by api ${servedBy} from ${database}:`)
  for (const { title, author, isRead } of books.slice(0, 5))
    console.log(`  ${isRead ? green('✓') : '·'} ${title} ${dim(author)}`)
}

const readPage = async (url) => {
  const text = await (await ask(url)).text()
  const assets = [...text.matchAll(/(?:href|src)="\/([^"]+)"/g)].map(([, name]) => name)
  const unique = [...new Set(assets)]
  for (const asset of unique) await ask(`${url}/${asset}`)
  return { title: /<title>(.*?)<\/title>/.exec(text)?.[1], assets: unique }
}

const readJson = async (url) => await (await ask(url)).json()

const ask = async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Stop(`${url} answered with status ${response.status}.`)
  return response
}

await runProgram(demo)
