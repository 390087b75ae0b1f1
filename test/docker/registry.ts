import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Registry = { readonly host: string; readonly seen: readonly string[]; close(): void }

/**
 * A registry in memory, with a name and a password or for everybody: as much of the distribution specification as an engine uses to push
 * and to pull. On the loopback address engines speak plain HTTP to it.
 */
export const openRegistry = async (account?: {
  readonly username: string
  readonly password: string
}): Promise<Registry> => {
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, { readonly type: string; readonly body: Buffer }>()
  const uploads = new Map<string, Buffer>()
  const seen: string[] = []
  const digestOf = (body: Buffer) => `sha256:${createHash('sha256').update(body).digest('hex')}`
  const expected =
    account === undefined
      ? undefined
      : `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://registry')
    seen.push(
      `${request.method} ${pathname} ${expected === undefined || request.headers.authorization === expected ? 'known' : 'stranger'}`,
    )
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const send = (status: number, headers: Readonly<Record<string, string | number>> = {}, content?: Buffer) => {
      response.writeHead(status, { 'content-length': content?.length ?? 0, ...headers })
      response.end(request.method === 'HEAD' ? undefined : content)
    }
    if (expected !== undefined && request.headers.authorization !== expected)
      return send(401, { 'www-authenticate': 'Basic realm="registry"' })
    if (pathname === '/v2/') return send(200)
    const upload = /^\/v2\/(.+)\/blobs\/uploads\/(.*)$/.exec(pathname)
    if (upload !== null)
      return receive({
        id: upload[2] ?? '',
        repository: upload[1] ?? '',
        body,
        digest: searchParams.get('digest'),
        send,
      })
    const blob = /\/blobs\/(sha256:.+)$/.exec(pathname)?.[1]
    if (blob !== undefined) {
      const content = blobs.get(blob)
      return content === undefined
        ? send(404)
        : send(
            200,
            {
              'docker-content-digest': blob,
              'content-length': content.length,
              'content-type': 'application/octet-stream',
            },
            content,
          )
    }
    const manifest = /^\/v2\/(.+\/manifests\/.+)$/.exec(pathname)?.[1] ?? ''
    if (request.method === 'PUT') {
      const kept = { type: String(request.headers['content-type']), body }
      manifests.set(manifest, kept)
      manifests.set(manifest.replace(/[^/]+$/, digestOf(body)), kept)
      return send(201, { 'docker-content-digest': digestOf(body) })
    }
    const found = manifests.get(manifest)
    const unknown = Buffer.from(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }))
    return found === undefined
      ? send(404, { 'content-type': 'application/json', 'content-length': unknown.length }, unknown)
      : send(
          200,
          {
            'content-type': found.type,
            'docker-content-digest': digestOf(found.body),
            'content-length': found.body.length,
          },
          found.body,
        )
  }

  type Part = {
    readonly id: string
    readonly repository: string
    readonly body: Buffer
    readonly digest: string | null
    readonly send: (status: number, headers?: Readonly<Record<string, string | number>>) => void
  }
  const receive = ({ id: given, repository, body, digest, send }: Part): void => {
    const id = given || randomUUID()
    const content = Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), body])
    uploads.set(id, content)
    if (digest !== null) {
      blobs.set(digest, content)
      return send(201, { 'docker-content-digest': digest, location: `/v2/${repository}/blobs/${digest}` })
    }
    send(202, {
      location: `/v2/${repository}/blobs/uploads/${id}`,
      'docker-upload-uuid': id,
      range: `0-${Math.max(0, content.length - 1)}`,
    })
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
