import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../engine/ports/environment.ts'
import type { EngineAddress, EngineAttempt } from '../../engine/ports/engine-address.ts'
import { toHomeFolder } from '../../wire/home-folder.ts'
import { dockerConfigFolder, readDockerSetting, readJson, readText } from '../docker-config.ts'
import { parseDockerHost, type EngineTls } from './docker-host.ts'

/** A place where an engine may listen, or one that is named but cannot be used. */
export type EngineCandidate =
  | { readonly kind: 'place'; readonly address: EngineAddress }
  | { readonly kind: 'failed'; readonly attempt: EngineAttempt }

/**
 * Where to look, first choice first, by reading files only. As Docker's own command line has it: `DOCKER_HOST`, else
 * `DOCKER_CONTEXT`, else the current context of `config.json`. Each of these is somebody's explicit choice, so nothing
 * else is tried beside it: another engine would be the wrong one. With the default context all usual sockets are named.
 */
export const listEngineCandidates = (env: Environment): readonly EngineCandidate[] => {
  const host = env.DOCKER_HOST
  if (host !== undefined && host !== '') {
    const source = 'DOCKER_HOST'
    const address = parseDockerHost(host, { source, tls: readEnvironmentTls(env) })
    return [typeof address === 'string' ? toFailed(host, source, address) : { kind: 'place', address }]
  }
  const context = selectContext(env)
  if (context !== undefined) return [readContext(context.name, { env, source: context.source })]
  return listUsualSockets(env)
}

const toFailed = (address: string, source: string, failure: string): EngineCandidate => ({
  kind: 'failed',
  attempt: { address, source, failure },
})

/** The context that was chosen, unless it is the default one. */
const selectContext = (env: Environment): { name: string; source: string } | undefined => {
  const named = env.DOCKER_CONTEXT
  if (named !== undefined && named !== '')
    return named === 'default' ? undefined : { name: named, source: 'DOCKER_CONTEXT' }
  const current = readDockerSetting(env, 'currentContext')
  if (current === undefined || current === 'default') return undefined
  return { name: current, source: `context "${current}"` }
}

/** The context store keeps a context in a folder named by the SHA-256 of its name (docker/cli `cli/context/store`). */
const readContext = (name: string, options: { env: Environment; source: string }): EngineCandidate => {
  const contexts = join(dockerConfigFolder(options.env), 'contexts')
  const id = createHash('sha256').update(name).digest('hex')
  const { source } = options
  const place = `context "${name}"`
  const file = join(contexts, 'meta', id, 'meta.json')
  const meta = readJson(file) as { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } } | undefined
  if (meta === undefined) return toFailed(place, source, `there is no such context (${file} cannot be read)`)
  const endpoint = meta.Endpoints?.docker
  if (typeof endpoint?.Host !== 'string') return toFailed(place, source, 'the context names no Docker endpoint')
  const tls = readTls(join(contexts, 'tls', id, 'docker'), endpoint.SkipTLSVerify === true)
  const address = parseDockerHost(endpoint.Host, { source, tls })
  return typeof address === 'string' ? toFailed(place, source, address) : { kind: 'place', address }
}

/** `DOCKER_TLS_VERIFY` counts when it is not empty, whatever it says; `DOCKER_CERT_PATH` tells where the files are. */
const readEnvironmentTls = (env: Environment): EngineTls | undefined => {
  const verify = (env.DOCKER_TLS_VERIFY ?? '') !== ''
  if (!verify && (env.DOCKER_TLS ?? '') === '') return undefined
  const folder =
    env.DOCKER_CERT_PATH === undefined || env.DOCKER_CERT_PATH === '' ? dockerConfigFolder(env) : env.DOCKER_CERT_PATH
  return readTls(folder, !verify) ?? { skipVerify: !verify }
}

const readTls = (folder: string, skipVerify: boolean): EngineTls | undefined => {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readText(join(folder, name)))
  if (ca === undefined && cert === undefined && !skipVerify) return undefined
  return {
    skipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

const usual = 'usual socket'

const listUsualSockets = (env: Environment): readonly EngineCandidate[] => {
  if (process.platform === 'win32') {
    return ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default'].map((name) => ({
      kind: 'place',
      address: { kind: 'npipe', host: `npipe:////./pipe/${name}`, source: usual, socketPath: `\\\\.\\pipe\\${name}` },
    }))
  }
  return usualSocketPaths(env).map((socketPath) => ({
    kind: 'place',
    address: { kind: 'unix', host: `unix://${socketPath}`, source: usual, socketPath },
  }))
}

const usualSocketPaths = (env: Environment): readonly string[] => {
  const home = toHomeFolder(env)
  const runtime = env.XDG_RUNTIME_DIR
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined || runtime === '' ? [] : [`${runtime}/docker.sock`]), // rootless Docker
    `${home}/.docker/run/docker.sock`, // Docker Desktop
    `${home}/.docker/desktop/docker.sock`, // Docker Desktop on Linux
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${home}/.rd/docker.sock`, // Rancher Desktop
    ...(runtime === undefined || runtime === '' ? [] : [`${runtime}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ]
}

/**
 * The address that an ordinary command uses: the explicit choice, or the first usual socket that exists. Looks at files
 * only and asks nobody, so it costs well under a millisecond; whether an engine answers there shows with the first call.
 */
export const resolveEngineAddress = (env: Environment): EngineAddress | undefined => {
  const addresses = listEngineCandidates(env).flatMap((candidate) =>
    candidate.kind === 'place' ? [candidate.address] : [],
  )
  const [first] = addresses
  if (first === undefined || first.source !== usual) return first
  return addresses.find((address) => address.socketPath !== undefined && existsSync(address.socketPath))
}
