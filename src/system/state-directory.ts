import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../engine/ports/environment.ts'
import { toHomeFolder } from '../wire/home-folder.ts'

/** Where Stack keeps what is no cache and no setting: `$XDG_STATE_HOME/stack`, or `~/.local/state/stack`. */
export const toStateDirectory = (environment: Environment = process.env): string => {
  const home = environment['XDG_STATE_HOME']
  // The specification says that a relative path is to be ignored.
  return home?.startsWith('/') === true
    ? join(home, 'stack')
    : join(toHomeFolder(environment), '.local', 'state', 'stack')
}

/** Where a lock can be held when the state folder cannot be written to: `$XDG_RUNTIME_DIR`, then the folder for temporary files. */
export const toOtherDirectories = (environment: Environment = process.env): readonly string[] => {
  const runtime = environment['XDG_RUNTIME_DIR']
  return [
    ...(runtime?.startsWith('/') === true ? [join(runtime, 'stack')] : []),
    join(tmpdir(), `stack-${process.getuid?.() ?? 'user'}`),
  ]
}
