import type { BuildProgress } from '../../engine/ports/image-runtime.ts'
import { toSafeText } from '../../wire/safe-text.ts'
import type { BuildTrace, Vertex } from './build-trace.ts'

/** Lines of a failed step's output that go into the error. */
const LAST_LINES = 20

export type BuildFollower = {
  trace(trace: BuildTrace): void
  /** The step that failed, once one has: its name, its error, and the end of what it wrote. */
  failure(): { readonly step: string; readonly error: string; readonly output: string } | undefined
}

type Known = {
  state: 'new' | 'started' | 'ended'
  name: string
  error: string
  tail: string[]
  partial: string
  decoder: InstanceType<typeof TextDecoder>
}

/** Turns BuildKit's reports, which repeat themselves, into each step's beginning, end and output, each said once. */
// oxlint-disable-next-line max-lines-per-function -- what one build has shown so far, in one closure
export const createBuildFollower = (onProgress: (progress: BuildProgress) => void): BuildFollower => {
  const steps = new Map<string, Known>()
  const knownOf = (digest: string): Known => {
    const known = steps.get(digest) ?? {
      state: 'new',
      name: '',
      error: '',
      tail: [],
      partial: '',
      decoder: new TextDecoder(),
    }
    steps.set(digest, known)
    return known
  }

  const see = (vertex: Vertex): void => {
    const known = knownOf(vertex.digest)
    known.name = vertex.name
    const step = { kind: 'step', id: vertex.digest, name: vertex.name } as const
    if (vertex.startedAt !== undefined && known.state === 'new') {
      known.state = 'started'
      if (!vertex.cached) onProgress({ ...step, state: 'started' })
    }
    if (vertex.completedAt === undefined || known.state === 'ended') return
    known.state = 'ended'
    flush(vertex.digest, known)
    const ms = vertex.startedAt === undefined ? {} : { ms: Math.round(vertex.completedAt - vertex.startedAt) }
    if (vertex.error !== '') {
      known.error = vertex.error
      onProgress({ ...step, state: 'failed', error: vertex.error, ...ms })
    } else onProgress({ ...step, state: vertex.cached ? 'cached' : 'done', ...(vertex.cached ? {} : ms) })
  }

  const say = (id: string, known: Known, line: string): void => {
    const text = toSafeText(line, false)
    known.tail = [...known.tail, text].slice(-LAST_LINES)
    onProgress({ kind: 'log', id, text })
  }
  const write = (id: string, bytes: Uint8Array): void => {
    const known = knownOf(id)
    const lines = (known.partial + known.decoder.decode(bytes, { stream: true })).split('\n')
    known.partial = lines.pop() ?? ''
    for (const line of lines) say(id, known, line)
  }
  const flush = (id: string, known: Known): void => {
    if (known.partial !== '') say(id, known, known.partial)
    known.partial = ''
  }

  return {
    trace({ vertexes, statuses, logs, warnings }) {
      for (const vertex of vertexes) see(vertex)
      for (const { vertex, text } of logs) write(vertex, text)
      for (const { id, vertex, current, total } of statuses)
        onProgress({ kind: 'transfer', id, step: vertex, current, ...(total > 0 ? { total } : {}) })
      for (const { vertex, text } of warnings) onProgress({ kind: 'log', id: vertex, text: `warning: ${text}` })
    },
    failure() {
      const failed = [...steps.values()].find(({ error }) => error !== '' && !error.includes('context canceled'))
      return failed === undefined
        ? undefined
        : { step: failed.name, error: failed.error, output: failed.tail.join('\n') }
    },
  }
}
