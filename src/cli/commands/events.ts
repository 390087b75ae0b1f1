import { label } from '../../core/project/identity.ts'
import type { EngineEvent } from '../../engine/ports/runtime.ts'
import { toGoJson } from '../../report/go-text.ts'
import { loadTarget } from '../load-target.ts'
import { parseTime } from '../parse-time.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { eventsCommand } from '../table/look-commands.ts'
import { assertServices } from '../target.ts'

/** `stack events`: what happens to the project's containers, in Compose's words. */
export const runEvents = async ({ context, flags, words }: CallOf<typeof eventsCommand>): Promise<number> => {
  const now = context.clock.now()
  const [since, until] = [
    parseTime(flags.since, { now, command: 'events' }),
    parseTime(flags.until, { now, command: 'events' }),
  ]
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  if (words.length > 0)
    assertServices(words, {
      target,
      containers: target.project === undefined ? await runtime.listContainers({ project: target.name }) : [],
    })
  const filter = {
    project: target.name,
    execs: true,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  }
  try {
    for await (const event of runtime.events(filter, { signal: context.signal })) {
      if (
        event.kind !== 'container' ||
        event.service === undefined ||
        (words.length > 0 && !words.includes(event.service))
      )
        continue
      context.stdout.write(`${flags.json ? toJson(event) : toLine(event)}\n`)
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
  }
  return context.signals.exitCode() ?? 0
}

/** Compose leaves its own labels out, and we ours. */
const ownAttributes = ({ attributes }: EngineEvent): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => !key.startsWith('com.docker.compose.') && key !== label.parts)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** As the engine says it: `health_status: healthy`. */
const toAction = ({ action, health }: EngineEvent): string => (health === undefined ? action : `${action}: ${health}`)

const toJson = (event: EngineEvent): string => {
  const { id, service } = event
  return toGoJson({
    action: toAction(event),
    attributes: ownAttributes(event),
    id,
    service,
    time: toUtc(event.at),
    type: 'container',
  })
}

/** `2026-11-21 01:22:23.178409 container start 3c45… (image=…, name=…)` */
const toLine = (event: EngineEvent): string => {
  const attributes = Object.entries(ownAttributes(event)).map(([key, value]) => `${key}=${value}`)
  return `${toLocal(event.at)} container ${toAction(event)} ${event.id} (${attributes.join(', ')})`
}

const microseconds = (at: number): string => String(Math.floor((at % 1000) * 1000)).padStart(6, '0')

const toUtc = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}.${microseconds(at)}Z`

const toLocal = (at: number): string => {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}.${microseconds(at)}`
}
