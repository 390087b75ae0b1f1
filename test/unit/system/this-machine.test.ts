import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createMachine, parseListeners } from '../../../src/system/this-machine.ts'

test('the tables of the kernel tell who listens, and where', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   3: 00000000000000000000000000000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   4: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`
  expect(
    parseListeners(text, { protocol: 'tcp', listening: '0A' }).map(({ address, port }) => `${address} ${port}`),
  ).toEqual(['127.0.0.1 8080', '0.0.0.0 80', ':: 81', '127.0.0.1 82'])
})

test('a program that listens is seen, and a path for what it is', async () => {
  const machine = createMachine()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const seen = (await machine.listeners()).filter((one) => one.port === port && one.protocol === 'tcp')
  server.close()
  if (process.platform === 'linux') expect(seen).toEqual([{ port, protocol: 'tcp', address: '127.0.0.1' }])
  expect(
    await Promise.all(
      [
        '/',
        import.meta.filename,
        `${import.meta.filename}.gone`,
        `${import.meta.filename}/x`,
        '/dev/zero',
        '/dev/null',
      ].map(machine.kindOf),
    ),
  ).toEqual(['folder', 'file', 'missing', 'missing', 'special', 'file'])
  expect(await machine.isEngineHere(undefined)).toBe(false)
})
