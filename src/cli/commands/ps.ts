import { isUp } from '../../core/plan/container-steps.ts'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import { containerTitles, psHeader, toContainerFields, toPsRow } from '../../report/container-fields.ts'
import { loadName, loadTarget } from '../load-target.ts'
import { chooseFormat, printList } from '../screen/print-list.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { psCommand } from '../table/look-commands.ts'
import { assertServices, type Target } from '../target.ts'
import { createUsageError } from '../usage-error.ts'

type PsCall = CallOf<typeof psCommand>

/** `stack ps`: one call to the engine, whatever the number of containers; of the stack file it needs the name alone. */
export const runPs = async (call: PsCall): Promise<number> => {
  const { context, flags, words } = call
  const statuses = toStatuses(flags)
  const [target, runtime] = await Promise.all([
    words.length === 0 && flags.orphans ? loadName(context) : loadTarget(context, { services: words }),
    context.runtime(),
  ])
  const all = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  if (words.length > 0) assertServices(words, { target, containers: all })
  const shown = all
    .filter((container) => isShown(container, { call, statuses, target }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (flags.quiet) context.stdout.write(shown.map(({ id }) => `${id}\n`).join(''))
  else if (flags.services)
    context.stdout.write([...new Set(shown.map(({ service }) => service))].map((name) => `${name}\n`).join(''))
  else {
    const rows = shown.map((container) =>
      toContainerFields(container, { now: context.clock.now(), truncate: !flags['no-trunc'] }),
    )
    printList(context, rows, {
      ...chooseFormat(flags.format, { env: context.env, setting: 'psFormat' }),
      titles: containerTitles,
      header: psHeader,
      toRow: toPsRow,
    })
  }
  return 0
}

const toStatuses = (flags: PsCall['flags']): readonly string[] => {
  if (flags.filter === undefined) return flags.status
  const [, key, value] = /^(\w+)=(.*)$/.exec(flags.filter) ?? []
  if (key === undefined || value === undefined)
    throw createUsageError({ detail: `A filter is written status=STATE, not "${flags.filter}".` }, 'ps')
  if (key !== 'status') throw createUsageError({ detail: `There is no filter "${key}"; "status" is one.` }, 'ps')
  return [...flags.status, value]
}

type Choice = { readonly call: PsCall; readonly statuses: readonly string[]; readonly target: Target }

const isShown = (container: ObservedContainer, { call: { flags, words }, statuses, target }: Choice): boolean => {
  if (words.length > 0 && !words.includes(container.service)) return false
  if (!flags.orphans && target.project !== undefined && target.project.services[container.service] === undefined)
    return false
  if (statuses.length > 0) return statuses.includes(container.state)
  return flags.all || isUp(container)
}
