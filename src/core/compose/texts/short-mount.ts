import type { Mount } from '../../project/service.ts'
import { cleanPath } from './paths.ts'

export type ShortMount = { readonly ok: true; readonly mount: Mount } | { readonly ok: false; readonly message: string }

type Bind = { propagation?: string; create_host_path?: boolean; selinux?: string }
type Options = { isReadOnly: boolean; bind: Bind | undefined; isNocopy: boolean }

const propagations: ReadonlySet<string> = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'])

/**
 * Reads `[source:]target[:options]`. A source that starts like a path is a bind mount whose host path is made when it is
 * missing; any other one names a volume; none at all is an anonymous volume. A drive letter's colon separates nothing,
 * nor does one inside `${…}`. Options that nobody knows are left out, as in the reference. The source is as it is written.
 */
export const parseShortMount = (text: string): ShortMount => {
  if (text === '') return failure(text, 'it is empty')
  // So short a text is a target whatever it holds, and gets no options.
  if (byteLength(text) <= 2) return { ok: true, mount: { type: 'volume', target: cleanPath(text) } }
  const fields = splitFields(text)
  if (fields === undefined) return failure(text, 'a "${" in it is never closed')
  if (fields.includes('')) return failure(text, 'there is nothing between two colons')
  if (fields.length > 3) return failure(text, 'it has too many colons')
  const [first = '', second, third] = fields
  const source = second === undefined ? undefined : first
  const options = readOptions(third)
  const isBind = source !== undefined && isPathLike(source)
  const bind = isBind ? { ...options.bind, create_host_path: true } : options.bind
  const volume = options.isNocopy ? { nocopy: true } : isBind ? undefined : {}
  return {
    ok: true,
    mount: {
      type: isBind ? 'bind' : 'volume',
      ...(source === undefined ? {} : { source }),
      target: cleanPath(second ?? first),
      ...(options.isReadOnly ? { read_only: true } : {}),
      ...(bind === undefined ? {} : { bind }),
      ...(volume === undefined ? {} : { volume }),
    },
  }
}

const failure = (text: string, why: string): ShortMount => ({
  ok: false,
  message: `The volume "${text}" cannot be read: ${why}.`,
})

const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** At the colons that are neither a drive letter's nor inside `${…}`; undefined when one of those is not closed. */
const splitFields = (text: string): readonly string[] | undefined => {
  const fields: string[] = []
  let field = ''
  let open = 0
  let previous = ''
  for (const char of text) {
    if (char === '{' && previous === '$') open += 1
    else if (char === '}' && open > 0) open -= 1
    if (char === ':' && open === 0 && !isDriveLetter(field)) {
      fields.push(field)
      field = ''
    } else {
      field += char
    }
    previous = char
  }
  fields.push(field)
  return open > 0 ? undefined : fields
}

const isDriveLetter = (text: string): boolean => /^\p{L}$/u.test(text)

const isPathLike = (source: string): boolean => /^(?:[./~]|\\\\|\p{L}:)/u.test(source)

const readOptions = (text: string | undefined): Options => {
  const options: Options = { isReadOnly: false, bind: undefined, isNocopy: false }
  for (const option of text?.split(',') ?? []) {
    if (option === 'ro') options.isReadOnly = true
    else if (option === 'rw') options.isReadOnly = false
    else if (option === 'nocopy') options.isNocopy = true
    else if (propagations.has(option)) options.bind = { ...options.bind, propagation: option }
    else if (option === 'z' || option === 'Z') options.bind = { ...options.bind, selinux: option }
  }
  return options
}
