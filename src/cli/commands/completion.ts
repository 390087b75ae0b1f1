import { completionScripts } from '../complete/completion-scripts.ts'
import type { Call } from '../table/command-spec.ts'
import { createUsageError } from '../usage-error.ts'

/** `stack completion bash|zsh|fish`: a script for the shell to source. */
export const runCompletion = ({ context, words }: Call): Promise<number> => {
  const [shell = ''] = words
  const script = completionScripts[shell]
  if (script === undefined)
    throw createUsageError(
      { detail: `There is no completion for "${shell}"; bash, zsh and fish have one.` },
      'completion',
    )
  context.stdout.write(script)
  return Promise.resolve(0)
}
