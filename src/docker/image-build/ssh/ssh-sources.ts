import { stat } from 'node:fs/promises'
import { StackError } from '../../../core/errors/stack-error.ts'
import { describeFault, readNamedFile } from '../../../wire/named-file.ts'
import { parseSshKey, type SshKey } from './ssh-key.ts'

/** What stands behind an id of `build.ssh`: an agent that runs on this machine, or key files. */
export type SshSource = { readonly socket: string } | { readonly keys: readonly SshKey[] }

type Named = { readonly serviceName: string; readonly id: string }

/** Sockets and key files by id, as Docker's builder tells them apart: by what is there. @throws `build/ssh-unusable` */
export const readSshSources = async (
  paths: Readonly<Record<string, readonly string[]>>,
  serviceName: string,
): Promise<Readonly<Record<string, SshSource>>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(paths).map(async ([id, list]) => [id, await readSource(list, { serviceName, id })] as const),
    ),
  )

const readSource = async (paths: readonly string[], named: Named): Promise<SshSource> => {
  const refuse = (why: string, cause?: unknown): never => {
    throw new StackError('build/ssh-unusable', { service: named.serviceName, id: named.id, why }, { cause })
  }
  if (paths.length === 0) refuse('no path is given and SSH_AUTH_SOCK, which names the agent then, is not set')
  const keys: SshKey[] = []
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => refuse(`there is no ${path}`, error))
    if (found.isSocket())
      return paths.length === 1 ? { socket: path } : refuse(`${path} is an agent, and stands beside other paths`)
    if (!found.isFile()) refuse(`${path} is neither an agent's socket nor a key file`)
    try {
      keys.push(parseSshKey(readNamedFile(path).toString('utf8'), path))
    } catch (error) {
      refuse(`the key ${path} cannot be read: ${describeFault(error as Error)}`, error)
    }
  }
  return { keys }
}
