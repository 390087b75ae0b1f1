import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Environment } from '../../engine/ports/environment.ts'
import { parseForeignJson } from '../../wire/foreign-json.ts'
import { toHomeFolder } from '../../wire/home-folder.ts'
import { describeFault, readNamedFile } from '../../wire/named-file.ts'
import { toHeaderValue } from '../connection/header-value.ts'

/** How to sign in to a registry. `identityToken` stands for name and password. */
export type Credentials = { readonly username: string; readonly password: string; readonly identityToken?: string }

const storedAuth = z.object({
  auth: z.optional(z.string()),
  username: z.optional(z.string()),
  password: z.optional(z.string()),
  identitytoken: z.optional(z.string()),
})
const texts = z.record(z.string(), z.string())
const proxySettings = z.object({
  httpProxy: z.optional(z.string()),
  httpsProxy: z.optional(z.string()),
  ftpProxy: z.optional(z.string()),
  noProxy: z.optional(z.string()),
  allProxy: z.optional(z.string()),
})
const dockerConfig = z.object({
  auths: z.optional(z.record(z.string(), storedAuth)),
  credsStore: z.optional(z.string()),
  credHelpers: z.optional(texts),
  proxies: z.optional(z.record(z.string(), proxySettings)),
})
/** What a credential helper answers; both are empty for nobody. */
const helperAnswer = z.object({ Username: z.optional(z.string()), Secret: z.optional(z.string()) })

type StoredAuth = z.infer<typeof storedAuth>
/** `config.json` of Docker's command line, as far as it is read. */
export type DockerConfig = {
  readonly auths: Readonly<Record<string, StoredAuth>>
  readonly credsStore: string
  readonly credHelpers: Readonly<Record<string, string>>
  readonly proxies: Readonly<Record<string, z.infer<typeof proxySettings>>>
}

/** Docker Hub's name in the configuration, whatever host it is asked by. */
const HUB_KEY = 'https://index.docker.io/v1/'
const HUB_HOSTS = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']

/** `config.json` of Docker's command line; empty when there is none. */
export const readDockerConfig = async (environment: Environment): Promise<DockerConfig> => {
  const file = join(environment['DOCKER_CONFIG'] || join(toHomeFolder(environment), '.docker'), 'config.json')
  const text = readConfigText(file)
  const { auths = {}, credsStore = '', credHelpers = {}, proxies = {} } = parseForeignJson(dockerConfig, text, file)
  return { auths, credsStore, credHelpers, proxies }
}

const readConfigText = (file: string): string => {
  try {
    return readNamedFile(file).toString('utf8')
  } catch (error) {
    if (isMissing(error)) return '{}'
    throw new StackError('json/unfit', { source: file, why: describeFault(error as Error) }, { cause: error })
  }
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** What `docker login` has kept for a registry: from its own helper, from the store, or from the file itself. */
export const findCredentials = async (registry: string, environment: Environment): Promise<Credentials | undefined> => {
  const config = await readDockerConfig(environment)
  const key = HUB_HOSTS.includes(registry) ? HUB_KEY : registry
  const helper = config.credHelpers[key] ?? config.credHelpers[registry] ?? config.credsStore
  return helper === '' ? fromFile(config.auths, key) : askHelper(helper, { key, environment })
}

/** Old files name registries as `https://host/v1/` or `https://host`. */
const fromFile = (auths: Readonly<Record<string, StoredAuth>>, key: string): Credentials | undefined => {
  const toHost = (name: string) => name.replace(/^https?:\/\//, '').split('/')[0]
  const stored = auths[key] ?? Object.entries(auths).find(([name]) => toHost(name) === toHost(key))?.[1]
  return stored === undefined ? undefined : decode(stored)
}

const decode = (stored: StoredAuth): Credentials | undefined => {
  const [username = '', ...rest] =
    stored.auth === undefined
      ? [stored.username ?? '', stored.password ?? '']
      : Buffer.from(stored.auth, 'base64').toString('utf8').split(':')
  const password = rest.join(':').replace(/\0+$/, '')
  if (username === '' && stored.identitytoken === undefined) return undefined
  return { username, password, ...(stored.identitytoken === undefined ? {} : { identityToken: stored.identitytoken }) }
}

/** Every login that is kept: those of the store or the file, and above them those that helpers keep for single registries. */
export const listCredentials = async (environment: Environment): Promise<Readonly<Record<string, Credentials>>> => {
  const { auths, credHelpers, credsStore } = await readDockerConfig(environment)
  const ofStore = credsStore === '' ? Object.keys(auths) : await listHelper(credsStore, environment)
  const asked = await Promise.all([
    ...ofStore.map(
      async (key) =>
        [
          key,
          credsStore === '' ? decode(auths[key] ?? {}) : await askHelper(credsStore, { key, environment }),
        ] as const,
    ),
    ...Object.entries(credHelpers).map(
      async ([key, helper]) => [key, await askHelper(helper, { key, environment })] as const,
    ),
  ])
  return Object.fromEntries(asked.filter((entry): entry is readonly [string, Credentials] => entry[1] !== undefined))
}

const askHelper = async (
  helper: string,
  { key, environment }: { readonly key: string; readonly environment: Environment },
): Promise<Credentials | undefined> => {
  const text = await runHelper(helper, { verb: 'get', input: key, environment })
  if (text === undefined) return undefined
  const source = `the answer of docker-credential-${helper}`
  const { Username = '', Secret = '' } = parseForeignJson(helperAnswer, text, source)
  return Username === '<token>'
    ? { username: '', password: '', identityToken: Secret }
    : { username: Username, password: Secret }
}

/** The servers that a helper has something for. */
const listHelper = async (helper: string, environment: Environment): Promise<readonly string[]> => {
  const text = await runHelper(helper, { verb: 'list', input: '', environment })
  return Object.keys(parseForeignJson(texts, text ?? '{}', `the list of docker-credential-${helper}`))
}

type HelperCall = { readonly verb: 'get' | 'list'; readonly input: string; readonly environment: Environment }

/** The protocol of docker/docker-credential-helpers: the server on stdin, JSON on stdout; `undefined`: it has nothing for it. */
const runHelper = (helper: string, { verb, input, environment }: HelperCall): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${helper}`, [verb], { stdio: ['pipe', 'pipe', 'ignore'], env: environment })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'ENOENT'
            ? `Docker's configuration wants docker-credential-${helper}, which is not installed`
            : error.message,
        ),
      ),
    )
    child.once('close', (code) => {
      if (code === 0) return resolve(text)
      // The helper has nothing for this registry; it says so with an error.
      return /not found/i.test(text)
        ? resolve(undefined)
        : reject(new Error(`docker-credential-${helper} failed: ${text.trim()}`))
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

/** What pull and push carry in a header, never in a URL. */
export const readRegistryAuth = async (
  registry: string,
  environment: Environment,
): Promise<{ readonly base64: string } | undefined> => {
  const found = await findCredentials(registry, environment)
  if (found === undefined) return undefined
  const serveraddress = HUB_HOSTS.includes(registry) ? HUB_KEY : registry
  const auth =
    found.identityToken === undefined
      ? { username: found.username, password: found.password, serveraddress }
      : { identitytoken: found.identityToken, serveraddress }
  return { base64: toHeaderValue(auth) }
}
