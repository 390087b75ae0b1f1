import type { PlanChange, StepSummary } from './event.ts'

const verbs: Readonly<Record<string, string>> = {
  'image/pull': 'pull',
  'image/build': 'build',
  'container/create': 'create',
  'container/start': 'start',
  'container/restart': 'restart',
  'container/stop': 'stop',
  'container/kill': 'stop',
  'container/remove': 'remove',
  'network/create': 'create',
  'network/remove': 'remove',
  'volume/create': 'create',
  'volume/remove': 'remove',
}
/** Said of a thing, the first says the second as well. */
const implied: Readonly<Record<string, readonly string[]>> = {
  recreate: ['create', 'start', 'stop', 'remove'],
  create: ['start'],
  remove: ['stop'],
}
/** What is said by the verb already. */
const plainCauses: ReadonlySet<string> = new Set(['', 'does not exist yet', 'is new'])

/** The steps of a plan as one change for each thing, in the order of the plan. */
export const toPlanChanges = (steps: readonly StepSummary[]): readonly PlanChange[] => {
  const things = new Map<string, { readonly verbs: Set<string>; why?: string }>()
  for (const { kind, subject, service, group, cause } of steps) {
    const verb = group === undefined ? verbs[kind] : 'recreate'
    if (verb === undefined) continue
    const name = service ?? subject
    const thing = things.get(name) ?? { verbs: new Set<string>() }
    things.set(name, thing)
    thing.verbs.add(verb)
    if (!plainCauses.has(cause)) thing.why ??= cause
  }
  return [...things].map(([name, thing]) => {
    const all = [...thing.verbs]
    const said = all.filter((verb) => !all.some((other) => implied[other]?.includes(verb) === true))
    return { what: `${said.join(' and ')} ${name}`, ...(thing.why === undefined ? {} : { why: thing.why }) }
  })
}
