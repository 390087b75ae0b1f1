import { readTar } from '../../../wire/read-tar.ts'
import { kindOf, type EngineAccess } from './archive-place.ts'
import type { Owner } from './pack-frame.ts'

/** The user and group of a container's process, from the `USER` of its image: names are looked up in its own files. */
export const readImageOwner = async (access: EngineAccess, user: string): Promise<Owner> => {
  const [name = '', group] = user.split(':')
  if (isNumber(name || '0') && (group === undefined ? name === '' || name === '0' : isNumber(group)))
    return { uid: Number(name || '0'), gid: Number(group ?? '0') }
  const users = parseLines(await readText(access, '/etc/passwd'))
  const found = users.find((fields) => fields[isNumber(name) ? 2 : 0] === name)
  const uid = isNumber(name) ? name : found?.[2]
  if (group === undefined) return { uid: toId(uid), gid: toId(found?.[3]) }
  if (isNumber(group)) return { uid: toId(uid), gid: Number(group) }
  const groups = parseLines(await readText(access, '/etc/group'))
  return { uid: toId(uid), gid: toId(groups.find((fields) => fields[0] === group)?.[2]) }
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

const toId = (text: string | undefined): number => (text !== undefined && isNumber(text) ? Number(text) : 0)

const parseLines = (text: string): readonly (readonly string[])[] => text.split('\n').map((line) => line.split(':'))

const readText = async (access: EngineAccess, path: string): Promise<string> => {
  if ((await kindOf(access, path)) === 'none') return ''
  const { runtime, signal, container } = access
  let text = ''
  for await (const { data } of readTar((await runtime.getArchive(container, path, { signal })).tar, path)) {
    const decoder = new TextDecoder()
    for await (const chunk of data) text += decoder.decode(chunk, { stream: true })
    break
  }
  return text
}
