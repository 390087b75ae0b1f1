import { fromNameBytes, toNameBytes } from '../../../wire/byte-names.ts'
import { joinBytes } from '../../../wire/join-bytes.ts'
import type { ContainerRuntime, ExecSession } from '../../ports/container-runtime.ts'
import { type ShellUser, toExecUser } from './find-shell.ts'
import { interrupt } from './interruptions.ts'
import { shellProgram } from './shell-prelude.ts'

/** What the shell said to one request. */
export type Answer = {
  /** False when one of the tools that it was told to run failed. */
  readonly ok: boolean
  /** What it answers by itself, byte for byte (`wire/byte-names`). */
  readonly said: readonly string[]
  /** What the tools wrote, byte for byte. */
  readonly words: string
}

/** Bytes that follow a request, as many as `size` says. */
export type Body = {
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** The request may end without a use for them. */
  readonly isOptional?: boolean
}

export type ShellSession = {
  /** What it said of itself when it began. */
  readonly greeting: Answer
  /** One at a time. `script` may hold names with bytes (`wire/byte-names`) and no null byte. */
  ask(script: string, body?: Body): Promise<Answer>
  readonly isOpen: () => boolean
  close(): void
}

/**
 * A shell reads a line byte by byte, a microsecond or two for each: what is longer is read by `head`, which is a process.
 * `head` of busybox reads more than it is told to when more is there: what follows is sent when the shell asks for it.
 */
const longestLine = 600

const encoder = new TextEncoder()

type Deps = { readonly runtime: Pick<ContainerRuntime, 'exec'>; readonly signal: AbortSignal }

export type ShellSpec = {
  readonly container: string
  readonly shell: readonly string[]
  readonly as: ShellUser
}

/** What ends the bytes of an archive that could not be unpacked. */
export const endLine = (container: string): string => `@${container}`

/**
 * Opens a shell that stays in the container.
 * @throws an interruption by `ShellEnded` with what it said where there is none
 */
export const openShell = async (
  { runtime, signal }: Deps,
  { container, shell, as }: ShellSpec,
): Promise<ShellSession> => {
  const spec = { command: [...shell, '-c', shellProgram], stdin: true, ...toExecUser(as) }
  const session = await runtime.exec(container, spec, { signal })
  const reader = createAnswerReader(session)
  const greeting = await reader.expect().answer
  const close = (): void => {
    session.close()
    reader.fail(interrupt('ShellEnded', 'the shell in the container was closed'))
  }
  let last: Promise<unknown> = Promise.resolve()
  const ask: ShellSession['ask'] = (script, body) => {
    const answer = last.then(() => request({ session, reader, close, end: endLine(container) }, script, body))
    last = answer.catch(() => {})
    return answer
  }
  return { greeting, ask, isOpen: reader.isOpen, close }
}

type Line = {
  readonly session: ExecSession
  readonly reader: AnswerReader
  readonly close: () => void
  readonly end: string
}

const request = async ({ session, reader, close, end }: Line, script: string, body?: Body): Promise<Answer> => {
  const bytes = toNameBytes(script)
  const isLong = bytes.length > longestLine || bytes.includes(0x0a)
  const { answer, asked, left } = reader.expect()
  try {
    if (isLong) await send(session, [encoder.encode(`eval "$(head -c ${bytes.length})"\n`), bytes])
    else await send(session, [bytes, encoder.encode('\n')])
    if (body !== undefined && ((!isLong && body.isOptional !== true) || (await asked))) {
      await send(session, body.chunks)
      void left.then(() => session.write(encoder.encode(`\n${end}\n`)))
    }
  } catch (error) {
    // The shell waits for bytes that will not come.
    close()
    throw error
  }
  return answer
}

const send = async (session: ExecSession, chunks: Body['chunks']): Promise<void> => {
  for await (const chunk of chunks) if (!session.write(chunk)) await session.drained()
}

type Expected = {
  readonly answer: Promise<Answer>
  /** Whether the shell asks for the body: false when the answer came without. */
  readonly asked: Promise<boolean>
  /** Resolves when the shell has stopped unpacking in the middle and waits for the end of the body. */
  readonly left: Promise<void>
}

type AnswerReader = { expect(): Expected; isOpen(): boolean; fail(error: Error): void }

const createWaiting = () => ({
  answer: Promise.withResolvers<Answer>(),
  asked: Promise.withResolvers<boolean>(),
  left: Promise.withResolvers<void>(),
})

const createAnswerReader = (session: ExecSession): AnswerReader => {
  let waiting = createWaiting()
  let failure: Error | undefined
  let said: string[] = []
  let words = ''
  const splitter = createSplitter((text, isSaid) => {
    if (!isSaid) words += text
    else if (text === '>') waiting.asked.resolve(true)
    else if (text === '<') waiting.left.resolve()
    else if (!text.startsWith('=')) said.push(text)
    else {
      waiting.asked.resolve(false)
      waiting.answer.resolve({ ok: text === '=0', said, words })
      said = []
      words = ''
    }
  })
  const fail = (error: Error): void => {
    failure ??= error
    waiting.answer.reject(failure)
    waiting.asked.resolve(false)
  }
  const read = async (): Promise<void> => {
    try {
      for await (const { data } of session.output) splitter.write(data)
      fail(interrupt('ShellEnded', words || splitter.rest() || 'the shell in the container ended'))
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  }
  void read()
  return {
    expect: () => {
      waiting = createWaiting()
      // Who asked may still be sending.
      waiting.answer.promise.catch(() => {})
      if (failure !== undefined) fail(failure)
      return { answer: waiting.answer.promise, asked: waiting.asked.promise, left: waiting.left.promise }
    },
    isOpen: () => failure === undefined,
    fail,
  }
}

/** Cuts at null bytes: in turn what is outside of them and what is between them. */
const createSplitter = (
  onPiece: (text: string, isSaid: boolean) => void,
): { write(data: Uint8Array): void; rest(): string } => {
  let parts: Uint8Array[] = []
  let isSaid = false
  const take = (): string => {
    const text = fromNameBytes(joinBytes(parts))
    parts = []
    return text
  }
  return {
    write: (data) => {
      let start = 0
      for (let end = data.indexOf(0); end !== -1; end = data.indexOf(0, start)) {
        parts.push(data.subarray(start, end))
        onPiece(take(), isSaid)
        isSaid = !isSaid
        start = end + 1
      }
      if (start < data.length) parts.push(data.slice(start))
    },
    rest: take,
  }
}
