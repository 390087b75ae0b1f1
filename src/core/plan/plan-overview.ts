import type { Action, Plan, Step } from './action.ts'
import { toPlanText } from './plan-text.ts'

type Mark = '+' | '~' | '-' | '!'
type Verb = {
  readonly mark: Mark
  readonly word: string
  /** The strongest of a subject's verbs is told. */ readonly strength: number
}

/** What a step means for its subject; waits, hooks and joining of networks are part of something else. */
const toVerb = (action: Action): Verb | undefined => {
  switch (action.kind) {
    case 'image/pull':
      return { mark: '+', word: 'pull', strength: 3 }
    case 'image/build':
      return { mark: '+', word: 'build', strength: 3 }
    case 'network/create':
    case 'volume/create':
    case 'container/create':
      return { mark: '+', word: 'create', strength: 4 }
    case 'image/remove':
    case 'network/remove':
    case 'volume/remove':
    case 'container/remove':
      return { mark: '-', word: 'remove', strength: 3 }
    case 'container/restart':
      return { mark: '~', word: 'restart', strength: 3 }
    case 'container/rename':
      return { mark: '~', word: 'rename', strength: 2 }
    case 'container/start':
      return { mark: '~', word: 'start', strength: 1 }
    case 'container/unpause':
      return { mark: '~', word: 'unpause', strength: 1 }
    case 'container/pause':
      return { mark: '~', word: 'pause', strength: 1 }
    case 'container/stop':
      return { mark: '-', word: 'stop', strength: 0 }
    case 'container/kill':
      return { mark: '-', word: 'kill', strength: 0 }
    case 'model/provide':
    case 'provider/up':
      return { mark: '+', word: 'provide', strength: 1 }
    case 'provider/stop':
      return { mark: '-', word: 'stop', strength: 0 }
    case 'provider/down':
      return { mark: '-', word: 'withdraw', strength: 1 }
    case 'network/connect':
    case 'network/disconnect':
    case 'container/copy':
    case 'service/await':
    case 'hook/run':
    case 'hook/exec':
      return undefined
  }
}

type Entry = { readonly subject: string; readonly verb: Verb; readonly cause: string }

const toEntry = ({ id, action, cause, group, destructive }: Step): Entry | undefined => {
  const verb = toVerb(action)
  if (verb === undefined) return undefined
  const subject = id.slice(0, id.lastIndexOf('/'))
  const recreated = group?.startsWith('recreate ') === true ? group.slice('recreate '.length) : undefined
  if (recreated === undefined) return { subject, verb, cause }
  // The name of the group is the thing: a container, or "network back" that several containers leave for a moment.
  const name = recreated.replace(' ', '.')
  return {
    subject: name,
    verb: { mark: destructive ? '!' : '~', word: 'recreate', strength: destructive ? 6 : 5 },
    cause,
  }
}

/**
 * What a plan changes, a line for each container, network, volume and image: `~ web.1  recreate: environment DB_HOST changed`.
 * `+` comes, `~` changes, `-` goes, `!` loses data. What stays is told last.
 */
export const toPlanOverview = ({ steps, unchanged }: Pick<Plan, 'steps' | 'unchanged'>): readonly string[] => {
  const entries = new Map<string, Entry>()
  for (const step of steps) {
    const entry = toEntry(step)
    const known = entry === undefined ? undefined : entries.get(entry.subject)
    if (entry !== undefined && (known === undefined || entry.verb.strength > known.verb.strength))
      entries.set(entry.subject, entry)
  }
  const width = [...entries.keys()].reduce((most, subject) => Math.max(most, subject.length), 0)
  return [
    ...[...entries.values()].map(
      ({ subject, verb, cause }) => `${verb.mark} ${subject.padEnd(width)}  ${verb.word}: ${cause}`,
    ),
    ...(unchanged.length === 0 ? [] : [`= ${unchanged.join(', ')}`]),
  ]
}

/** A plan as `stack plan` prints it: what it changes, then its steps with what each comes after; warnings are told elsewhere. */
export const toPlanReport = (plan: Plan): readonly string[] => {
  const steps = toPlanText({ ...plan, warnings: [], unchanged: [] })
  return [
    ...toPlanOverview(plan),
    ...(steps.length === 0
      ? []
      : ['', `${plan.steps.length} steps, each as soon as what it comes after is done:`, ...steps]),
  ]
}
