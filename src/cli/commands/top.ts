import { toColumns } from '../../report/columns.ts'
import { loadTarget } from '../load-target.ts'
import type { Call } from '../table/command-spec.ts'
import { assertServices } from '../target.ts'

/** `stack top`: the processes of all containers in one table; engines differ in the columns that they show. */
export const runTop = async ({ context, words }: Call): Promise<number> => {
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const containers = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices(words, { target, containers })
  const running = containers
    .filter(
      ({ service, state }) =>
        (state === 'running' || state === 'paused') && (words.length === 0 || words.includes(service)),
    )
    .toSorted((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : a.number - b.number))
  const tops = await Promise.all(
    running.map(async (container) => ({ container, ...(await runtime.top(container.id, { signal: context.signal })) })),
  )
  const titles = [...new Set(tops.flatMap((top) => top.titles))]
  if (tops.length === 0) return 0
  const rows = tops.flatMap(({ container, titles: own, processes }) =>
    processes.map((process) => [
      container.service,
      String(container.number),
      ...titles.map((title) => process[own.indexOf(title)] ?? '-'),
    ]),
  )
  context.stdout.write(
    toColumns([['SERVICE', '#', ...titles], ...rows], { gap: 2, minimum: 4 })
      .map((line) => `${line}\n`)
      .join(''),
  )
  return 0
}
