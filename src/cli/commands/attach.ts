import { joinTerminal, parseDetachKeys } from '../screen/join-terminal.ts'
import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { attachCommand } from '../table/container-commands.ts'
import { assertServices, selectContainer } from '../target.ts'
import { createUsageError } from '../usage-error.ts'

/** `stack attach`: the terminal joins the main process; signals go to it, and its exit code is ours. */
export const runAttach = async ({ context, flags, words }: CallOf<typeof attachCommand>): Promise<number> => {
  const [service = ''] = words
  const detachKeys = parseDetachKeys(flags['detach-keys'] ?? 'ctrl-p,ctrl-q')
  if (detachKeys === undefined)
    throw createUsageError(
      { detail: `Detach keys are written ctrl-p,ctrl-q, not "${flags['detach-keys']}".` },
      'attach',
    )
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const { id } = selectContainer(containers, { service, index: flags.index, running: true })
  const details = await runtime.inspectContainer(id, { signal: context.signal })
  const tty = details?.tty === true
  const ended = runtime.waitContainer(id, { condition: 'not-running' })
  ended.catch(() => undefined) // asked again below
  let isLeft = false
  const release = context.signals.handle(({ signal }) => {
    if (flags['sig-proxy']) return void runtime.killContainer(id, { killSignal: signal }).catch(() => undefined) // it may have just ended
    isLeft = true
    return stream.close()
  })
  const stream = await runtime.attach(id, { stdin: !flags['no-stdin'], tty })
  try {
    const { detached } = await joinTerminal(context, stream, {
      tty,
      input: !flags['no-stdin'],
      detachKeys,
      resize: (size) => runtime.resizeTty({ container: id }, size),
    })
    if (detached) return 0
    return isLeft ? (context.signals.exitCode() ?? 0) : (await ended).exitCode
  } catch (error) {
    // What was closed here was not lost.
    if (isLeft) return context.signals.exitCode() ?? 0
    throw error
  } finally {
    release()
  }
}
