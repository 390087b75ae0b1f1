import type { Environment } from '../engine/ports/environment.ts'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { parseForeignJson } from '../wire/foreign-json.ts'
import { readNamedFile } from '../wire/named-file.ts'
import { dockerConfigFolder } from './docker-config.ts'

const systemFolders = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

/** A plugin of Docker's command line, where that looks for it: folders of `config.json` first, then the user's, then the system's. */
export const findCliPlugin = async (name: string, environment: Environment): Promise<string | undefined> => {
  const config = dockerConfigFolder(environment)
  const folders = [...(await readExtraFolders(config)), join(config, 'cli-plugins'), ...systemFolders]
  return findExecutable(folders.map((folder) => join(folder, `docker-${name}`)))
}

/** A configuration that cannot be read names no folders; commands that need it say what is wrong with it. */
const readExtraFolders = async (config: string): Promise<readonly string[]> => {
  const file = join(config, 'config.json')
  const read = async () => parseForeignJson(pluginFolders, readNamedFile(file).toString('utf8'), file)
  const { cliPluginsExtraDirs } = await read().catch(() => ({ cliPluginsExtraDirs: undefined }))
  return cliPluginsExtraDirs ?? []
}

const pluginFolders = z.object({ cliPluginsExtraDirs: z.optional(z.array(z.string())) })

export const findExecutable = async (candidates: readonly string[]): Promise<string | undefined> => {
  for (const candidate of candidates) {
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return candidate
  }
  return undefined
}
