import type { ObservedVolume } from '../../core/plan/observed.ts'
import { label } from '../../core/project/identity.ts'
import type { Fields } from '../../report/template.ts'
import { loadTarget } from '../load-target.ts'
import { printList } from '../screen/print-list.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { volumesCommand } from '../table/look-commands.ts'
import { assertServices } from '../target.ts'

/** `stack volumes`: those with the project's label, or those that the named services mount. */
export const runVolumes = async ({ context, flags, words }: CallOf<typeof volumesCommand>): Promise<number> => {
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const [volumes, containers] = await Promise.all([
    runtime.listVolumes({ project: target.name }, { signal: context.signal }),
    words.length === 0 ? [] : runtime.listContainers({ project: target.name }, { signal: context.signal }),
  ])
  assertServices(words, { target, containers })
  const mounted = new Set(
    containers
      .filter(({ service }) => words.includes(service))
      .flatMap(({ mounts }) => mounts.map(({ source }) => source)),
  )
  const shown = volumes
    .filter(({ name, labels }) => labels[label.project] === target.name && (words.length === 0 || mounted.has(name)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (flags.quiet) context.stdout.write(shown.map(({ name }) => `${name}\n`).join(''))
  else
    printList(context, shown.map(toVolumeFields), {
      format: flags.format,
      titles: { Name: 'VOLUME NAME' },
      header: ['DRIVER', 'VOLUME NAME'],
      toRow: ({ Driver, Name }) => [String(Driver), String(Name)],
    })
  return 0
}

const toVolumeFields = ({ name, driver, labels, mountpoint, scope }: ObservedVolume): Fields => ({
  Availability: 'N/A',
  Driver: driver,
  Group: 'N/A',
  Labels: Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(','),
  Links: 'N/A',
  Mountpoint: mountpoint ?? '',
  Name: name,
  Scope: scope ?? 'local',
  Size: 'N/A',
  Status: 'N/A',
})
