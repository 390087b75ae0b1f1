import type { Clock } from '../../ports/clock.ts'
import type { ContainerRuntime, ExecSession } from '../../ports/container-runtime.ts'
import { createArchiveWay } from './archive-way.ts'
import { readGreeting } from './greeting.ts'
import { readImageOwner } from './image-owner.ts'
import type { Owner } from './pack-frame.ts'
import { isNoShell, openMighty, shells } from './find-shell.ts'
import { interrupt } from './interruptions.ts'
import { createPlacedShell } from './shell-place.ts'
import { quote } from './quote.ts'
import { neededTools, ownerProgram, settingsScript } from './shell-prelude.ts'
import { endLine, openShell, type ShellSession, type ShellSpec } from './shell-session.ts'
import { createShellWay, type Way } from './shell-way.ts'

export type ContainerFilesDeps = {
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly signal: AbortSignal
}

export type OpenWay = Way & { readonly isOpen: () => boolean; close(): void }

/** What the image has no use of a shell for want of. */
export type NoShell = { readonly missing: readonly string[] }

export const openShellWay = async (deps: ContainerFilesDeps, container: string): Promise<OpenWay | NoShell> => {
  for (const shell of shells) {
    const asked = { container, shell }
    const owner = readOwner(deps, asked)
    owner.catch(() => {})
    const session = await openBest(deps, asked)
    if (session === undefined) continue
    const greeting = readGreeting(session.greeting)
    if (neededTools.every((tool) => !greeting.missing.has(tool)))
      return prepareWay(deps, { asked, session, owner: await owner })
    session.close()
    return { missing: [...greeting.missing] }
  }
  return { missing: ['shell'] }
}

type Opened = { readonly asked: Asked; readonly session: ShellSession; readonly owner: Owner }

const prepareWay = async (deps: ContainerFilesDeps, { asked, session, owner }: Opened): Promise<OpenWay> => {
  const { container } = asked
  const stageName = `.stack~${container.slice(0, 12)}`
  const stage = `/${stageName}`
  const settings = settingsScript({ owner: `${owner.uid}:${owner.gid}`, end: endLine(container), stage })
  await session.ask(settings)
  const shell = createPlacedShell(session, async () => {
    const next = await openBest(deps, asked)
    if (next === undefined) throw interrupt('ShellEnded', 'the shell in the container is gone')
    await next.ask(settings)
    return next
  })
  const greeting = readGreeting(session.greeting)
  const tidyLater = createTidying(deps, () => shell.ask(`rm -rf ${quote(stage)}`))
  const way = createShellWay({ shell, greeting, owner, stageName, tidyLater, now: deps.clock.now })
  const { runtime, signal } = deps
  const missing = greeting.missing.has('tar') ? ['tar'] : []
  const mixed =
    missing.length > 0 || !greeting.isMighty
      ? mixWays(way, createArchiveWay({ runtime, signal, container }, { isRunning: true, missing }))
      : way
  return { ...mixed, isOpen: shell.isOpen, close: shell.close }
}

/** Without a tar, or the rights, the engine's archives put; the shell does the rest. */
const mixWays = (shell: Way, archives: Way): Way => ({
  ...shell,
  apply: async ({ root, remove, put }) => [
    ...(await shell.apply({ root, remove, put: [] })),
    ...(await archives.apply({ root, remove: [], put })),
  ],
  limits: async (roots) => {
    const [own, put] = [await shell.limits(roots), await archives.limits(roots)]
    if (own === undefined || put === undefined) return put
    return { ...put, keepsDeleted: false, places: new Map([...own.places, ...put.places]) }
  },
})

/** So long after the last use, the folder for unpacking goes: a process for each save would be the third of its time. */
const tidyAfterMs = 1000

const createTidying = ({ clock, signal }: ContainerFilesDeps, tidy: () => Promise<unknown>): (() => void) => {
  let uses = 0
  const wait = async (): Promise<void> => {
    for (;;) {
      const own = uses
      await clock.sleep(tidyAfterMs, { signal })
      if (own !== uses) continue
      await tidy()
      // What was unpacked behind it has made the folder again.
      if (own === uses) return
    }
  }
  let isWaiting = false
  return () => {
    uses += 1
    if (isWaiting) return
    isWaiting = true
    // A shell that has ended has tidied up itself.
    wait().then(
      () => (isWaiting = false),
      () => (isWaiting = false),
    )
  }
}

type Asked = { readonly container: string; readonly shell: readonly string[] }

const openBest = (deps: ContainerFilesDeps, asked: Asked): Promise<ShellSession | undefined> =>
  openMighty(
    (as) => openIfThere(deps, { ...asked, as }),
    ({ greeting }) => readGreeting(greeting).isMighty,
  )

const openIfThere = async (
  deps: ContainerFilesDeps,
  asked: Asked & Pick<ShellSpec, 'as'>,
): Promise<ShellSession | undefined> => {
  try {
    return await openShell(deps, asked)
  } catch (error) {
    if (deps.signal.aborted || !isNoShell(error)) throw error
    return undefined
  }
}

/** The numeric user and group that the container's process runs as: asked of a shell of its own, which it may not be let to run. */
const readOwner = async (deps: ContainerFilesDeps, { container, shell }: Asked): Promise<Owner> => {
  const { runtime, signal } = deps
  const session = await runtime.exec(container, { command: [...shell, '-c', ownerProgram] }, { signal })
  const [uid = '', gid = ''] = (await readAll(session)).split('\n')
  session.close()
  if (/^\d+$/.test(uid) && /^\d+$/.test(gid)) return { uid: Number(uid), gid: Number(gid) }
  const details = await runtime.inspectContainer(container, { signal })
  return readImageOwner({ runtime, signal, container }, details?.user ?? '')
}

const readAll = async ({ output }: ExecSession): Promise<string> => {
  let text = ''
  const decoder = new TextDecoder()
  for await (const { stream, data } of output) if (stream === 'stdout') text += decoder.decode(data, { stream: true })
  return text
}
