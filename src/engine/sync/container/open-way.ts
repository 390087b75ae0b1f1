import type { ContainerRuntime, ExecSession } from '../../ports/container-runtime.ts'
import { readGreeting } from './greeting.ts'
import type { Owner } from './pack-frame.ts'
import { createPlacedShell } from './shell-place.ts'
import { neededTools, ownerProgram } from './shell-prelude.ts'
import { openShell, ShellEnded, type ShellSession } from './shell-session.ts'
import { createShellWay, type Way } from './shell-way.ts'

export type ContainerFilesDeps = { readonly runtime: ContainerRuntime; readonly signal: AbortSignal }

export type OpenWay = Way & { readonly isOpen: () => boolean; close(): void }

/** Where images keep a shell: the last two are images that have nothing else. */
const shells = [['/bin/sh'], ['sh'], ['busybox', 'sh'], ['/busybox/sh']] as const

/** What the image has no use of a shell for want of. */
export type NoShell = { readonly missing: readonly string[] }

export const openShellWay = async (deps: ContainerFilesDeps, container: string): Promise<OpenWay | NoShell> => {
  for (const shell of shells) {
    const owner = readOwner(deps, { container, shell })
    owner.catch(() => {})
    const session = await openMighty(deps, { container, shell })
    if (session === undefined) continue
    const greeting = readGreeting(session.greeting)
    if (neededTools.some((tool) => greeting.missing.has(tool))) {
      session.close()
      return { missing: [...greeting.missing] }
    }
    const way = createShellWay({
      shell: createPlacedShell(session),
      greeting,
      owner: await owner,
      stageName: `.stack~${container.slice(0, 12)}`,
    })
    return { ...way, isOpen: session.isOpen, close: session.close }
  }
  return { missing: ['shell'] }
}

type Asked = { readonly container: string; readonly shell: readonly string[] }

/** Root without its rights, as with `cap_drop: ALL`, can neither own nor write what is another's: it is asked for with all of them. */
const openMighty = async (deps: ContainerFilesDeps, asked: Asked): Promise<ShellSession | undefined> => {
  const session = await openIfThere(deps, { ...asked, privileged: false })
  if (session === undefined || readGreeting(session.greeting).isMighty) return session
  const mighty = await openIfThere(deps, { ...asked, privileged: true }).catch(() => undefined)
  if (mighty === undefined) return session
  session.close()
  return mighty
}

const openIfThere = async (
  deps: ContainerFilesDeps,
  asked: Asked & { readonly privileged: boolean },
): Promise<ShellSession | undefined> => {
  try {
    return await openShell(deps, asked)
  } catch (error) {
    if (deps.signal.aborted || !isNoShell(error)) throw error
    return undefined
  }
}

/** The engine's words for a program that is not there, whether it says them by itself or in place of the program. */
const isNoShell = (error: unknown): boolean =>
  error instanceof Error &&
  /executable file not found|no such file or directory|not a directory|permission denied|exec format/i.test(
    error instanceof ShellEnded ? error.message : `${error.message} ${JSON.stringify(error)}`,
  )

/** The numeric user and group that the container's process runs as. */
const readOwner = async ({ runtime, signal }: ContainerFilesDeps, { container, shell }: Asked): Promise<Owner> => {
  const session = await runtime.exec(container, { command: [...shell, '-c', ownerProgram] }, { signal })
  const [uid, gid] = (await readAll(session)).split('\n')
  session.close()
  return { uid: toId(uid), gid: toId(gid) }
}

const readAll = async ({ output }: ExecSession): Promise<string> => {
  let text = ''
  const decoder = new TextDecoder()
  for await (const { stream, data } of output) if (stream === 'stdout') text += decoder.decode(data, { stream: true })
  return text
}

const toId = (text: string | undefined): number => (text !== undefined && /^\d+$/.test(text) ? Number(text) : 0)
