#!/bin/sh
':' //; self=$(readlink -f "$0" 2>/dev/null || echo "$0"); own="${self%/*}/../node_modules/node/bin/node"
':' //; if [ -x "$own" ]; then exec "$own" -- "$self" "$@"; else exec node -- "$self" "$@"; fi

// A shell runs the two lines above, which are empty statements to Node. They choose the Node that the project brings along
// without starting another one first, and the "--" keeps Node from taking flags such as --env-file for its own.
//
// What follows is kept in words that old versions of Node read, so that they can say which one is needed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants, homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const isSupported = (version) => {
  const [major, minor] = version.split('.').map(Number)
  return (major === 22 && minor >= 22) || (major === 24 && minor >= 11) || major >= 26
}

const start = () => {
  const entry = join(root, 'dist', 'main.js')
  if (!existsSync(entry)) {
    fail('Stack has not been built yet: run "npm run build" in its folder.')
    return
  }
  enableCompileCache()
  void import(new URL('../dist/main.js', import.meta.url).href)
    .then(({ main }) => main(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code
    })
}

/** Compiled code is kept between runs, which takes a third off the start of a short command. */
const enableCompileCache = () => {
  const { HOME, NODE_COMPILE_CACHE } = process.env
  const home = HOME && HOME.startsWith('/') ? HOME : knownHome()
  if (home === undefined && !NODE_COMPILE_CACHE) return
  const caches =
    process.platform === 'darwin'
      ? join(home || '/', 'Library', 'Caches')
      : process.platform === 'win32'
        ? process.env.LOCALAPPDATA || join(home || '/', 'AppData', 'Local')
        : process.env.XDG_CACHE_HOME || join(home || '/', '.cache')
  module.enableCompileCache(NODE_COMPILE_CACHE || join(caches, 'stack', 'compiled'))
}

/** A user whom the system does not know has none, as in many containers. */
const knownHome = () => {
  try {
    return homedir() || undefined
  } catch {
    return undefined
  }
}

/** Runs the Node that the project brings along in place of this one. */
const handOver = () => {
  const child = spawn(ownNode, ['--', ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, STACK_HANDED_OVER: '1' },
  })
  // A terminal sends Ctrl-C to both of us; the child must not have it twice, for the second one means "at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => (signal === 'SIGINT' && terminal ? undefined : child.kill(signal)))
  }
  child.on('error', (error) => fail(`Stack could not start ${ownNode}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

if (isSupported(process.versions.node)) start()
else if (existsSync(ownNode) && process.env.STACK_HANDED_OVER === undefined) handOver()
else fail(`Stack needs Node 22.22, 24.11 or 26 and later; this is Node ${process.versions.node}.`)

/** The same as `engines` in package.json, which a test compares. */
