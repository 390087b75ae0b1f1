import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ContainerRuntime, ExecSession, OutputChunk } from '../../src/engine/ports/container-runtime.ts'

/** Commands that would run in a container run on this machine, as its user: for scripts that ask of it no more than a shell. */
export const createLocalExec = (): Pick<ContainerRuntime, 'exec'> & { readonly sessions: ChildProcess[] } => {
  const sessions: ChildProcess[] = []
  return {
    sessions,
    exec: async (_id, { command }, options) => {
      const [program = '', ...words] = command
      const child = spawn(program, words, { stdio: 'pipe' })
      sessions.push(child)
      options?.signal?.addEventListener('abort', () => child.kill(), { once: true })
      return toSession(child)
    },
  }
}

const toSession = (child: ChildProcess): ExecSession => {
  const chunks: OutputChunk[] = []
  let wake = Promise.withResolvers<void>()
  let isEnded = false
  const tell = (stream: OutputChunk['stream']) => (data: Uint8Array) => {
    chunks.push({ stream, data })
    wake.resolve()
  }
  child.stdout?.on('data', tell('stdout'))
  child.stderr?.on('data', tell('stderr'))
  child.stdin?.on('error', () => undefined)
  const closed = once(child, 'close').then(([code]) => {
    isEnded = true
    wake.resolve()
    return Number(code ?? 137)
  })
  return {
    id: String(child.pid),
    output: (async function* () {
      for (;;) {
        yield* chunks.splice(0)
        if (isEnded && chunks.length === 0) return
        await wake.promise
        wake = Promise.withResolvers<void>()
      }
    })(),
    write: (data) => child.stdin?.write(data) ?? false,
    drained: async () => undefined,
    endInput: () => void child.stdin?.end(),
    close: () => void child.kill(),
    exitCode: () => closed,
  }
}
