import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { createEngineApi, engineAddress, engineHost } from './engine-api.ts'

/** A shell that stays in a container: what is asked again and again costs no new process of the engine. */
export interface ExecShell {
  /** Runs a script and answers with what it wrote to stdout. Rejects when the shell is gone. */
  readonly run: (script: string) => Promise<Buffer>
  readonly close: () => void
}

/** Scripts are one line each; the mark that ends an answer is random, so no file's content can be taken for it. */
export const openShell = async (container: string, host = engineHost()): Promise<ExecShell> => {
  const socket = await openExec(container, ['sh'], host)
  const mark = randomBytes(16).toString('hex')
  let answer: PromiseWithResolvers<Buffer> | undefined
  let written: Buffer[] = []
  const read = createFrameReader((stream, data) => {
    if (stream !== 1) return
    written.push(data)
    const tail = Buffer.concat(written.slice(-2))
    if (!tail.subarray(-mark.length - 1).equals(Buffer.from(`${mark}\n`))) return
    const all = Buffer.concat(written)
    written = []
    answer?.resolve(all.subarray(0, -mark.length - 1))
  })
  const end = () => answer?.reject(new Error(`the shell in ${container.slice(0, 12)} ended`))
  socket.on('data', read).on('error', end).on('close', end)
  return {
    run(script) {
      answer = Promise.withResolvers<Buffer>()
      if (socket.destroyed) end()
      else socket.write(`${script}; echo ${mark}\n`)
      return answer.promise
    },
    close: () => void socket.destroy(),
  }
}

/** The connection of an exec, taken over from HTTP: what is written is its stdin, what comes are frames. */
const openExec = async (container: string, command: readonly string[], host: string): Promise<Duplex> => {
  const options = { Cmd: command, User: '0:0', AttachStdin: true, AttachStdout: true, AttachStderr: true }
  const { Id } = await createEngineApi(host).call<{ Id: string }>('POST', `/containers/${container}/exec`, options)
  const payload = JSON.stringify({ Detach: false, Tty: false })
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'tcp',
    'Content-Type': 'application/json',
    'Content-Length': String(payload.length),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ ...engineAddress(host), method: 'POST', path: `/exec/${Id}/start`, headers })
    sent.on('upgrade', (_, socket) => resolve(socket))
    sent.on('response', (answer) => reject(new Error(`the exec was not started: ${answer.statusCode}`)))
    sent.on('error', reject)
    sent.end(payload)
  })
}

/** Takes the engine's frames (a header of 8 bytes, then so many bytes of one stream) from pieces of any size. */
const createFrameReader = (onFrame: (stream: number, data: Buffer) => void) => {
  let held: Buffer = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (held.length >= 8) {
      const size = held.readUInt32BE(4)
      if (held.length < 8 + size) return
      onFrame(held[0] ?? 0, held.subarray(8, 8 + size))
      held = held.subarray(8 + size)
    }
  }
}
