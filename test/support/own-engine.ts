import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, readMachine } from '../../src/system/doctor/machine.ts'
import { createEngineApi, type EngineApi } from './engine-api.ts'
import { eventually } from './eventually.ts'

/** An engine that belongs to one test alone: that one may be stopped, killed and started again. */
export interface OwnEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string
  readonly api: EngineApi
  /** Ends it, by asking (its containers are stopped) or by force (they are left behind). */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
  /** Starts it again with what it had; resolves when it answers. */
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

/**
 * The surroundings of the engine under test, as far as they can be seen: its programs are found by its own PATH, so that an
 * engine of a test's own is of the same generation.
 */
const surroundings = (): NodeJS.ProcessEnv => {
  try {
    const pid = readFileSync('/var/run/docker.pid', 'utf8').trim()
    const path = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find((entry) => entry.startsWith('PATH='))
    return path === undefined ? process.env : { ...process.env, PATH: path.slice('PATH='.length) }
  } catch {
    return process.env
  }
}

/** Why no engine of its own can be started here, as half a sentence; nothing when one can. */
export const whyNoOwnEngine = (): string | undefined => {
  const env = surroundings()
  const { platform, root, dockerd } = readMachine(env)
  if (platform !== 'linux') return `this is ${platform}, and dockerd runs on Linux`
  if (!root) return 'dockerd and its network namespace need root'
  if (dockerd === undefined) return 'there is no dockerd on this machine'
  const missing = ['unshare', 'nsenter', 'containerd'].filter((name) => findProgram(name, env) === undefined)
  return missing.length === 0 ? undefined : `the command ${missing[0]} is missing`
}

/** Whether the engines that a test can start here tell what is in an image that is kept as an index: 28 and later do. */
export const tellsContents = (): boolean => {
  const env = surroundings()
  const { dockerd } = readMachine(env)
  if (dockerd === undefined) return false
  const version = execFileSync(dockerd, ['--version'], { encoding: 'utf8', env })
  return Number(/version (\d+)\./.exec(version)?.[1] ?? 0) >= 28
}

/**
 * Holds the namespaces, and runs containerd as an init system does, apart from dockerd: containers outlive a dockerd that is
 * killed, and the next one finds them. What is mounted goes with the namespace.
 */
const keep = `
ip link set lo up || true
printf 'version = 2\\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\\n' > containerd.toml
exec containerd --config containerd.toml --root "$PWD/containerd" --state "$PWD/containerd-state" --address "$PWD/containerd.sock" > containerd.log 2>&1`

/**
 * Starts the machine's dockerd, beside the one that runs, with its own data and in network and mount namespaces of its own,
 * so that neither sees bridges, firewall rules or mounts of the other. It gets the named images from the engine under test.
 */
export const startOwnEngine = async (
  images: readonly string[],
  { store = 'classic' }: { /** Where it keeps images. */ readonly store?: 'classic' | 'containerd' } = {},
): Promise<OwnEngine> => {
  const env = surroundings()
  const folder = await mkdtemp(join(tmpdir(), 'stack-engine-'))
  const host = `unix://${folder}/docker.sock`
  const log = join(folder, 'dockerd.log')
  const settings = join(folder, 'daemon.json')
  await writeFile(settings, JSON.stringify({ features: { 'containerd-snapshotter': true } }))
  const keeper = spawn('unshare', ['--mount', '--net', 'sh', '-c', keep], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await eventually(() => access(join(folder, 'containerd.sock')), 20_000)
  const api = createEngineApi(host)
  let daemon: ChildProcess | undefined

  const start: OwnEngine['start'] = async () => {
    const output = openSync(log, 'a')
    const dockerd = readMachine(env).dockerd ?? 'dockerd'
    const words = [
      dockerd,
      '--host',
      host,
      '--data-root',
      join(folder, 'data'),
      '--exec-root',
      join(folder, 'exec'),
      '--pidfile',
      join(folder, 'pid'),
      '--containerd',
      join(folder, 'containerd.sock'),
      ...(store === 'classic' ? [] : ['--config-file', settings]),
    ]
    const started = spawn('nsenter', ['--target', String(keeper.pid), '--mount', '--net', '--', ...words], {
      env,
      stdio: ['ignore', output, output],
    })
    daemon = started
    await eventually(async () => {
      if (started.exitCode === null) await api.call('GET', '/_ping')
    }, 60_000)
    if (started.exitCode !== null)
      throw new Error(`dockerd ended with ${started.exitCode}:\n${(await readFile(log, 'utf8')).slice(-2000)}`)
  }
  const end: OwnEngine['end'] = async (signal) => {
    const running = daemon
    daemon = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }
  const remove: OwnEngine['remove'] = async () => {
    if (daemon !== undefined) await removeContainers(api)
    await end('SIGTERM')
    await endShims(folder)
    const gone = once(keeper, 'exit')
    keeper.kill('SIGTERM')
    await gone
    await eventually(() => rm(folder, { recursive: true, force: true }))
  }
  try {
    await start()
    for (const image of images) await copyImage(image, api)
  } catch (error) {
    await remove()
    throw error
  }
  return { host, api, end, start, remove }
}

const copyImage = async (image: string, to: EngineApi) => {
  const saved = await createEngineApi().raw('GET', `/images/${image}/get`)
  if (saved.status !== 200) throw new Error(`${image} cannot be copied: ${saved.body.toString()}`)
  const loaded = await to.raw('POST', '/images/load', saved.body)
  if (loaded.status !== 200 || loaded.body.includes('"error"'))
    throw new Error(`${image} cannot be loaded: ${loaded.body.toString()}`)
}

const removeContainers = async (api: EngineApi) => {
  const all = await api.call<{ Id: string }[]>('GET', '/containers/json?all=1')
  await Promise.all(all.map(({ Id }) => api.raw('DELETE', `/containers/${Id}?force=1&v=1`)))
}

/** An engine that was killed while it started a container may forget it: what carries it is known by the folder that is ours alone. */
const endShims = async (folder: string) => {
  const processes = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const [words, status] = await Promise.all(
          ['cmdline', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
        )
        return { pid: Number(pid), words: words ?? '', parent: Number(/^PPid:\s+(\d+)/m.exec(status ?? '')?.[1] ?? 0) }
      }),
  )
  const shims = processes.filter(({ words }) => words.includes('containerd-shim') && words.includes(`${folder}/`))
  const carried = processes.filter(({ parent }) => shims.some(({ pid }) => pid === parent))
  for (const { pid } of [...carried, ...shims]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}
