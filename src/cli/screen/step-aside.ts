import { spawn } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { toShellText } from '../../core/events/command-line.ts'
import { findShell } from '../../engine/find-shell.ts'
import type { Aside } from '../../ui/perform.ts'
import type { CliContext } from '../context.ts'
import type { CommandPlace } from '../dashboard/command-place.ts'
import type { Suspending } from './suspend.ts'

export type AsideOptions = {
  readonly project: string
  readonly place: CommandPlace
  readonly suspending: Suspending
  /** The end of the session is that of whoever has the terminal. */
  readonly until: Promise<unknown>
}

/** Our own commands on the terminal that the dashboard has given away. */
export const createAside = (context: CliContext, options: AsideOptions): Aside => ({
  findShell: async (service) => findShell(await context.runtime(), { project: options.project, service }),
  run: (words, { stays }) =>
    context.signals.leaveInterrupts(() =>
      options.suspending.leaveStops(async () => {
        await letInputGo()
        context.stdout.write(`$ stack ${toShellText(words)}\n${words[0] === 'attach' ? attachHint : ''}`)
        const { exit, hasFailed } = await runOwn(words, options)
        if (stays || hasFailed) await waitForEnter(context, exit)
        return exit
      }),
    ),
})

const attachHint = 'ctrl-p ctrl-q leaves it running; ctrl-c does where it has no terminal of its own.\n'

/**
 * Whoever reads next is somebody else: a read that is under way would take the first keys from it. Only a stream that flows
 * stops reading when it is paused, and it does so a moment later: whoever begins to read before that hears nothing for ever.
 */
const letInputGo = async (): Promise<void> => {
  process.stdin.resume()
  await setImmediate()
  process.stdin.pause()
  await setImmediate()
}

type Ran = { readonly exit: number; /** It said on standard error why it did not work. */ readonly hasFailed: boolean }

const runOwn = (words: readonly string[], { place, until }: AsideOptions): Promise<Ran> => {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const script = process.argv[1]
  const own = script === undefined ? [] : [script]
  const child = spawn(process.execPath, [...process.execArgv, ...own, ...place.words, ...words], {
    ...(place.cwd === undefined ? {} : { cwd: place.cwd }),
    stdio: ['inherit', 'inherit', 'pipe'],
  })
  let said = false
  child.stderr.on('data', (chunk: Buffer) => {
    said = true
    process.stderr.write(chunk)
  })
  const end = (): void => void child.kill()
  until.then(end, end)
  child.once('error', reject)
  child.once('close', (code) => resolve({ exit: code ?? 1, hasFailed: said && code !== 0 }))
  return promise
}

const waitForEnter = async ({ stdout }: CliContext, exit: number): Promise<void> => {
  stdout.write(`\n(ended with ${exit}; Enter leads back to the dashboard)`)
  const { promise, resolve } = Promise.withResolvers<void>()
  process.stdin.ref()
  process.stdin.once('data', () => resolve()).resume()
  await promise
  await letInputGo()
}
