import type { Buffer } from 'node:buffer'
import { readFields, readString } from './session/protobuf.ts'

/** One step of a build, as BuildKit reports it again and again until it has ended. Times in milliseconds since the epoch. */
export type Vertex = {
  readonly digest: string
  readonly name: string
  readonly cached: boolean
  readonly startedAt?: number
  readonly completedAt?: number
  readonly error: string
}
export type VertexStatus = {
  readonly id: string
  readonly vertex: string
  readonly name: string
  readonly current: number
  readonly total: number
  readonly isDone: boolean
}
export type VertexLog = { readonly vertex: string; readonly text: Buffer }
export type VertexWarning = { readonly vertex: string; readonly text: string; readonly url: string }
export type BuildTrace = {
  readonly vertexes: readonly Vertex[]
  readonly statuses: readonly VertexStatus[]
  readonly logs: readonly VertexLog[]
  readonly warnings: readonly VertexWarning[]
}

/** `moby.buildkit.v1.StatusResponse` (moby/buildkit api/services/control/control.proto). */
export const readBuildTrace = (message: Buffer): BuildTrace => {
  const vertexes: Vertex[] = []
  const statuses: VertexStatus[] = []
  const logs: VertexLog[] = []
  const warnings: VertexWarning[] = []
  for (const { number, bytes } of readFields(message)) {
    if (number === 1) vertexes.push(readVertex(bytes))
    else if (number === 2) statuses.push(readStatus(bytes))
    else if (number === 3) logs.push(readLog(bytes))
    else if (number === 4)
      warnings.push({ vertex: readString(bytes, 1), text: readString(bytes, 3), url: readString(bytes, 5) })
  }
  return { vertexes, statuses, logs, warnings }
}

const readVertex = (message: Buffer): Vertex => {
  const vertex: { -readonly [K in keyof Vertex]: Vertex[K] } = { digest: '', name: '', cached: false, error: '' }
  for (const { number, value, bytes } of readFields(message)) {
    if (number === 1) vertex.digest = bytes.toString()
    else if (number === 3) vertex.name = bytes.toString()
    else if (number === 4) vertex.cached = value !== 0
    else if (number === 5) vertex.startedAt = readTimestamp(bytes)
    else if (number === 6) vertex.completedAt = readTimestamp(bytes)
    else if (number === 7) vertex.error = bytes.toString()
  }
  return vertex
}

const readStatus = (message: Buffer): VertexStatus => {
  const status: { -readonly [K in keyof VertexStatus]: VertexStatus[K] } = {
    id: '',
    vertex: '',
    name: '',
    current: 0,
    total: 0,
    isDone: false,
  }
  for (const { number, value, bytes } of readFields(message)) {
    if (number === 1) status.id = bytes.toString()
    else if (number === 2) status.vertex = bytes.toString()
    else if (number === 3) status.name = bytes.toString()
    else if (number === 4) status.current = value
    else if (number === 5) status.total = value
    else if (number === 8) status.isDone = true
  }
  return status
}

const readLog = (message: Buffer): VertexLog => {
  let vertex = ''
  let text = message.subarray(0, 0)
  for (const { number, bytes } of readFields(message)) {
    if (number === 1) vertex = bytes.toString()
    else if (number === 4) text = bytes
  }
  return { vertex, text }
}

const readTimestamp = (message: Buffer): number => {
  let ms = 0
  for (const { number, value } of readFields(message))
    ms += number === 1 ? value * 1000 : number === 2 ? value / 1e6 : 0
  return ms
}
