import type { CliContext } from '../context.ts'
import { joinTerminal, parseDetachKeys } from './join-terminal.ts'

export type JoinedRun = {
  /** Of a container that was created and has not been started. */
  readonly id: string
  readonly tty: boolean
  /** Standard input is passed on. */
  readonly input: boolean
  /** It is removed at the end. */
  readonly removes: boolean
}

/**
 * Starts a container with the terminal joined to it, and gives its exit code. Attached before the start, so that no line and no
 * key is lost. The first signal goes to the container, the second kills it.
 */
export const runJoined = async (context: CliContext, { id, tty, input, removes }: JoinedRun): Promise<number> => {
  const runtime = await context.runtime()
  const release = context.signals.handle(({ signal, count }) => {
    runtime.killContainer(id, { killSignal: count > 1 ? 'SIGKILL' : signal }).catch(() => undefined) // it may have just ended
  })
  try {
    const stream = await runtime.attach(id, { stdin: input, tty })
    await runtime.startContainer(id)
    const detachKeys = parseDetachKeys('ctrl-p,ctrl-q') ?? []
    const { detached } = await joinTerminal(context, stream, {
      tty,
      input,
      detachKeys,
      resize: (size) => runtime.resizeTty({ container: id }, size),
    })
    if (detached) return 0
    const { exitCode } = await runtime.waitContainer(id, { condition: 'not-running' })
    return context.signals.exitCode() ?? exitCode
  } finally {
    release()
    if (removes) await runtime.removeContainer(id, { force: true, anonymousVolumes: true })
  }
}
