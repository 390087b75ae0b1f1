import { homedir } from 'node:os'
import type { Environment } from '../engine/ports/environment.ts'

/** The user's own folder: `$HOME`, else what the system knows; `/` for a user whom it does not know. Always absolute. */
export const toHomeFolder = ({ HOME }: Environment): string => {
  if (HOME?.startsWith('/') === true) return HOME
  try {
    const known = homedir()
    return known.startsWith('/') ? known : '/'
  } catch {
    return '/' // a user without an entry, as in many containers
  }
}
