import { isUp } from '../../core/plan/container-steps.ts'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import type { ContainerStats } from '../../engine/ports/container-runtime.ts'
import type { Runtime } from '../../engine/ports/runtime.ts'
import { toBytesSize, toHumanSize } from '../../report/go-text.ts'
import type { Fields } from '../../report/template.ts'
import type { CliContext } from '../context.ts'
import { loadTarget } from '../load-target.ts'
import { chooseFormat, printList, type ListOptions } from '../screen/print-list.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { statsCommand } from '../table/look-commands.ts'
import { assertServices } from '../target.ts'

const header = ['CONTAINER ID', 'NAME', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS']
const fields = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs']
const titles = Object.fromEntries(fields.map((field, at) => [field, header[at] ?? field]))
/** Between two pictures of a list that is drawn again and again. */
const redrawMs = 500

/** `stack stats`: what containers use, once or until Ctrl-C. */
export const runStats = async ({ context, flags, words }: CallOf<typeof statsCommand>): Promise<number> => {
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices(words, { target, containers })
  const shown = containers
    .filter((container) => (words.length === 0 || words.includes(container.service)) && (flags.all || isUp(container)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const list: ListOptions = {
    ...chooseFormat(flags.format, { env: context.env, setting: 'statsFormat' }),
    titles,
    header,
    toRow: (row) => fields.map((field) => String(row[field])),
  }
  const toRow = (container: ObservedContainer, stats: ContainerStats | undefined): Fields =>
    toStatsFields(container, stats, { truncate: !flags['no-trunc'] })
  if (flags['no-stream']) {
    const rows = await Promise.all(
      shown.map(async (container) =>
        toRow(container, isUp(container) ? await measureOnce(runtime, container.id, context.signal) : undefined),
      ),
    )
    printList(context, rows, list)
    return 0
  }
  await followStats(context, { runtime, containers: shown, list, toRow })
  return context.signals.exitCode() ?? 0
}

const measureOnce = async (runtime: Runtime, id: string, signal: AbortSignal): Promise<ContainerStats | undefined> => {
  for await (const stats of runtime.stats(id, { stream: false }, { signal })) return stats
  return undefined
}

type Follow = {
  readonly runtime: Runtime
  readonly containers: readonly ObservedContainer[]
  readonly list: ListOptions
  readonly toRow: (container: ObservedContainer, stats: ContainerStats | undefined) => Fields
}

const followStats = async (context: CliContext, { runtime, containers, list, toRow }: Follow): Promise<void> => {
  const latest = new Map<string, ContainerStats>()
  const draw = (): void => {
    // The table is drawn over itself on a terminal; a reader of a pipe gets one after another.
    if (context.terminal.stdout) context.stdout.writeRaw('\u001B[H\u001B[2J')
    printList(
      context,
      containers.map((container) => toRow(container, latest.get(container.id))),
      list,
    )
  }
  const timer = setInterval(draw, redrawMs)
  try {
    await Promise.all(
      containers.filter(isUp).map(async ({ id }) => {
        for await (const stats of runtime.stats(id, { stream: true }, { signal: context.signal })) latest.set(id, stats)
        latest.delete(id)
      }),
    )
    draw()
  } catch (error) {
    if (!context.signal.aborted) throw error
  } finally {
    clearInterval(timer)
  }
}

/** A container by the field names of `docker compose stats --format json`. */
const toStatsFields = (
  { id, name }: ObservedContainer,
  stats: ContainerStats | undefined,
  { truncate }: { readonly truncate: boolean },
): Fields => {
  const percent = (value: number): string => `${value.toFixed(2)}%`
  const memory =
    stats === undefined || stats.memoryLimitBytes === 0 ? 0 : (stats.memoryBytes / stats.memoryLimitBytes) * 100
  return {
    BlockIO: stats === undefined ? '--' : `${toHumanSize(stats.blockInBytes)} / ${toHumanSize(stats.blockOutBytes)}`,
    CPUPerc: stats === undefined ? '--' : percent(stats.cpuPercent),
    Container: id,
    ID: truncate ? id.slice(0, 12) : id,
    MemPerc: stats === undefined ? '--' : percent(memory),
    MemUsage:
      stats === undefined ? '-- / --' : `${toBytesSize(stats.memoryBytes)} / ${toBytesSize(stats.memoryLimitBytes)}`,
    Name: name,
    NetIO: stats === undefined ? '--' : `${toHumanSize(stats.networkInBytes)} / ${toHumanSize(stats.networkOutBytes)}`,
    PIDs: stats === undefined ? '--' : String(stats.pids),
  }
}
