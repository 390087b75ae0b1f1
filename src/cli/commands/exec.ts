import { joinTerminal } from '../screen/join-terminal.ts'
import { loadTarget } from '../load-target.ts'
import { parseKeyValues } from '../run-definition.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { execCommand } from '../table/container-commands.ts'
import { assertServices, selectContainer } from '../target.ts'

/** `stack exec`: ends with the code of the command. */
export const runExec = async ({ context, flags, words }: CallOf<typeof execCommand>): Promise<number> => {
  const [service = '', ...command] = words
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const container = selectContainer(containers, { service, index: flags.index, running: true })
  if (context.global['dry-run']) {
    context.stdout.write(`${container.name}: would run ${command.join(' ')}\n`)
    return 0
  }
  const tty = flags.tty && !flags['no-tty'] && !flags.detach && context.terminal.stdin && context.terminal.stdout
  const input = flags.interactive && !flags.detach
  const session = await runtime.exec(
    container.id,
    {
      command,
      tty,
      stdin: input,
      detach: flags.detach,
      privileged: flags.privileged,
      ...(flags.user === undefined ? {} : { user: flags.user }),
      ...(flags.workdir === undefined ? {} : { workingDir: flags.workdir }),
      environment: Object.entries(parseKeyValues(flags.env, context.env)).map(([key, value]) =>
        value === null ? key : `${key}=${value}`,
      ),
      ...(tty ? { size: context.terminal.size('stdout') } : {}),
    },
    { signal: context.signal },
  )
  if (flags.detach) return 0
  await joinTerminal(context, session, { tty, input, resize: (size) => runtime.resizeTty({ exec: session.id }, size) })
  if (context.signal.aborted) return context.signals.exitCode() ?? 1
  return session.exitCode({ signal: context.signal })
}
