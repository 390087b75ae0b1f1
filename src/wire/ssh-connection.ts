import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import type { EngineAddress } from '../engine/ports/engine-address.ts'

/**
 * A connection through the user's own `ssh` (its configuration, jump hosts, known hosts and agent all count), as Docker's
 * command line makes it: the far `docker` passes bytes between us and its engine.
 */
export const connectThroughSsh = (
  address: EngineAddress,
  environment: Readonly<Record<string, string | undefined>>,
): Duplex => {
  const port = address.port === undefined ? [] : ['-p', String(address.port)]
  const args = [
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=30',
    ...port,
    '--',
    address.hostname ?? '',
    'docker',
    'system',
    'dial-stdio',
  ]
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)))

  const connection = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, _encoding, done) => {
      // A failing write says only EPIPE; what ssh printed is known once it has ended.
      child.stdin.write(chunk, (error) => (error ? undefined : done()))
    },
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill()
      done(error)
    },
  })
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (chunk: Buffer) => {
    if (!connection.push(chunk)) child.stdout.pause()
  })
  child.once('error', (error) => connection.destroy(error))
  child.once('close', (code) => {
    const reason = said.trim().split('\n').at(-1)
    if (code === 0 || code === null) connection.push(null)
    else
      connection.destroy(new Error(`ssh: ${reason === undefined || reason === '' ? `it ended with ${code}` : reason}`))
  })
  // What node:http expects of a socket and a pair of pipes has not.
  const same = () => connection
  return Object.assign(connection, {
    setKeepAlive: same,
    setNoDelay: same,
    setTimeout: same,
    ref: same,
    unref: same,
    destroySoon: () => connection.destroy(),
  })
}
