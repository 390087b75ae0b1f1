import { findMount, type Mount, readMount } from '../../../wire/mounts.ts'
import type { Answer } from './shell-session.ts'

/** What a shell says of the container when it begins. */
export type Greeting = {
  /** Tools that are not there. */
  readonly missing: ReadonlySet<string>
  /** Whether it may write, own and set what it likes, as root usually may. */
  readonly isMighty: boolean
  /** What is mounted where. */
  readonly mounts: readonly Mount[]
}

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
    mounts: tell('o').flatMap((text) => readMount(text) ?? []),
  }
}

/** The mount that a path is on. */
export const mountOf = (mounts: readonly Mount[], path: string): Mount => findMount(mounts, path) ?? root

const root: Mount = { path: '/', type: '', isReadOnly: false, isInMemory: false }
