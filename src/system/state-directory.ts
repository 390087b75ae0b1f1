import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Stack keeps what is no cache and no setting: `$XDG_STATE_HOME/stack`, or `~/.local/state/stack`. */
export const toStateDirectory = (environment: Readonly<Record<string, string | undefined>> = process.env): string => {
  const home = environment['XDG_STATE_HOME']
  // The specification says that a relative path is to be ignored.
  return home?.startsWith('/') === true ? join(home, 'stack') : join(homedir(), '.local', 'state', 'stack')
}
