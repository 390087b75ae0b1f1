import { StackError } from '../../core/errors/stack-error.ts'
import type { Step } from '../../core/plan/action.ts'
import { toStepSubject } from '../../engine/step-summary.ts'
import type { CliContext } from '../context.ts'

/** Asks on the terminal. Nobody there: an error that names the flag which says yes beforehand. The signal takes the question back. */
export const askYesNo = async (
  context: CliContext,
  { text, what, flag }: { readonly text: string; readonly what: string; readonly flag: string },
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<boolean> => {
  if (!context.terminal.stdin || !context.terminal.stderr)
    throw new StackError('cli/needs-confirmation', { what: `${what} (${flag} says yes)` })
  const { createInterface } = await import('node:readline/promises')
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  // While it asks, the keyboard makes no signal: without this Ctrl-C would be an answer.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await reader.question(`${context.terminal.safe(text)} [y/N] `, {
      signal: signal === undefined ? context.signal : AbortSignal.any([context.signal, signal]),
    })
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    // What comes next begins a line of its own.
    if (signal?.aborted === true) context.stderr.write('\n')
    throw error
  } finally {
    reader.close()
  }
}

/**
 * How a plan asks about what cannot be undone. Where nobody is, and with --yes, which says that nobody wants to be asked, not at
 * all: then nothing is lost.
 */
export const createConfirm = (
  context: CliContext,
  { yes = false }: { readonly yes?: boolean } = {},
): { readonly confirm?: (steps: readonly Step[]) => Promise<boolean> } => {
  if (yes || !context.terminal.stdin || !context.terminal.stderr) return {}
  return {
    confirm: (steps) => {
      const what = steps.map(({ action, cause }) => `  ${toStepSubject(action)}: ${cause}`).join('\n')
      return askYesNo(context, {
        text: `This destroys data for good:\n${what}\nGo on?`,
        what: 'This destroys data',
        flag: '--renew-volumes-of SERVICE',
      })
    },
  }
}
