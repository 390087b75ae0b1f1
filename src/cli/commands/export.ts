import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { CliContext } from '../context.ts'
import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { exportCommand } from '../table/container-commands.ts'
import { assertServices, selectContainer } from '../target.ts'
import { createUsageError } from '../usage-error.ts'
import { writeOut } from '../screen/write-out.ts'

/** `stack export`: the file system of a running container as a tar. */
export const runExport = async ({ context, flags, words }: CallOf<typeof exportCommand>): Promise<number> => {
  const [service = ''] = words
  const { output } = flags
  if (output === undefined && context.terminal.stdout)
    throw createUsageError(
      { detail: 'A tar is nothing for a terminal: name a file with --output, or pass it on.' },
      'export',
    )
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const { id, name } = selectContainer(containers, { service, index: flags.index, running: true })
  if (context.global['dry-run']) {
    context.stdout.write(`${name}: would be written to ${output ?? 'standard output'}\n`)
    return 0
  }
  const tar = await runtime.exportContainer(id, { signal: context.signal })
  if (output === undefined)
    for await (const chunk of tar) await writeOut(process.stdout, chunk, { signal: context.signal })
  else await writeFile(tar, { file: resolve(context.workingDirectory, output), context })
  return 0
}

/** Half a tar is worse than none. */
const writeFile = async (
  tar: AsyncIterable<Uint8Array>,
  { file, context }: { readonly file: string; readonly context: CliContext },
): Promise<void> => {
  try {
    await pipeline(tar, createWriteStream(file, { mode: 0o600 }), { signal: context.signal })
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}
