import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requestEngine } from '../../../src/system/engines/engine-http.ts'
import { findEngine } from '../../../src/system/engines/find-engine.ts'

let folder: string
let server: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
})
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  rmSync(folder, { recursive: true })
})

const listen = async (listener: RequestListener): Promise<string> => {
  const socket = join(folder, 'engine.sock')
  server = createServer(listener)
  await new Promise((resolve) => server?.listen(socket, () => resolve(undefined)))
  return `unix://${socket}`
}

const find = async (host: string) =>
  await findEngine({ HOME: folder, DOCKER_HOST: host }, { signal: AbortSignal.timeout(10_000) })

test('the engine that answers is found', async () => {
  const host = await listen((_, response) => response.end('OK'))
  expect(await find(host)).toMatchObject({ found: { kind: 'unix', host, source: 'DOCKER_HOST' }, attempts: [] })
})

test('a socket that does not exist', async () => {
  const { found, attempts } = await find(`unix://${folder}/none.sock`)
  expect(found).toBeUndefined()
  expect(attempts).toEqual([
    { address: `unix://${folder}/none.sock`, source: 'DOCKER_HOST', failure: 'the socket does not exist' },
  ])
})

test('an engine that has ended and left its socket behind', async () => {
  const { attempts } = await find('tcp://127.0.0.1:1')
  expect(attempts[0]?.failure).toBe('nobody listens there (the engine is not running)')
})

test('an engine that answers with an error', async () => {
  const host = await listen((_, response) => response.writeHead(503).end('starting'))
  expect((await find(host)).attempts[0]?.failure).toBe('it answered with status 503: starting')
})

test('one that never answers is given up by the signal', async () => {
  const host = await listen(() => undefined)
  const signal = AbortSignal.timeout(100)
  await expect(findEngine({ HOME: folder, DOCKER_HOST: host }, { signal })).rejects.toThrow('aborted due to timeout')
})

test('a refusal comes before the body is sent', async () => {
  const host = await listen((_, response) => response.end('never asked'))
  server?.on('checkContinue', (_, response) => response.writeHead(400).end('{"message":"no"}'))
  const { found } = await find(host)
  if (found === undefined) throw new Error('the engine was not found')
  const body = Readable.from(['x'.repeat(1000)])
  const answer = await requestEngine(found, {
    method: 'POST',
    path: '/images/create',
    body,
    signal: AbortSignal.timeout(5_000),
  })
  expect([answer.status, answer.body, body.readableFlowing]).toEqual([400, '{"message":"no"}', null])
})
