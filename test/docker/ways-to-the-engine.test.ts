import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime } from '../../src/docker/connect.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { createContainerFixture } from './container-fixture.ts'
import { engineAddress, removeProject } from './engine.ts'

const project = `hb-ways-${process.pid}`
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-ways-'))
})
afterAll(async () => {
  await removeProject(project)
  await rm(folder, { recursive: true, force: true })
})

/** Everything that is not a plain answer: a long body, a hijacked connection, an end of input, a stream that is left. */
const tryOut = async (runtime: Runtime, name: string): Promise<string> => {
  const { run } = createContainerFixture(() => runtime, project)
  const id = await run(name, 'echo ready; sleep 1000')
  const session = await runtime.exec(id, { command: ['sh', '-c', 'cat; echo after'], stdin: true })
  session.write(Buffer.from('typed '))
  session.endInput()
  let output = ''
  for await (const { data } of session.output) output += Buffer.from(data).toString()
  for await (const { lines } of runtime.logs(id, { follow: true })) {
    output += lines.map(({ text }) => text).join()
    break
  }
  await runtime.removeContainer(id, { force: true })
  return `${output} ${await session.exitCode().catch(() => 'gone')}`
}

test('through ssh, as the far docker passes bytes on', async () => {
  // Stands for ssh: runs here what ssh would run there.
  const ssh = join(folder, 'ssh')
  await writeFile(ssh, `#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nexec "$@"\n`)
  await chmod(ssh, 0o755)
  const address = { kind: 'ssh', host: 'ssh://somebody@far', hostname: 'somebody@far', source: 'DOCKER_HOST' } as const
  const runtime = createRuntime({ address, environment: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } })
  expect(await tryOut(runtime, 'ssh')).toBe('typed after\nready gone')
  runtime.close()
})

test('through TLS with a certificate of its own authority and one of ours', async () => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-days',
    '2',
    '-subj',
    '/CN=engine',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  )
  const [key, cert] = await Promise.all([
    readFile(join(folder, 'key.pem'), 'utf8'),
    readFile(join(folder, 'cert.pem'), 'utf8'),
  ])
  const server = await serveTls({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true })
  const { port } = server.address() as AddressInfo
  const address = {
    kind: 'tcp',
    host: `tcp://127.0.0.1:${port}`,
    hostname: '127.0.0.1',
    port,
    source: 'context "far"',
  } as const
  const trusted = createRuntime({ address: { ...address, tls: { ca: cert, cert, key } }, environment: {} })
  expect(await trusted.listContainers({ project })).toEqual([])
  expect((await trusted.facts()).architecture).toMatch(/^\w+$/)
  const stranger = createRuntime({ address: { ...address, tls: { cert, key } }, environment: {} })
  await expect(stranger.listContainers({})).rejects.toMatchObject({ code: 'engine/unreachable' })
  trusted.close()
  stranger.close()
  server.closeAllConnections()
  server.close()
})

/** The engine of this run behind TLS. */
const serveTls = (options: object): Promise<TlsServer> => {
  const { socketPath, hostname, port } = engineAddress()
  const place = socketPath === undefined ? { host: hostname ?? '', port: port ?? 0 } : { socketPath }
  const server = createTlsServer(options, (incoming, answer) => {
    const passed = request(
      { ...place, method: incoming.method ?? 'GET', path: incoming.url ?? '', headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers)
        response.pipe(answer)
      },
    )
    incoming.pipe(passed)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
