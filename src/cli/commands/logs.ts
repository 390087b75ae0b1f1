import { createEmitter } from '../../engine/emitter.ts'
import { readLogs } from '../../engine/logs.ts'
import { loadTarget } from '../load-target.ts'
import { parseTime } from '../parse-time.ts'
import { createLogPrinter } from '../screen/print-logs.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { logsCommand } from '../table/look-commands.ts'
import { assertServices, toServices } from '../target.ts'
import { createUsageError } from '../usage-error.ts'

export const runLogs = async ({ context, flags, words }: CallOf<typeof logsCommand>): Promise<number> => {
  const tail = toTail(flags.tail)
  const now = context.clock.now()
  const [since, until] = [
    parseTime(flags.since, { now, command: 'logs' }),
    parseTime(flags.until, { now, command: 'logs' }),
  ]
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices(words, { target, containers })
  const shown = containers.filter(
    ({ service, number }) =>
      (words.length === 0 || words.includes(service)) && (flags.index === undefined || number === flags.index),
  )
  const emitter = createEmitter({ clock: context.clock })
  const print = createLogPrinter(context, {
    project: target.name,
    names: shown.map(({ name }) => name),
    prefix: !flags['no-log-prefix'],
    colors: !flags['no-color'],
    timestamps: flags.timestamps,
  })
  emitter.subscribe(print)
  await readLogs(
    { runtime, clock: context.clock, random: Math.random },
    {
      project: target.name,
      ...toServices(words),
      ...(flags.index === undefined ? {} : { number: flags.index }),
      follow: flags.follow,
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      emit: emitter.emit,
    },
    { signal: context.signal },
  )
  return context.signals.exitCode() ?? 0
}

const toTail = (tail: string | undefined): number | undefined => {
  if (tail === undefined || tail === 'all' || tail === '') return undefined
  if (!/^-?\d+$/.test(tail))
    throw createUsageError({ detail: `--tail takes a number of lines or "all", not "${tail}".` }, 'logs')
  return Number(tail) < 0 ? undefined : Number(tail)
}
