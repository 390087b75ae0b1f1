import { createWriteStream } from 'node:fs'
import { lstat, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
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
  const file = output === undefined ? undefined : resolve(context.workingDirectory, output)
  if (file !== undefined) await assertFile(file)
  const [target, runtime] = await Promise.all([loadTarget(context, { services: [service] }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices([service], { target, containers })
  const { id, name } = selectContainer(containers, { service, index: flags.index, running: true })
  if (context.global['dry-run']) {
    context.stdout.write(`${name}: would be written to ${output ?? 'standard output'}\n`)
    return 0
  }
  const tar = await runtime.exportContainer(id, { signal: context.signal })
  if (file === undefined)
    for await (const chunk of tar) await writeOut(process.stdout, chunk, { signal: context.signal })
  else await writeFile(tar, { file, context })
  return 0
}

/** Half a tar is worse than none, and worse than the one of yesterday: it takes the name when it is whole. */
const writeFile = async (
  tar: AsyncIterable<Uint8Array>,
  { file, context }: { readonly file: string; readonly context: CliContext },
): Promise<void> => {
  const draft = `${file}.${process.pid}.part`
  try {
    await pipeline(tar, createWriteStream(draft, { flags: 'wx', mode: 0o600 }), { signal: context.signal })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Nothing is written through a link, nor to a device, as with Docker's own tools. */
const assertFile = async (file: string): Promise<void> => {
  const found = await lstat(file).catch(() => undefined)
  const what = found?.isSymbolicLink() === true ? 'a link' : found?.isDirectory() === true ? 'a folder' : 'no file'
  if (found !== undefined && !found.isFile())
    throw createUsageError({ detail: `The tar cannot be written to ${file}, which is ${what}.` }, 'export')
  const folder = await stat(dirname(file)).catch(() => undefined)
  if (folder?.isDirectory() !== true)
    throw createUsageError({ detail: `There is no folder ${dirname(file)}.` }, 'export')
}
