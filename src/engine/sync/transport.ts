import { isStackError } from '../../core/errors/stack-error.ts'
import type { Hook, WatchAction } from '../../core/project/service.ts'
import type { ContainerRuntime } from '../ports/container-runtime.ts'
import type { HostEntry, HostFiles } from '../ports/host-files.ts'
import { openAgent, type SyncAgent } from './agent.ts'
import { packTar, type PackedEntry } from '../../wire/write-tar.ts'

/** One path of a container as it shall be. */
export type SyncOp = {
  readonly target: string
  /** Absent: it shall be gone. */
  readonly entry?: HostEntry
  /** The rule whose change it is; absent for what is copied before anything changes. */
  readonly rule?: { readonly action: WatchAction; readonly exec?: Hook }
}

/** Brings files into one container. */
export type SyncTransport = {
  /** Opens what the first edit would otherwise have to wait for. */
  warmUp(): void
  send(ops: readonly SyncOp[]): Promise<void>
  close(): void
}

type TransportDeps = {
  readonly runtime: ContainerRuntime
  readonly files: HostFiles
  readonly signal: AbortSignal
  readonly onUnreadable?: (path: string) => void
}

// So much at once goes in one archive: the rest follows in the next, for an archive is made in memory.
const maxArchiveBytes = 32 * 1024 * 1024

/**
 * Through a shell that stays open in the container; where there is none (no shell, or no tar in the image, or the
 * container does not run) through the engine's own archives, and `rm` for what is to go.
 */
export const createTransport = (deps: TransportDeps, container: string): SyncTransport => {
  let agent: Promise<SyncAgent | undefined> | undefined
  const open = (): Promise<SyncAgent | undefined> => {
    agent ??= openAgent(deps, container).then(
      (opened) => {
        // It ends with the container's process: the next one is new.
        void opened.ended.then(() => (agent = undefined))
        return opened
      },
      () => undefined,
    )
    return agent
  }
  const viaAgent = async (ops: readonly SyncOp[]): Promise<boolean> => {
    const opened = await open()
    if (opened === undefined) return false
    try {
      await sendBy(deps, ops, {
        owner: opened.owner,
        put: (entries) => opened.put(packTar(entries)),
        remove: opened.remove,
      })
      return true
    } catch (error) {
      opened.close()
      agent = undefined
      if (deps.signal.aborted) throw error
      return false
    }
  }
  return {
    warmUp: () => void open(),
    send: async (ops) => {
      if ((await viaAgent(ops)) || (await viaAgent(ops))) return
      await sendArchives(deps, container, ops)
    },
    close: () => {
      agent?.then(
        (opened) => opened?.close(),
        () => {},
      )
    },
  }
}

/** Through the engine's own archives, which also a container takes that does not run; `rm` needs one that does. */
export const sendArchives = (deps: TransportDeps, container: string, ops: readonly SyncOp[]): Promise<void> =>
  sendBy(deps, ops, {
    put: (entries) => putEntries(deps, container, entries),
    remove: (paths) => removeByExec(deps, container, paths),
  })

/**
 * A folder that is a link to a folder in the container stays one, and what is in it goes where the link leads; the engine would put
 * a folder in its place. It is asked to refuse that, and only then is looked for the links.
 */
const putEntries = async (
  { runtime, signal }: TransportDeps,
  container: string,
  entries: readonly PackedEntry[],
): Promise<void> => {
  const put = (some: readonly PackedEntry[], keepKinds: boolean): Promise<void> =>
    runtime.putArchive(container, '/', toIterable(packTar(some)), { signal, copyOwner: true, keepKinds })
  const folders = entries.filter(({ kind }) => kind === 'directory')
  if (folders.length === 0) return put(entries, false)
  try {
    await put(entries, true)
  } catch (error) {
    if (signal.aborted || isGone(error)) throw error
    const links = new Set<PackedEntry>()
    for (const folder of folders)
      if (await isFolderLink({ runtime, signal }, container, String(folder.path))) links.add(folder)
    await put(
      entries.filter((entry) => !links.has(entry)),
      false,
    )
  }
}

const goFolder = 2 ** 31

const isFolderLink = async (
  { runtime, signal }: Pick<TransportDeps, 'runtime' | 'signal'>,
  container: string,
  path: string,
): Promise<boolean> => {
  const own = await runtime.statPath(container, path, { signal })
  if (own === undefined || own.linkTarget === '') return false
  const target = await runtime.statPath(container, `${path}/`, { signal })
  return target !== undefined && target.mode >= goFolder
}

type Way = {
  readonly owner?: { readonly uid: number; readonly gid: number }
  put(entries: readonly PackedEntry[]): Promise<void>
  remove(paths: readonly string[]): Promise<void>
}

const sendBy = async (
  { files, onUnreadable }: TransportDeps,
  ops: readonly SyncOp[],
  { owner = { uid: 0, gid: 0 }, put, remove }: Way,
): Promise<void> => {
  const gone = ops.filter((op) => op.entry === undefined).map((op) => op.target)
  if (gone.length > 0) await remove(gone)
  let entries: PackedEntry[] = []
  let size = 0
  for (const { target, entry } of ops) {
    if (entry === undefined) continue
    const content =
      entry.kind === 'file'
        ? await files.read(entry.path).catch((error: unknown) => {
            if ((error as { code?: string }).code === 'EACCES') onUnreadable?.(entry.path)
            return undefined
          })
        : undefined
    // Gone again since it was noticed: the notice of that is on its way.
    if (entry.kind === 'file' && content === undefined) continue
    entries.push({
      path: target,
      kind: entry.kind,
      mode: entry.mode,
      mtimeSeconds: entry.mtimeMs / 1000,
      ...owner,
      ...(content === undefined ? {} : { content }),
      ...(entry.linkTarget === undefined ? {} : { linkTarget: entry.linkTarget }),
    })
    size += content?.length ?? 0
    if (size < maxArchiveBytes) continue
    await put(entries)
    entries = []
    size = 0
  }
  if (entries.length > 0) await put(entries)
}

// A command line holds only so many paths.
const pathsAtOnce = 200

const removeByExec = async (
  { runtime, signal }: TransportDeps,
  container: string,
  paths: readonly string[],
): Promise<void> => {
  for (let index = 0; index < paths.length; index += pathsAtOnce) {
    const session = await runtime.exec(
      container,
      { command: ['rm', '-rf', '--', ...paths.slice(index, index + pathsAtOnce)], user: '0:0' },
      { signal },
    )
    let said = ''
    for await (const chunk of session.output) said += new TextDecoder().decode(chunk.data)
    const exitCode = await session.exitCode({ signal })
    if (exitCode !== 0) throw new Error(said === '' ? `rm ended with code ${exitCode}` : said.trim())
  }
}

/** Whether trying again is of no use: the container is not there any more. */
export const isGone = (error: unknown): boolean => isStackError(error) && error.code === 'engine/not-found'

const toIterable = async function* (data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data
}
