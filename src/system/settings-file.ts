import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../engine/ports/environment.ts'
import { toHomeFolder } from '../wire/home-folder.ts'

/**
 * Where a person's settings are: `$STACK_CONFIG`, or `stack/config.yaml` in the folder for settings. That is
 * `$XDG_CONFIG_HOME`, else `~/.config`, else the system's own: `~/Library/Application Support`, `%APPDATA%`.
 * The first that is there counts, and one that is named in any case; undefined: there is none.
 */
export const findSettingsFile = (
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined => {
  const named = env['STACK_CONFIG']
  if (named !== undefined && named !== '') return named
  return toFolders(env, platform)
    .map((folder) => join(folder, 'stack', 'config.yaml'))
    .find((one) => existsSync(one))
}

const toFolders = (env: Environment, platform: NodeJS.Platform): readonly string[] => {
  const chosen = env['XDG_CONFIG_HOME']
  // The specification says that a relative path is to be ignored.
  if (chosen?.startsWith('/') === true) return [chosen]
  const home = platform === 'win32' ? (env['USERPROFILE'] ?? toHomeFolder(env)) : toHomeFolder(env)
  return [
    join(home, '.config'),
    ...(platform === 'darwin' ? [join(home, 'Library', 'Application Support')] : []),
    ...(platform === 'win32' && env['APPDATA'] !== undefined ? [env['APPDATA']] : []),
  ]
}
