import type { Answer } from './shell-session.ts'

/** What a shell says of the container when it begins. */
export type Greeting = {
  /** Tools that are not there. */
  readonly missing: ReadonlySet<string>
  /** Whether it may write, own and set what it likes, as root usually may. */
  readonly isMighty: boolean
  /** What is mounted where, the deepest first. */
  readonly mounts: readonly Mount[]
}

export type Mount = { readonly path: string; readonly isReadOnly: boolean; readonly isInMemory: boolean }

// CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID
const needed = 0b1_1011n

/** Whether capabilities, in hexadecimal as the kernel tells them, are all that is needed; what it does not tell is taken for all. */
export const isMighty = (capabilities: string): boolean =>
  !/^[0-9a-f]+$/i.test(capabilities) || (BigInt(`0x${capabilities}`) & needed) === needed

export const readGreeting = ({ said }: Answer): Greeting => {
  const tell = (sign: string): readonly string[] =>
    said.filter((text) => text.startsWith(sign)).map((text) => text.slice(sign.length))
  const capabilities = tell('c')[0] ?? ''
  return {
    missing: new Set(tell('?')),
    isMighty: isMighty(capabilities),
    // Of two at one place the later one is to be seen.
    mounts: tell('o')
      .map(readMount)
      .toReversed()
      .toSorted((a, b) => b.path.length - a.path.length),
  }
}

/** `/app rw,relatime - tmpfs tmpfs rw`: from `/proc/self/mountinfo`, what a mount is begins after a dash. */
const readMount = (text: string): Mount => {
  const [path = '', options = ''] = text.split(' ', 2)
  const [type = '', , ofAll = ''] = (text.split(' - ')[1] ?? '').split(' ')
  const isReadOnly = [options, ofAll].some((some) => some.split(',').includes('ro'))
  return { path: unescapeOctal(path), isReadOnly, isInMemory: type === 'tmpfs' || type === 'ramfs' }
}

/** The kernel writes spaces, tabs, newlines and backslashes in octal. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The mount that a path is on. */
export const mountOf = (mounts: readonly Mount[], path: string): Mount =>
  mounts.find((mount) => isAtOrIn(mount.path, path)) ?? { path: '/', isReadOnly: false, isInMemory: false }

const isAtOrIn = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
