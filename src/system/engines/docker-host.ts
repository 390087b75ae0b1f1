import type { EngineAddress } from '../../engine/ports/engine-address.ts'

/** The ports that Docker's own command line assumes. */
const PLAIN_PORT = 2375
const TLS_PORT = 2376

export type EngineTls = NonNullable<EngineAddress['tls']>
type HostOptions = { readonly source: string; readonly tls?: EngineTls | undefined }

/**
 * A `DOCKER_HOST` value (or a context's endpoint) → an address. Rules: docker/cli `opts/hosts.go`: `tcp` is the default
 * scheme, its host `localhost`, its port 2375, or 2376 with TLS.
 * @returns the address, or a sentence without a full stop that says what is wrong with the value
 */
export const parseDockerHost = (value: string, options: HostOptions): EngineAddress | string => {
  const { source } = options
  const host = value.trim()
  const [, scheme = 'tcp', rest = host] = /^([a-z]+):\/\/(.*)$/i.exec(host) ?? []
  switch (scheme.toLowerCase()) {
    case 'unix':
      return { kind: 'unix', host, source, socketPath: rest || '/var/run/docker.sock' }
    case 'npipe':
      return { kind: 'npipe', host, source, socketPath: rest.replaceAll('/', '\\') || '\\\\.\\pipe\\docker_engine' }
    case 'tcp':
    case 'http':
    case 'https':
      return parseTcp(rest, options)
    case 'ssh':
      return parseSsh(rest, source)
    default:
      return `"${scheme}" is not a way to reach an engine (unix, npipe, tcp and ssh are)`
  }
}

const parseTcp = (rest: string, { source, tls }: HostOptions): EngineAddress | string => {
  const url = parseUrl(`http://${rest.startsWith(':') || rest === '' ? `localhost${rest}` : rest}`)
  if (url === undefined) return `"${rest}" is not a host and port`
  const port = explicitPort(rest) ?? (tls === undefined ? PLAIN_PORT : TLS_PORT)
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    kind: 'tcp',
    host: `tcp://${url.hostname}:${port}`,
    source,
    hostname,
    port,
    ...(tls === undefined ? {} : { tls }),
  }
}

const parseSsh = (rest: string, source: string): EngineAddress | string => {
  const url = parseUrl(`http://${rest}`)
  if (url === undefined || url.hostname === '') return `"${rest}" is not a host that ssh can reach`
  const port = explicitPort(rest)
  const hostname = url.username === '' ? url.hostname : `${decodeURIComponent(url.username)}@${url.hostname}`
  return { kind: 'ssh', host: `ssh://${rest}`, source, hostname, ...(port === undefined ? {} : { port }) }
}

/** URL hides a port that is its scheme's default, and here `:80` must stay `:80`. */
const explicitPort = (rest: string): number | undefined => {
  const found = /:(\d+)\/?$/.exec(rest)?.[1]
  return found === undefined ? undefined : Number(found)
}

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)
