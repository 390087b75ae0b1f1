import { fromNameBytes } from '../../../wire/byte-names.ts'
import type { Put } from '../container-files.ts'
import { placeScript, type PutPlan } from './frame-script.ts'
import { mountOf } from './greeting.ts'
import { folderOf, joinPath, quote } from './quote.ts'
import type { Work } from './shell-tools.ts'

/** So much is on a disk whole or not at all. */
const mostBytes = 4096
/** A file that was saved so short ago may have the time at which it arrives. */
const freshMs = 2000
const executable = 0o7111

/**
 * What writes one small text in place with a single process: the shell itself writes, and `mv` puts it there. Unpacking takes
 * three, and twice as long. Undefined for what only an archive brings as it is: other owners, programs, old times, bytes
 * that a shell cannot hold.
 */
export const quickPut = (
  { place, greeting, owner, stageName, now }: Work,
  { plan, puts }: { readonly plan: PutPlan; readonly puts: readonly Put[] },
): { readonly before: string; readonly script: string } | undefined => {
  const [put, ...others] = puts
  if (put?.content === undefined || others.length > 0 || put.entry.kind !== 'file') return undefined
  const { content, entry, path } = put
  if (content.length === 0 || content.length > mostBytes || content.includes(0)) return undefined
  if (owner.uid !== 0 || owner.gid !== 0 || (entry.mode & executable) !== 0 || greeting.missing.has('mv'))
    return undefined
  const age = now() - entry.mtimeMs
  if (age < -freshMs || age > freshMs) return undefined
  const mount = mountOf(greeting.mounts, joinPath(place, folderOf(path)))
  const written = joinPath(mount.path, `${stageName}.new`)
  const umask = (0o666 & ~entry.mode).toString(8).padStart(3, '0')
  return {
    before: `u=${quote(`[ ! -e ${quote(written)} ]||rm -f ${quote(written)}`)};n ${quote(written)} ${umask} ${toFormat(content)}`,
    script: placeScript(plan, written),
  }
}

/** A text as the format of `printf`, in one line. A dash in front would be an option. */
const toFormat = (content: Uint8Array): string =>
  quote(
    fromNameBytes(content)
      .replaceAll('\\', '\\\\')
      .replaceAll('%', '%%')
      .replaceAll('\n', '\\n')
      .replace(/^-/, '\\055'),
  )
