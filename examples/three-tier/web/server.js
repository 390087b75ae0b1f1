import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, request as ask } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { pipeline } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'

const publicFolder = join(import.meta.dirname, 'public')
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://web')
  if (pathname === '/health') response.end('ok\n')
  else if (pathname === '/live') followChanges(request, response)
  else if (pathname.startsWith('/api/')) passOn(request, response)
  else sendFile(pathname === '/' ? '/index.html' : pathname, response)
})

async function sendFile(pathname, response) {
  try {
    const file = await readFile(join(publicFolder, normalize(decodeURIComponent(pathname))))
    response.writeHead(200, { 'content-type': types[extname(pathname)] ?? 'application/octet-stream', 'cache-control': 'no-cache' }).end(file)
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n')
  }
}

/** To the api, a new connection each time, so that its replicas take turns. */
function passOn(request, response, attempt = 1) {
  const onward = ask(new URL(request.url, process.env.API_URL), { method: request.method, headers: request.headers, agent: false })
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    pipeline(answer, response, () => {})
  })
  onward.once('error', async (error) => {
    // While the api restarts, a question can wait for it; what changes something is not said twice.
    if (request.method === 'GET' && attempt < 20 && !response.headersSent) {
      await wait(150)
      passOn(request, response, attempt + 1)
      return
    }
    console.error(`api: ${error.message}`)
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-type': 'application/json' }).end('{"error":"The api does not answer."}')
  })
  if (request.method === 'GET') onward.end()
  else pipeline(request, onward, () => {})
}

/** Open pages hear of each changed asset (server-sent events), so that an edit shows at once. */
const pages = new Set()

function followChanges(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write(': hello\n\n')
  pages.add(response)
  request.once('close', () => pages.delete(response))
}

let told
watch(publicFolder, { recursive: true }, (_, name) => {
  clearTimeout(told) // one save is several events
  told = setTimeout(() => pages.forEach((page) => page.write(`data: ${name}\n\n`)), 20)
})

server.listen(8080, () => console.log('web listens on port 8080'))

process.once('SIGTERM', () => {
  pages.forEach((page) => page.end())
  server.close(() => process.exit())
  server.closeIdleConnections()
})
