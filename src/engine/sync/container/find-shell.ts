import type { ExecSpec } from '../../ports/container-runtime.ts'
import { isInterrupted } from './interruptions.ts'

/** Where images keep a shell: the last two are images that have nothing else. */
export const shells = [['/bin/sh'], ['sh'], ['busybox', 'sh'], ['/busybox/sh']] as const

/** As root, as root with every right, or as the user of the container's own process. */
export type ShellUser = 'root' | 'mighty' | 'own'

export const toExecUser = (as: ShellUser): Pick<ExecSpec, 'user' | 'privileged'> => ({
  privileged: as === 'mighty',
  ...(as === 'own' ? {} : { user: '0:0' }),
})

/** The engine's words for a program that is not there, whether it says them by itself or in place of the program. */
export const isNoShell = (error: unknown): boolean =>
  error instanceof Error &&
  /executable file not found|no such file or directory|not a directory|permission denied|exec format/i.test(
    isInterrupted(error, 'ShellEnded') ? error.message : `${error.message} ${JSON.stringify(error)}`,
  )

/**
 * Root without its rights, as with `cap_drop: ALL`, can neither own nor write what is another's: it is asked for with all of them.
 * Engine 20.10 gives them to nobody where the container may gain none: then the container's own user can at least change what is
 * its own.
 */
export const openMighty = async <S extends { close(): void }>(
  open: (as: ShellUser) => Promise<S | undefined>,
  isMighty: (session: S) => boolean,
): Promise<S | undefined> => {
  const session = await open('root')
  if (session === undefined || isMighty(session)) return session
  const mighty = await open('mighty').catch(() => undefined)
  session.close()
  if (mighty !== undefined && isMighty(mighty)) return mighty
  mighty?.close()
  return open('own')
}
