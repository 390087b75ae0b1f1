import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import type { BuildSpec } from '../../engine/ports/image-runtime.ts'
import type { SecretSource } from './session/build-session.ts'
import type { SharedFolder } from './session/file-sync.ts'

/** A build as it can be asked of an engine: where things are, and what is said about them. Nothing is read yet. */
export type BuildPlan = {
  readonly tags: readonly string[]
  readonly remote: string | undefined
  /** Absolute; absent for a remote context. */
  readonly context: string | undefined
  /** The name of the Dockerfile in its folder, or in the remote context. */
  readonly dockerfile: string
  readonly dockerfileFolder: SharedFolder | undefined
  readonly args: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, SecretSource>>
  /** By id: the socket of an agent, or key files; none when the environment names no agent. */
  readonly sshPaths: Readonly<Record<string, readonly string[]>>
  /** `additional_contexts`: by name, a folder (absolute) or what BuildKit fetches itself (`docker-image://…`, a URL). */
  readonly contexts: Readonly<Record<string, { readonly folder: string } | { readonly address: string }>>
  readonly sharedKey: string
}

/**
 * `proxies` are arguments as well, below those that the file gives: Docker Compose passes them on likewise. BuildKit takes
 * HTTP_PROXY and http_proxy for one, and any of two that it gets: what the file gives in one spelling counts for both.
 */
export const planBuild = (
  spec: BuildSpec,
  { proxies = {} }: { readonly proxies?: Readonly<Record<string, string>> } = {},
): BuildPlan => {
  const { build, directory } = spec
  const context = build.context ?? '.'
  const isRemote = isRemoteContext(context)
  const folder = isRemote ? undefined : resolve(directory, context)
  const inline = build.dockerfile_inline === undefined ? undefined : Buffer.from(build.dockerfile_inline)
  const file = build.dockerfile ?? 'Dockerfile'
  const args = toArgs(spec)
  const given = new Set(Object.keys(args).map((name) => name.toLowerCase()))
  const place = folder === undefined || isAbsolute(file) ? file : resolve(folder, file)
  return {
    tags: [...new Set([spec.image, ...(build.tags ?? [])])],
    remote: isRemote ? context : undefined,
    context: folder,
    dockerfile: inline !== undefined ? 'Dockerfile' : folder === undefined ? file : basename(place),
    dockerfileFolder:
      inline !== undefined
        ? { files: { Dockerfile: inline } }
        : folder === undefined
          ? undefined
          : { path: dirname(place) },
    args: {
      ...Object.fromEntries(Object.entries(proxies).filter(([name]) => !given.has(name.toLowerCase()))),
      ...args,
    },
    labels: { ...build.labels, ...spec.labels },
    secrets: toSecrets(spec),
    sshPaths: toSshPaths(spec),
    contexts: Object.fromEntries(
      Object.entries(build.additional_contexts ?? {}).map(([name, value]) => [name, toNamedContext(value, spec)]),
    ),
    sharedKey: createHash('sha256')
      .update(folder ?? context)
      .digest('hex'),
  }
}

/** Archives and Dockerfiles on the web, which the builder gets itself (docker build). Git repositories are folders by now. */
const isRemoteContext = (context: string): boolean => /^https?:\/\//.test(context)

/** An argument without a value takes the one of the environment, and is left out when there is none. */
const toArgs = ({ build, environment }: BuildSpec): Record<string, string> => {
  const args = Object.entries(build.args ?? {}).map(([name, value]) => [name, value ?? environment[name]] as const)
  return Object.fromEntries(args.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
}

const toSecrets = ({ build, secrets, environment }: BuildSpec): Record<string, SecretSource> => {
  const known = (build.secrets ?? []).flatMap(({ source, target }): [string, SecretSource][] => {
    const secret = secrets[source]
    const id = target === undefined || target === '' ? source : target
    if (secret?.file !== undefined) return [[id, { file: secret.file }]]
    const value = secret?.environment === undefined ? secret?.content : environment[secret.environment]
    return value === undefined ? [] : [[id, { value }]]
  })
  return Object.fromEntries(known)
}

/** `default`, `id=/path/of/agent.sock`, `id=/path/of/key,/path/of/another`. */
const toSshPaths = ({ build, directory, environment }: BuildSpec): Record<string, readonly string[]> => {
  const entries = Array.isArray(build.ssh)
    ? (build.ssh as readonly string[]).map((entry): readonly [string, string] => {
        const [id = '', ...path] = entry.split('=')
        return [id, path.join('=')]
      })
    : Object.entries((build.ssh ?? {}) as Readonly<Record<string, string>>)
  return Object.fromEntries(
    entries.map(([id, path]) => [
      id,
      (path || (environment['SSH_AUTH_SOCK'] ?? ''))
        .split(',')
        .filter((one) => one !== '')
        .map((one) => resolve(directory, one)),
    ]),
  )
}

const toNamedContext = (
  value: string,
  { directory, serviceImages }: BuildSpec,
): { readonly folder: string } | { readonly address: string } => {
  if (value.startsWith('service:')) {
    const service = value.slice('service:'.length)
    return { address: `docker-image://${serviceImages[service] ?? service}` }
  }
  return isRemoteContext(value) || /^(?:docker-image|oci-layout|target):/.test(value)
    ? { address: value }
    : { folder: resolve(directory, value) }
}
