import type { InteractiveStream } from '../../engine/ports/container-runtime.ts'
import type { CliContext } from '../context.ts'
import { writeOut } from './write-out.ts'

export type JoinOptions = {
  /** The other side has a terminal: keys go there one by one, and its size follows ours. */
  readonly tty: boolean
  /** Whether standard input is passed on. */
  readonly input: boolean
  /** Bytes that end the connection and leave the process running. */
  readonly detachKeys?: readonly number[]
  readonly resize?: (size: { readonly columns: number; readonly rows: number }) => Promise<void>
}

/**
 * Joins our standard streams to a process in a container until its output ends. The terminal is put back whatever happens.
 * @returns whether the user left with the detach keys
 */
export const joinTerminal = async (
  context: CliContext,
  stream: InteractiveStream,
  options: JoinOptions,
): Promise<{ readonly detached: boolean }> => {
  const { signal } = context
  let detached = false
  const detach = (): void => {
    detached = true
    stream.close()
  }
  const cleanUps = [startInput(context, stream, { ...options, detach }), startResize(options)]
  const stop = (): void => stream.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stream.output) await writeOut(process[chunk.stream], chunk.data, { signal })
  } catch (error) {
    if (!detached && !signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    for (const cleanUp of cleanUps) cleanUp()
  }
  return { detached }
}

const startInput = (
  { signals }: CliContext,
  stream: InteractiveStream,
  { tty, input, detachKeys, detach }: JoinOptions & { readonly detach: () => void },
): (() => void) => {
  if (!input) return () => undefined
  const { stdin } = process
  const isRaw = tty && stdin.isTTY
  const keys = createDetachKeys(detachKeys ?? [])
  const onData = (data: Buffer): void => {
    if (isRaw && keys(data)) detach()
    else if (!stream.write(data)) holdInput(stdin, stream)
  }
  const onEnd = (): void => stream.endInput()
  const restore = (): void => {
    if (isRaw) stdin.setRawMode(false)
  }
  if (isRaw) stdin.setRawMode(true)
  const forget = signals.beforeForcedExit(restore)
  stdin.on('data', onData).on('end', onEnd).on('error', onEnd)
  return () => {
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd)
    restore()
    forget()
    stdin.pause()
    // A pipe that nobody closes must not keep us.
    if ('unref' in stdin) stdin.unref()
  }
}

/** A process that reads slowly makes whoever writes to us slow: nothing is gathered here. */
const holdInput = (stdin: NodeJS.ReadStream, stream: InteractiveStream): void => {
  stdin.pause()
  void stream.drained().then(() => stdin.resume())
}

const startResize = ({ tty, resize }: JoinOptions): (() => void) => {
  const { stdout } = process
  if (!tty || resize === undefined || !stdout.isTTY) return () => undefined
  const tell = (): void => {
    resize({ columns: stdout.columns, rows: stdout.rows }).catch(() => undefined) // it may have just ended
  }
  tell()
  stdout.on('resize', tell)
  return () => stdout.off('resize', tell)
}

/** Sees the sequence of keys, also when it arrives in several pieces. */
const createDetachKeys = (keys: readonly number[]): ((data: Uint8Array) => boolean) => {
  let matched = 0
  return (data) => {
    for (const byte of data) {
      matched = byte === keys[matched] ? matched + 1 : byte === keys[0] ? 1 : 0
      if (keys.length > 0 && matched === keys.length) return true
    }
    return false
  }
}

/** `ctrl-p,ctrl-q` as bytes; `undefined` when it is no such list. */
export const parseDetachKeys = (text: string): readonly number[] | undefined => {
  const bytes = text.split(',').map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1]
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 64
    return key.length === 1 ? key.charCodeAt(0) : -1
  })
  return bytes.includes(-1) ? undefined : bytes
}
