import type { ContainerRuntime, ExecSession } from '../ports/container-runtime.ts'
import { createLineReader } from '../line-reader.ts'

/** A shell that stays in the container and takes archives and lists of paths: an edit costs no new process of the engine. */
export type SyncAgent = {
  /** Unpacks a tar archive at the root. */
  put(tar: Uint8Array): Promise<void>
  remove(paths: readonly string[]): Promise<void>
  /** The numeric user and group that the container's process runs as. */
  readonly owner: { readonly uid: number; readonly gid: number }
  /** Resolves when the shell is gone. */
  readonly ended: Promise<void>
  close(): void
}

/**
 * One frame at a time: `head` of busybox reads more than it is told to when more is there, so the next frame is sent only
 * after the answer. What is left of a frame after an error is thrown away, so that the next one is read from its begin.
 *
 * A folder that is a link to a folder there stays one: busybox lets it, GNU tar does when it is told to.
 */
const script = `
while read -r op size; do
  case "$op" in
    P) head -c "$size" | { tar $keep -xf - -C /; code=$?; cat >/dev/null; exit $code; } ;;
    D) head -c "$size" | xargs -0 rm -rf -- ;;
    *) false ;;
  esac
  echo "@$?"
done`

const askTar = 'keep=--keep-directory-symlink; tar $keep -cf /dev/null /dev/null 2>/dev/null || keep='

type AgentDeps = { readonly runtime: Pick<ContainerRuntime, 'exec'>; readonly signal: AbortSignal }

/** Rejects where the image has no shell, or none of the tools. */
export const openAgent = async ({ runtime, signal }: AgentDeps, container: string): Promise<SyncAgent> => {
  const owner = await readOwner({ runtime, signal }, container)
  const session = await runtime.exec(
    container,
    {
      command: [
        '/bin/sh',
        '-c',
        `for tool in tar head xargs rm; do command -v $tool >/dev/null || exit 127; done; ${askTar}; echo @0${script}`,
      ],
      stdin: true,
      user: '0:0',
    },
    { signal },
  )
  const answers = createAnswers(session)
  await answers.next()
  const ask = async (op: 'P' | 'D', body: Uint8Array): Promise<void> => {
    const answer = answers.next()
    session.write(new TextEncoder().encode(`${op} ${body.length}\n`))
    session.write(body)
    await answer
  }
  return {
    owner,
    ended: answers.ended,
    put: (tar) => ask('P', tar),
    remove: (paths) => ask('D', new TextEncoder().encode(paths.map((path) => `${path}\0`).join(''))),
    close: () => session.close(),
  }
}

/** The answers of the shell, one for each frame; what it says on stderr explains a bad one. */
const createAnswers = (session: ExecSession): { next(): Promise<void>; readonly ended: Promise<void> } => {
  let waiting: PromiseWithResolvers<void> | undefined
  let failure: Error | undefined
  let said: string[] = []
  const onLine = (line: string): void => {
    if (!line.startsWith('@')) {
      said.push(line)
      return
    }
    const code = Number(line.slice(1))
    const words = said.join('\n')
    said = []
    if (code === 0) waiting?.resolve()
    else waiting?.reject(new Error(words === '' ? `exit code ${code}` : words))
  }
  const out = createLineReader((lines) => lines.forEach(onLine))
  const err = createLineReader((lines) => said.push(...lines))
  const read = async (): Promise<void> => {
    try {
      for await (const chunk of session.output) (chunk.stream === 'stdout' ? out : err).write(chunk.data)
      failure = new Error(said.length === 0 ? 'the shell in the container ended' : said.join('\n'))
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
    }
    waiting?.reject(failure)
  }
  return {
    ended: read(),
    next: () => {
      waiting = Promise.withResolvers<void>()
      waiting.promise.catch(() => {})
      if (failure !== undefined) waiting.reject(failure)
      return waiting.promise
    },
  }
}

const readOwner = async (
  { runtime, signal }: AgentDeps,
  container: string,
): Promise<{ readonly uid: number; readonly gid: number }> => {
  const session = await runtime.exec(container, { command: ['/bin/sh', '-c', 'id -u; id -g'] }, { signal })
  const lines: string[] = []
  const reader = createLineReader((found) => lines.push(...found))
  for await (const chunk of session.output) if (chunk.stream === 'stdout') reader.write(chunk.data)
  reader.end()
  session.close()
  return { uid: toId(lines[0]), gid: toId(lines[1]) }
}

const toId = (text: string | undefined): number => (text !== undefined && /^\d+$/.test(text) ? Number(text) : 0)
