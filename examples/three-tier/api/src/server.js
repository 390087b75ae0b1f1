import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { addBook, databaseVersion, listBooks, markBook, pool } from './books.js'

const routes = [
  { method: 'GET', path: /^\/health$/, answer: async () => ({ database: await databaseVersion() }) },
  { method: 'GET', path: /^\/api\/books$/, answer: list },
  { method: 'POST', path: /^\/api\/books$/, answer: add },
  { method: 'PATCH', path: /^\/api\/books\/(\d{1,9})$/, answer: mark },
]

async function list() {
  const [books, database] = await Promise.all([listBooks(), databaseVersion()])
  return { books, servedBy: hostname(), database: `PostgreSQL ${database}` }
}

async function add(request) {
  const { title, author } = await readJson(request)
  if (!isText(title) || !isText(author)) throw new Refusal(400, 'A book needs a title and an author of 1 to 200 characters.')
  return await addBook({ title: title.trim(), author: author.trim() })
}

async function mark(request, id) {
  const { isRead } = await readJson(request)
  if (typeof isRead !== 'boolean') throw new Refusal(400, 'isRead is true or false.')
  const book = await markBook(Number(id), isRead)
  if (book === undefined) throw new Refusal(404, `There is no book ${id}.`)
  return book
}

class Refusal extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

const isText = (value) => typeof value === 'string' && value.trim().length >= 1 && value.trim().length <= 200

async function readJson(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > 10_000) throw new Refusal(413, 'That is too long.')
  }
  try {
    return Object(JSON.parse(text))
  } catch {
    throw new Refusal(400, 'The body is not JSON.')
  }
}

const server = createServer(async (request, response) => {
  const began = performance.now()
  const [status, body] = await answer(request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.url !== '/health') console.log(`${request.method} ${request.url} ${status} ${(performance.now() - began).toFixed(1)} ms`)
})

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://api')
  const route = routes.find(({ method, path }) => method === request.method && path.test(pathname))
  if (route === undefined) return [404, { error: 'There is nothing here.' }]
  try {
    return [200, await route.answer(request, ...route.path.exec(pathname).slice(1))]
  } catch (error) {
    if (error instanceof Refusal) return [error.status, { error: error.message }]
    console.error(error)
    return [503, { error: 'The database does not answer.' }]
  }
}

server.listen(3000, () => console.log('api listens on port 3000'))

process.once('SIGTERM', () => {
  server.close(() => pool.end())
  server.closeIdleConnections()
})
