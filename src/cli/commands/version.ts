import type { CallOf } from '../table/command-spec.ts'
import type { versionCommand } from '../table/other-commands.ts'
import { stackVersion } from '../stack-version.ts'

/** `stack version`: in Compose's forms, for scripts that read it. Asks no engine. */
export const runVersion = ({ context, flags }: CallOf<typeof versionCommand>): Promise<number> => {
  if (flags.short === true) context.stdout.write(`${stackVersion}\n`)
  else if (flags.format === 'json') context.stdout.write(`${JSON.stringify({ version: stackVersion })}\n`)
  else context.stdout.write(`Stack version ${stackVersion}\n`)
  return Promise.resolve(0)
}
