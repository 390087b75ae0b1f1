/**
 * Records what `docker compose create` sends to the engine for compose.yaml beside this file. By hand, where Docker Compose
 * is installed: `node test/docker/create-like-compose/record.ts`, once for each API version (DOCKER_HOST counts).
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const engine = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace('unix://', '')
const socket = join(tmpdir(), `record-${process.pid}.sock`)
const folder = import.meta.dirname
const recorded: Record<string, unknown> = {}
let version = ''

const server = createServer((incoming, answer) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const body = Buffer.concat(chunks)
    const url = incoming.url ?? ''
    const create = /^\/v([\d.]+)\/(containers|networks|volumes)\/create(?:\?(.*))?$/.exec(url)
    const connect = /^\/v[\d.]+\/networks\/([^/]+)\/connect$/.exec(url)
    if (create !== null) {
      version = create[1] ?? ''
      const json = JSON.parse(body.toString()) as { Name?: string }
      const name = new URLSearchParams(create[3]).get('name') ?? json.Name ?? ''
      recorded[`${create[2]}/${name}`] = { query: Object.fromEntries(new URLSearchParams(create[3])), body: json }
    } else if (connect !== null)
      recorded[`connect/${connect[1]}/${Object.keys(recorded).length}`] = {
        body: JSON.parse(body.toString()) as unknown,
      }
    const out = request(
      { socketPath: engine, method: incoming.method, path: url, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers)
        response.pipe(answer)
      },
    )
    out.end(body)
  })
})

const compose = (...args: string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn('docker', ['compose', ...args], {
      cwd: folder,
      stdio: 'inherit',
      env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
    })
    child.once('close', (code) => resolve(code ?? 1))
  })

server.listen(socket, () => {
  // What engines before 25 cannot do.
  const files = process.argv.includes('--older-engine') ? ['-f', 'compose.yaml', '-f', 'older-engine.yaml'] : []
  void compose(...files, 'create', '--quiet-pull').then(async (code) => {
    await compose('down', '-v', '-t', '0')
    const sorted = Object.fromEntries(Object.entries(recorded).sort(([a], [b]) => (a < b ? -1 : 1)))
    const text = JSON.stringify({ api: version, ...sorted }, null, 1).replaceAll(folder, '<folder>')
    writeFileSync(join(folder, `compose-${version}.json`), `${text}\n`)
    server.close()
    server.closeAllConnections()
    process.exitCode = code
  })
})
