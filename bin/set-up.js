// What `npm run demo` and `npm test` share: from a fresh clone to a built command and an engine that answers. Runs on the
// Node that a machine happens to have (20 or later), before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The Node that the project brings along. */
export const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const stack = join(root, 'bin', 'stack.js')

/** Asked to end, we wait for the program that works for us: the terminal has told it too. */
const children = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (children.size === 0) process.exit(130)
    if (signal !== 'SIGINT' || !process.stdin.isTTY) for (const child of children) child.kill(signal)
  })
}

/** Runs a program to its end. `output`: what becomes of its output: shown, gathered, or handed on in lines. */
export const run = (command, args, { output = 'inherit', env = {}, cwd = root, onLine } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['inherit', output, 'inherit'] })
    children.add(child)
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      if (onLine === undefined) return
      const lines = text.split('\n')
      text = lines.pop()
      for (const line of lines) onLine(line)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      children.delete(child)
      resolve({ code: signal === null ? code : 1, text })
    })
  })

export const runStack = (args, options) => run(node, [stack, ...args], options)

const color = process.stdout.isTTY && !process.env.NO_COLOR
export const red = (text) => (color ? `\u001b[31m${text}\u001b[39m` : text)
export const green = (text) => (color ? `\u001b[32m${text}\u001b[39m` : text)
export const dim = (text) => (color ? `\u001b[2m${text}\u001b[22m` : text)
const bold = (text) => (color ? `\u001b[1m${text}\u001b[22m` : text)
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** Says what is being done, and how long it took. What needs no time is not worth a line. */
export const step = async (title, work) => {
  const began = performance.now()
  const live = process.stdout.isTTY
  if (live) process.stdout.write(dim(`… ${title}`))
  else console.log(`${title} …`)
  try {
    return await work()
  } finally {
    const line = `${green('✓')} ${title} ${dim(`(${seconds(performance.now() - began)})`)}`
    if (live) process.stdout.write(`\r\u001b[K${process.exitCode ? '' : `${line}\n`}`)
    else if (!process.exitCode) console.log(line)
  }
}

export const heading = (text) => console.log(`\n${bold(text)}`)

/** Ends the program with a sentence and no stack trace. */
export class Stop extends Error {
  constructor(message, code = 1) {
    super(message)
    this.code = code
  }
}

/** Runs `work`; its result is the exit code. */
export const runProgram = async (work) => {
  try {
    process.exitCode = await work()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    console.error(error.message)
    process.exitCode = error.code
  }
}

/**
 * Installs, builds, and makes sure that an engine answers and has base images, where one is wanted.
 * @returns `standIns`: the variables by which stack files of ours take base images, where the official ones cannot be had
 */
export const setUp = async ({ engine = true } = {}) => {
  if (!isInstalled()) await step('Installing what the project needs', install)
  await step('Building', build)
  return engine ? await checkEngine() : undefined
}

/** Whether node_modules holds what the lock file names, as npm itself noted it after its last work. */
const isInstalled = () => {
  const noted = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(noted) || !existsSync(node)) return false
  const [wanted, there] = [join(root, 'package-lock.json'), noted].map(
    (file) => JSON.parse(readFileSync(file, 'utf8')).packages,
  )
  // Packages of other platforms are in the lock file and rightly not installed.
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  )
}

const install = async () => {
  // Under npm, the same npm; it may not be the first on the PATH.
  const npm = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  // That the Node which installs is older than what is installed for the newer one is not worth a warning.
  const { code, text } = await run(command, [...before, ...args], {
    output: 'pipe',
    env: { npm_config_engine_strict: 'false' },
  })
  if (code !== 0) throw new Stop(`npm ci failed (${code}).\n${text}`)
}

const build = async () => {
  const { code, text } = await run(node, [join(root, 'bin', 'build.js')], { output: 'pipe' })
  if (code !== 0) throw new Stop(`The build failed.\n${text}`)
}

const checkEngine = async () => {
  const { code, text } = await runStack(['doctor', '--fix', '--json'], { output: 'pipe' })
  if (!text.startsWith('{')) throw new Stop(`stack doctor ended with ${code}.`, code || 1)
  const found = JSON.parse(text)
  for (const { title, status, detail, fix } of found.checks) {
    if (status === 'problem') console.error(`✗ ${title}: ${detail}${fix ? `\n  ${fix}` : ''}`)
    else if (status === 'warning') console.log(`! ${title}: ${detail}${fix ? `\n  ${fix}` : ''}`)
    else if (['engine', 'images'].includes(title.toLowerCase())) console.log(`${green('✓')} ${title}: ${detail}`)
  }
  for (const failure of found.failures) console.error(failure)
  if (code !== 0) throw new Stop('This machine is not ready; what mends it is above.', code)
  return {
    standIns: found.checks.some(({ id, status }) => id === 'images' && status !== 'ok') ? await makeBaseImages() : {},
  }
}

/** Without Docker Hub, images made from the machine's packages stand in for the official ones. */
const makeBaseImages = async () => {
  const title = 'Making base images from Debian packages'
  const { code, text } = await step(title, () =>
    run(node, [join(root, 'bin', 'base-images', 'run.js'), '--json'], { output: 'pipe' }),
  )
  if (code === 0) return JSON.parse(text.trimEnd().split('\n').at(-1))
  console.error(`! No base images could be made, so that only images that are here already can be used:\n${text}`)
  return {}
}
