import { request, type RequestOptions } from 'node:http'

/** What the engine says of one container; only what the checks read. */
export interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly Image: string
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly StartedAt: string
    readonly FinishedAt: string
    readonly Health?: { readonly Status: string; readonly Log: readonly { readonly Output: string }[] | null }
  }
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly Env: readonly string[] }
  readonly [key: string]: unknown
}

/** An answer that is not a success, with the engine's own words. */
export interface Refusal {
  readonly status: number
  readonly message: string
}

export interface EngineApi {
  /** The parsed answer; throws an Error that carries the engine's message when the status is not a success. */
  readonly call: <T>(method: string, path: string, body?: unknown) => Promise<T>
  readonly raw: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Buffer }>
  /** Containers of a project, one-off ones too, in the order of service and number. */
  readonly containers: (project: string) => Promise<readonly Inspected[]>
  readonly networks: (project: string) => Promise<readonly EngineObject[]>
  readonly volumes: (project: string) => Promise<readonly EngineObject[]>
  readonly logs: (id: string) => Promise<Streams>
  readonly exec: (id: string, command: readonly string[]) => Promise<Streams & { code: number }>
}

export interface EngineObject {
  readonly Id: string
  readonly Name: string
  readonly Labels: Readonly<Record<string, string>>
}

export interface Streams {
  readonly stdout: string
  readonly stderr: string
}

const projectLabel = 'com.docker.compose.project'

const toFilters = (label: string) => encodeURIComponent(JSON.stringify({ label: [label] }))

/** Where the engine of this run answers: `DOCKER_HOST` (unix or tcp), else the usual socket. */
export const engineHost = () => process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'

/** Where a host such as `unix:///path` is asked. */
export const engineAddress = (host: string): RequestOptions => {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  const url = new URL(host.replace(/^tcp:/, 'http:'))
  return { host: url.hostname, port: url.port }
}

/** Splits the engine's frames of 8-byte headers into what was written to stdout and to stderr. */
export const toStreams = (bytes: Buffer): Streams => {
  const parts: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
  let at = 0
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at + 4)
    parts[bytes[at] === 2 ? 2 : 1].push(bytes.subarray(at + 8, at + 8 + size))
    at += 8 + size
  }
  return { stdout: Buffer.concat(parts[1]).toString(), stderr: Buffer.concat(parts[2]).toString() }
}

/**
 * A small client of the engine's own API, so that scenarios read state from the engine and not from a tool that is
 * under test. It speaks unversioned paths: each engine answers with its newest version.
 */
export const createEngineApi = (host = engineHost()): EngineApi => {
  const address = engineAddress(host)

  const raw: EngineApi['raw'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json'
      const headers = payload ? { 'Content-Type': type, 'Content-Length': String(payload.length) } : {}
      const sent = request({ ...address, method, path, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }))
      })
      sent.on('error', reject)
      sent.end(payload)
    })

  const call: EngineApi['call'] = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await raw(method, path, body)
    const text = answer.body.toString()
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text.trim()}`)
    return (text.trimStart().startsWith('{') || text.trimStart().startsWith('[') ? JSON.parse(text) : text) as T
  }

  const inspectOrGone = async (id: string): Promise<Inspected | undefined> => {
    const answer = await raw('GET', `/containers/${id}/json`)
    return answer.status === 200 ? (JSON.parse(answer.body.toString()) as Inspected) : undefined
  }

  return {
    call,
    raw,
    async containers(project) {
      const filters = toFilters(`${projectLabel}=${project}`)
      const listed = await call<{ Id: string }[]>('GET', `/containers/json?all=1&filters=${filters}`)
      const seen = await Promise.all(listed.map(({ Id }) => inspectOrGone(Id)))
      return seen.filter((one) => one !== undefined).sort((a, b) => sortKey(a).localeCompare(sortKey(b)))
    },
    networks: (project) => call('GET', `/networks?filters=${toFilters(`${projectLabel}=${project}`)}`),
    async volumes(project) {
      const filters = toFilters(`${projectLabel}=${project}`)
      const answer = await call<{ Volumes: EngineObject[] | null }>('GET', `/volumes?filters=${filters}`)
      return answer.Volumes ?? []
    },
    async logs(id) {
      const answer = await raw('GET', `/containers/${id}/logs?stdout=1&stderr=1`)
      return toStreams(answer.body)
    },
    async exec(id, command) {
      const options = { Cmd: command, AttachStdout: true, AttachStderr: true }
      const { Id } = await call<{ Id: string }>('POST', `/containers/${id}/exec`, options)
      const answer = await raw('POST', `/exec/${Id}/start`, { Detach: false, Tty: false })
      const { ExitCode } = await call<{ ExitCode: number }>('GET', `/exec/${Id}/json`)
      return { ...toStreams(answer.body), code: ExitCode }
    },
  }
}

export const serviceOf = (container: Inspected) => container.Config.Labels['com.docker.compose.service'] ?? ''

export const numberOf = (container: Inspected) =>
  Number(container.Config.Labels['com.docker.compose.container-number'] ?? Number.NaN)

export const isOneOff = (container: Inspected) => container.Config.Labels['com.docker.compose.oneoff'] === 'True'

const sortKey = (container: Inspected) => `${serviceOf(container)} ${String(numberOf(container)).padStart(6, '0')}`
