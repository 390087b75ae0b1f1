import type { StackEvent, StepSummary } from '../core/events/event.ts'
import type { Problem } from '../core/errors/problem.ts'
import { toVisibleLine } from '../wire/safe-text.ts'

/** What became of one thing that a person would name: a container, a network, an image. */
export type RowChange = {
  /** Steps of one group, and the wait for a service, share a row. */
  readonly key: string
  /** `Container web-1` */
  readonly title: string
  readonly state: 'working' | 'waiting' | 'done' | 'failed' | 'skipped'
  /** `Creating`, `Created`. */
  readonly text: string
  /** Why it is done, or what it waits for. */
  readonly detail?: string
  readonly problem?: Problem
  /** A step of the row is still to come, and this is what it waits for. */
  readonly pending?: string
  /** Milliseconds since the row's first step began. */
  readonly ms: number
  /** Not worth a line of its own; a live list may show it. */
  readonly minor: boolean
}

export type StepRows = { read(event: StackEvent): RowChange | undefined }

type Words = { readonly noun: string; readonly doing: string; readonly done: string; readonly minor?: boolean }

/** Docker Compose's own words where it has them: scripts look for `Container web-1  Started`. */
const words: Readonly<Record<string, Words>> = {
  'image/pull': { noun: 'Image', doing: 'Pulling', done: 'Pulled' },
  'image/build': { noun: 'Image', doing: 'Building', done: 'Built' },
  'image/remove': { noun: 'Image', doing: 'Removing', done: 'Removed' },
  'network/create': { noun: 'Network', doing: 'Creating', done: 'Created' },
  'network/remove': { noun: 'Network', doing: 'Removing', done: 'Removed' },
  'network/connect': { noun: 'Container', doing: 'Connecting', done: 'Connected', minor: true },
  'network/disconnect': { noun: 'Container', doing: 'Disconnecting', done: 'Disconnected', minor: true },
  'volume/create': { noun: 'Volume', doing: 'Creating', done: 'Created' },
  'volume/remove': { noun: 'Volume', doing: 'Removing', done: 'Removed' },
  'container/create': { noun: 'Container', doing: 'Creating', done: 'Created' },
  'container/copy': { noun: 'Container', doing: 'Copying', done: 'Copied', minor: true },
  'container/start': { noun: 'Container', doing: 'Starting', done: 'Started' },
  'container/stop': { noun: 'Container', doing: 'Stopping', done: 'Stopped' },
  'container/kill': { noun: 'Container', doing: 'Killing', done: 'Killed' },
  'container/restart': { noun: 'Container', doing: 'Restarting', done: 'Started' },
  'container/remove': { noun: 'Container', doing: 'Removing', done: 'Removed' },
  'container/rename': { noun: 'Container', doing: 'Renaming', done: 'Renamed', minor: true },
  'container/pause': { noun: 'Container', doing: 'Pausing', done: 'Paused' },
  'container/unpause': { noun: 'Container', doing: 'Unpausing', done: 'Unpaused' },
  'service/await': { noun: 'Service', doing: 'Waiting', done: 'Ready' },
  'hook/run': { noun: 'Service', doing: 'Running hook', done: 'Ran hook' },
  'hook/exec': { noun: 'Container', doing: 'Running hook', done: 'Ran hook' },
  'model/provide': { noun: 'Model', doing: 'Providing', done: 'Provided' },
  'provider/up': { noun: 'Service', doing: 'Providing', done: 'Provided' },
  // Few providers have something to do then; those that have are heard.
  'provider/stop': { noun: 'Service', doing: 'Stopping', done: 'Stopped', minor: true },
  'provider/down': { noun: 'Service', doing: 'Withdrawing', done: 'Withdrawn' },
}

/** The end of the id of a wait says what was waited for: `db/healthy`. */
const awaited: Readonly<Record<string, string>> = { healthy: 'Healthy', completed: 'Exited', ready: 'Ready' }

type Group = { readonly title: string; readonly open: Set<string>; startedAt?: number; hasStarted: boolean }

/** Turns events of steps into changes of rows. Remembers the plans that it has seen. */
// oxlint-disable-next-line max-lines-per-function -- the rows of all steps, which share what is known of each
export const createStepRows = (): StepRows => {
  const steps = new Map<string, StepSummary>()
  const groups = new Map<string, Group>()
  const startedAt = new Map<string, number>()
  const endedSteps = new Set<string>()
  /** Steps of a row that have begun and not ended. */
  const running = new Map<string, Set<string>>()

  const learn = (made: readonly StepSummary[]): void => {
    for (const step of made) {
      steps.set(step.id, step)
      if (step.group === undefined) continue
      const group = groups.get(step.group) ?? { title: '', open: new Set<string>(), hasStarted: false }
      group.open.add(step.id)
      // A replacement is made under a temporary name; the one that it removes has the name that people know.
      const title = step.kind === 'container/remove' || step.kind === 'network/remove' ? toTitle(step) : group.title
      groups.set(step.group, { ...group, title })
    }
  }
  const rowOf = (step: StepSummary): { key: string; title: string; group?: Group } => {
    const group = step.group === undefined ? undefined : groups.get(step.group)
    if (group === undefined || group.title === '') return { key: toTitle(step), title: toTitle(step) }
    return { key: group.title, title: group.title, group }
  }
  const nameOf = (id: string): string => {
    const step = steps.get(id)
    return step === undefined ? id : rowOf(step).title.replace(/^[A-Z]/, (letter) => letter.toLowerCase())
  }
  const toPending = (key: string): { readonly pending?: string } => {
    const next = [...steps.values()].find(
      (step) => !endedSteps.has(step.id) && words[step.kind]?.minor !== true && rowOf(step).key === key,
    )
    if (next === undefined) return {}
    const blockers = next.needs.flatMap((id) => (endedSteps.has(id) ? [] : (steps.get(id)?.subject ?? [])))
    return { pending: blockers.length === 0 ? 'next' : [...new Set(blockers)].join(', ') }
  }
  return {
    read: (event) => {
      if (event.type === 'plan/made') learn(event.steps)
      if (
        event.type !== 'step/started' &&
        event.type !== 'step/waiting' &&
        event.type !== 'step/progressed' &&
        event.type !== 'step/ended'
      )
        return undefined
      const step =
        steps.get(event.id) ?? (event.type === 'step/started' ? { ...event, cause: '', needs: [] } : undefined)
      if (step === undefined) return undefined
      const row = rowOf(step)
      const isFirst =
        event.type === 'step/started' && (running.get(row.key)?.size ?? 0) === 0 && row.group?.hasStarted !== true
      const began = isFirst ? event.at : (startedAt.get(row.key) ?? event.at)
      if (isFirst) startedAt.set(row.key, began)
      const open = running.get(row.key) ?? new Set<string>()
      if (event.type === 'step/started') open.add(event.id)
      if (event.type === 'step/ended') {
        open.delete(event.id)
        endedSteps.add(event.id)
      }
      running.set(row.key, open)
      const change =
        row.group === undefined
          ? toOwnChange(event, step, nameOf)
          : toGroupChange(event, { step, group: row.group, nameOf })
      if (change === undefined) return undefined
      const pending = change.state === 'done' ? toPending(row.key).pending : change.pending
      return {
        minor: false,
        ...change,
        ...(change.detail === undefined ? {} : { detail: toVisibleLine(change.detail) }),
        ...(pending === undefined ? {} : { pending: toVisibleLine(pending) }),
        key: row.key,
        title: toVisibleLine(row.title),
        ms: event.at - began,
      }
    },
  }
}

type StepEvent = Extract<StackEvent, { type: 'step/started' | 'step/waiting' | 'step/progressed' | 'step/ended' }>
type Change = Omit<RowChange, 'key' | 'title' | 'ms' | 'minor'> & { readonly minor?: boolean }

const toTitle = (step: Pick<StepSummary, 'kind' | 'subject'>): string =>
  `${words[step.kind]?.noun ?? 'Step'} ${step.subject.replace(/^(image|network|volume) /, '')}`

const because = (step: StepSummary): { readonly detail?: string } => (step.cause === '' ? {} : { detail: step.cause })

const toOwnChange = (event: StepEvent, step: StepSummary, nameOf: End['nameOf']): Change | undefined => {
  const word = words[step.kind] ?? { noun: 'Step', doing: 'Working', done: 'Done' }
  const minor = word.minor === true
  switch (event.type) {
    case 'step/started':
      return { state: step.kind === 'service/await' ? 'waiting' : 'working', text: word.doing, minor, ...because(step) }
    case 'step/waiting':
      return { state: 'waiting', text: 'Waiting', detail: event.note }
    case 'step/progressed':
      return { state: 'working', text: word.doing, minor: true, ...toProgressDetail(event, step.kind) }
    case 'step/ended':
      return toEnd(event, {
        nameOf,
        done: awaited[step.id.slice(step.id.lastIndexOf('/') + 1).replace('?', '')] ?? word.done,
        minor,
      })
  }
}

const toGroupChange = (
  event: StepEvent,
  { step, group, nameOf }: { readonly step: StepSummary; readonly group: Group; readonly nameOf: End['nameOf'] },
): Change | undefined => {
  switch (event.type) {
    case 'step/started': {
      if (group.hasStarted) return { state: 'working', text: words[step.kind]?.doing ?? 'Working', minor: true }
      group.hasStarted = true
      return { state: 'working', text: 'Recreate', ...because(step) }
    }
    case 'step/waiting':
    case 'step/progressed':
      return toOwnChange(event, step, nameOf)
    case 'step/ended': {
      group.open.delete(step.id)
      if (event.outcome !== 'done') return toEnd(event, { nameOf, done: '', minor: false })
      return group.open.size > 0 ? undefined : { state: 'done', text: 'Recreated' }
    }
  }
}

type End = {
  readonly done: string
  readonly minor: boolean
  /** A step as people know it. */ readonly nameOf: (step: string) => string
}

const toEnd = (event: Extract<StepEvent, { type: 'step/ended' }>, { done, minor, nameOf }: End): Change => {
  switch (event.outcome) {
    case 'done':
      return event.kept === true
        ? { state: 'skipped', text: 'Still in use', minor: false }
        : { state: 'done', text: done, minor }
    case 'failed':
      return {
        state: 'failed',
        text: 'Error',
        ...(event.problem === undefined
          ? {}
          : { problem: event.problem, detail: event.problem.message.split('\n')[0] ?? '' }),
      }
    case 'skipped':
      if (event.because === 'again')
        return { state: 'waiting', text: 'Waiting', minor: true, detail: 'looked at again' }
      // What had not begun is nothing to tell of.
      if (event.because === 'overtaken')
        return { state: 'skipped', text: 'Left off', minor: event.ms === 0, detail: 'for a newer change' }
      return {
        state: 'skipped',
        text: 'Skipped',
        minor: event.because === 'cancelled',
        ...(event.because === undefined
          ? {}
          : { detail: event.because === 'cancelled' ? 'cancelled' : `because of ${nameOf(event.because)}` }),
      }
  }
}

const toProgressDetail = (
  { done, total, unit, note, part }: Extract<StepEvent, { type: 'step/progressed' }>,
  kind: string,
): { readonly detail?: string } => {
  const amount =
    done === undefined
      ? ''
      : unit === 'bytes'
        ? toBytes(done) + (total === undefined ? '' : ` / ${toBytes(total)}`)
        : total === undefined
          ? `${done}`
          : `${done}/${total}`
  // Parts of a build are digests, which tell nobody anything.
  const detail = [kind === 'image/build' ? undefined : part, note === undefined ? undefined : toBuildText(note), amount]
    .filter((word) => word !== undefined && word !== '')
    .join(' ')
  return detail === '' ? {} : { detail }
}

/** `started: [2/3] RUN npm ci` without its first word. */
export const toBuildText = (note: string): string =>
  note
    .replace(/^started: /, '')
    .replace(
      /^(done|cached|failed): (.*)/s,
      (_, state: string, rest: string) => `${rest} ${state === 'done' ? '✓' : state.toUpperCase()}`,
    )

/** Bytes as people read them: `3.2MB`. */
export const toBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let at = 0
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000
    at += 1
  }
  return `${at === 0 ? value : Number(value.toPrecision(3))}${units[at]}`
}
