import type { Answer } from './shell-session.ts'

/** What a shell says of the container when it begins. */
export type Greeting = {
  /** Tools that are not there. */
  readonly missing: ReadonlySet<string>
  /** Whether it may write, own and set what it likes, as root usually may. */
  readonly isMighty: boolean
  /** Where something is mounted, the deepest first. */
  readonly mounts: readonly string[]
}

// CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID
const needed = 0b1_1011n

export const readGreeting = ({ said }: Answer): Greeting => {
  const tell = (sign: string): readonly string[] =>
    said.filter((text) => text.startsWith(sign)).map((text) => text.slice(sign.length))
  const capabilities = tell('c')[0] ?? ''
  return {
    missing: new Set(tell('?')),
    isMighty: !/^[0-9a-f]+$/i.test(capabilities) || (BigInt(`0x${capabilities}`) & needed) === needed,
    mounts: tell('o')
      .map(unescapeOctal)
      .toSorted((a, b) => b.length - a.length),
  }
}

/** The kernel writes spaces, tabs, newlines and backslashes in octal. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The mount that a path is on. */
export const mountOf = (mounts: readonly string[], path: string): string =>
  mounts.find((mount) => path === mount || path.startsWith(mount.endsWith('/') ? mount : `${mount}/`)) ?? '/'
