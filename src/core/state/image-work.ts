import type { Problem } from '../errors/problem.ts'
import type { EventBody, PartState, StackEvent } from '../events/event.ts'

/** The last build or pull of an image, with its steps or layers in the order in which they began. */
export type ImageWork = {
  /** Of the step of a plan that it is. */
  readonly id: string
  readonly kind: 'build' | 'pull'
  readonly image: string
  readonly service?: string
  readonly startedAt: number
  /** Absent while it goes on. */
  readonly outcome?: 'done' | 'failed' | 'skipped'
  readonly ms?: number
  readonly problem?: Problem
  readonly parts: readonly ImagePart[]
}

export type ImagePart = {
  readonly id: string
  /** `[build 2/3] RUN npm ci`, or the id of a layer. */
  readonly name: string
  readonly state: PartState
  readonly startedAt: number
  readonly ms?: number
  /** What is done to a layer, in the engine's words. */
  readonly note?: string
  /** Bytes. */
  readonly done?: number
  readonly total?: number
  /** Bytes of the transfers that belong to it, by their ids. */
  readonly transfers?: Readonly<Record<string, { readonly done: number; readonly total?: number }>>
  /** What is kept of its lines, and how many went before these. */
  readonly output: string
  readonly cut: number
}

/** Characters kept of what one step has written, and of all steps of an image; the newest lines stay. */
const partKept = 16_384
const workKept = 131_072
const worksKept = 40
const partsKept = 300

type StepEvent = Extract<StackEvent, { type: 'step/started' | 'step/progressed' | 'step/ended' }>
type Progressed = Extract<EventBody, { type: 'step/progressed' }>

const kinds: Readonly<Record<string, ImageWork['kind']>> = { 'image/build': 'build', 'image/pull': 'pull' }

/** The works with an event in them; the same when it tells of none of them. */
export const withImageWork = (works: readonly ImageWork[], event: StepEvent): readonly ImageWork[] => {
  if (event.type === 'step/started') return withBegun(works, event)
  const work = works.findLast(({ id, outcome }) => id === event.id && outcome === undefined)
  if (work === undefined) return works
  const next = event.type === 'step/ended' ? toEnded(work, event) : withPart(work, event)
  return next === work ? works : works.map((one) => (one === work ? next : one))
}

/** What was known of the same image before is over. */
const withBegun = (
  works: readonly ImageWork[],
  { id, kind: stepKind, subject, service, at }: Extract<StepEvent, { type: 'step/started' }>,
): readonly ImageWork[] => {
  const kind = kinds[stepKind]
  if (kind === undefined) return works
  const image = subject.replace(/^image /, '')
  const begun: ImageWork = {
    id,
    kind,
    image,
    startedAt: at,
    parts: [],
    ...(service === undefined ? {} : { service }),
  }
  return [...works.filter((one) => one.image !== image || one.kind !== kind), begun].slice(-worksKept)
}

const toEnded = (work: ImageWork, { outcome, ms, problem }: Extract<StepEvent, { type: 'step/ended' }>): ImageWork => ({
  ...work,
  outcome,
  ms,
  ...(problem === undefined ? {} : { problem }),
  parts: work.parts.map((part) =>
    part.state === 'started' ? { ...part, state: outcome === 'done' ? 'done' : 'stopped' } : part,
  ),
})

const withPart = (work: ImageWork, event: Progressed & { readonly at: number }): ImageWork => {
  const id = event.within ?? event.part
  if (id === undefined) return work
  const known = work.parts.find((one) => one.id === id)
  // A builder tells of transfers that belong to no step which it has named.
  if (known === undefined && (event.within !== undefined || work.parts.length >= partsKept)) return work
  const part = known ?? { id, name: event.name ?? id, state: 'started', startedAt: event.at, output: '', cut: 0 }
  const next = changed(part, event)
  const parts = known === undefined ? [...work.parts, next] : work.parts.map((one) => (one === known ? next : one))
  return { ...work, parts: event.output === true ? withinBounds(parts) : parts }
}

const changed = (part: ImagePart, event: Progressed & { readonly at: number }): ImagePart => {
  if (event.output === true) return withLine(part, event.note ?? '')
  if (event.within !== undefined) return withTransfer(part, event)
  const isOver = event.state !== undefined && event.state !== 'started' && event.state !== 'cached'
  const ms = event.ms ?? (isOver ? event.at - part.startedAt : undefined)
  return {
    ...part,
    ...(event.name === undefined ? {} : { name: event.name }),
    ...(event.state === undefined ? {} : { state: event.state }),
    ...(ms === undefined ? {} : { ms }),
    ...(event.name === undefined && event.note !== undefined ? { note: event.note } : {}),
    // What is unpacked is counted from the beginning again, by some engines in seconds: it says nothing of its size.
    ...(event.done === undefined || event.unit !== 'bytes' || event.note === 'Extracting'
      ? {}
      : { done: event.done, ...(event.total === undefined ? {} : { total: event.total }) }),
  }
}

const withTransfer = (part: ImagePart, { part: id = '', done = 0, total }: Progressed): ImagePart => {
  const transfers = { ...part.transfers, [id]: { done, ...(total === undefined ? {} : { total }) } }
  const all = Object.values(transfers)
  const sum = (numbers: readonly number[]): number => numbers.reduce((some, one) => some + one, 0)
  return {
    ...part,
    transfers,
    done: sum(all.map((one) => one.done)),
    ...(all.every((one) => one.total !== undefined) ? { total: sum(all.map((one) => one.total ?? 0)) } : {}),
  }
}

const withLine = (part: ImagePart, line: string): ImagePart =>
  withOutput(part, part.output === '' ? line : `${part.output}\n${line}`, partKept)

/** The end of a text, from the beginning of a line on. */
const withOutput = (part: ImagePart, output: string, most: number): ImagePart => {
  if (output.length <= most) return { ...part, output }
  const from = output.indexOf('\n', output.length - most)
  const kept = from === -1 ? output.slice(-most) : output.slice(from + 1)
  return { ...part, output: kept, cut: part.cut + countLines(output) - countLines(kept) }
}

const countLines = (text: string): number => (text === '' ? 0 : text.split('\n').length)

/** Where all steps together have written too much the longest one gives up its older half. */
const withinBounds = (parts: readonly ImagePart[]): readonly ImagePart[] => {
  const sum = parts.reduce((all, { output }) => all + output.length, 0)
  if (sum <= workKept) return parts
  const longest = parts.reduce((most, one) => (one.output.length > most.output.length ? one : most))
  return parts.map((one) => (one === longest ? withOutput(one, one.output, Math.floor(one.output.length / 2)) : one))
}

/** Steps of a build, or layers, that are there already; and how many were. */
export const toPartCounts = ({ parts }: ImageWork) => ({
  done: parts.filter(({ state }) => state === 'done' || state === 'cached').length,
  cached: parts.filter(({ state }) => state === 'cached').length,
  total: parts.length,
})
