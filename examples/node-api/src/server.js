import { createServer } from 'node:http'
import { greet } from './greet.js'

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://api')
  const [status, body] =
    pathname === '/greeting' ? [200, { greeting: greet(searchParams.get('name') ?? 'you') }] : [404, { error: 'not found' }]
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
})

server.listen(3000, () => console.log('listening on port 3000'))

process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
