import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import { listEngineCandidates } from '../engines/engine-candidates.ts'
import { pingEngine } from '../engines/find-engine.ts'
import { runTool } from '../run-tool.ts'
import { isDebian, readMachine, suggestEngineFix } from './machine.ts'

const LOG = '/var/log/stack-dockerd.log'
const DEFAULT_SOCKET = '/var/run/docker.sock'
const START_MS = 60_000

export type FixOptions = {
  readonly env: Environment
  readonly signal: AbortSignal
  readonly report: (line: string) => void
}

/**
 * Brings an engine to life where the command line looks for one: installs it on Debian and Ubuntu, starts it, waits until
 * it answers. Needs root.
 * @returns why it could not be done, with what to do instead, or nothing when an engine answers
 */
export const startEngine = async (options: FixOptions): Promise<string | undefined> => {
  const { env, report } = options
  const address = selectLocalSocket(env)
  if (typeof address === 'string') return address
  const machine = readMachine(env)
  if (machine.platform !== 'linux' || !machine.root)
    return `To have a container engine, run: ${suggestEngineFix(machine)}`
  if (machine.dockerd === undefined) {
    if (!isDebian(machine)) return `To have a container engine, run: ${suggestEngineFix(machine)}`
    report('Installing docker.io with apt-get')
    await installEngine(options)
  }
  const dockerd = readMachine(env).dockerd
  if (dockerd === undefined) return 'The package docker.io was installed, but there is no dockerd'
  report('Starting the engine')
  // The package's own script may have started it already.
  if ((await pingEngine(address, options.signal)) === undefined) return undefined
  if (machine.systemd && address.socketPath === DEFAULT_SOCKET) {
    await runTool('systemctl', ['start', 'docker'], options)
    return await waitForEngine(address, { ...options, failed: () => undefined })
  }
  return await startDockerd(dockerd, { ...options, address })
}

/** The first place where the command line would look; mending is for sockets of this machine. */
const selectLocalSocket = (env: Environment): EngineAddress | string => {
  const [first] = listEngineCandidates(env)
  if (first === undefined) return 'There is no place to look for an engine'
  if (first.kind === 'failed') return `${first.attempt.source}: ${first.attempt.failure}`
  const { address } = first
  return address.kind === 'unix'
    ? address
    : `The engine at ${address.host} (${address.source}) must be started over there`
}

const installEngine = async (options: FixOptions): Promise<void> => {
  await runTool('apt-get', ['update', '-qq'], options)
  // tini: `init: true` of a service. iptables: published ports. Certificates (for registries) that are there stay as they are.
  const packages = [
    'docker.io',
    'iptables',
    'tini',
    ...(existsSync('/etc/ssl/certs/ca-certificates.crt') ? [] : ['ca-certificates']),
  ]
  await runTool('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
}

const startDockerd = async (
  dockerd: string,
  options: FixOptions & { address: EngineAddress },
): Promise<string | undefined> => {
  const { address } = options
  const args = address.socketPath === DEFAULT_SOCKET ? [] : ['--host', `unix://${address.socketPath}`]
  const log = openSync(LOG, 'a')
  const child = spawn(dockerd, args, { detached: true, stdio: ['ignore', log, log] })
  child.unref()
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', () => resolve(readLastLines()))
  })
  let failure: string | undefined
  void ended.then((why) => (failure = why))
  return await waitForEngine(address, { ...options, failed: () => failure })
}

const waitForEngine = async (
  address: EngineAddress,
  options: FixOptions & { failed: () => string | undefined },
): Promise<string | undefined> => {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    if ((await pingEngine(address, options.signal)) === undefined) return undefined
    const failure = options.failed()
    if (failure !== undefined) return `The engine ended while it started:\n${failure}`
    await wait(100, undefined, { signal: options.signal })
  }
  return `The engine did not answer within ${START_MS / 1000} s; its log is ${LOG}`
}

/** The engine says why in its last line, after much of its own inner life. */
const readLastLines = (): string => {
  const lines = readFileSync(LOG, 'utf8').trim().split('\n')
  const telling = lines.filter((line) => /^failed |level=(error|fatal)/.test(line))
  return `${(telling.length === 0 ? lines : telling).slice(-2).join('\n')}\nIts log is ${LOG}`
}
