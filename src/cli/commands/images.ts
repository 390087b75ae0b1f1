import type { ObservedContainer, ObservedImage } from '../../core/plan/observed.ts'
import { toColumns } from '../../report/columns.ts'
import { toHumanDuration, toHumanSize } from '../../report/go-text.ts'
import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { imagesCommand } from '../table/look-commands.ts'
import { assertServices } from '../target.ts'

type Row = {
  readonly container: ObservedContainer
  readonly id: string
  /** Absent: the engine has it no longer. */
  readonly image?: ObservedImage
  readonly repository: string
  readonly tag: string
}

/** `stack images`: the image that each container was made from. */
export const runImages = async ({ context, flags, words }: CallOf<typeof imagesCommand>): Promise<number> => {
  const [target, runtime] = await Promise.all([loadTarget(context, { services: words }), context.runtime()])
  const all = await runtime.listContainers({ project: target.name }, { signal: context.signal })
  assertServices(words, { target, containers: all })
  const containers = all
    .filter(({ service }) => words.length === 0 || words.includes(service))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const ids = [...new Set(containers.map(({ imageId }) => imageId))]
  const found = new Map(
    await Promise.all(ids.map(async (id) => [id, await runtime.inspectImage(id, { signal: context.signal })] as const)),
  )
  const rows = await Promise.all(
    containers.map(async (container): Promise<Row> => {
      const image = found.get(container.imageId)
      if (image !== undefined) return { container, id: image.id, image, ...toName(container, image) }
      // Removed by force. The list has the id only; the container itself still knows what it was called.
      const details = await runtime.inspectContainer(container.id, { signal: context.signal })
      return { container, id: container.imageId, ...splitReference(withTag(details?.image ?? '')) }
    }),
  )
  if (flags.quiet)
    context.stdout.write([...new Set(rows.map(({ id }) => id.replace('sha256:', '')))].map((id) => `${id}\n`).join(''))
  else if (flags.format === 'json') context.stdout.write(`${JSON.stringify(rows.map(toJson))}\n`)
  else {
    const lines = [
      ['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'],
      ...rows.map((row) => toCells(row, context.clock.now())),
    ]
    context.stdout.write(
      toColumns(lines, { gap: 3, minimum: 20 })
        .map((line) => `${line}\n`)
        .join(''),
    )
  }
  return 0
}

type Name = { readonly repository: string; readonly tag: string }

const toName = (container: ObservedContainer, image: ObservedImage): Name =>
  splitReference(
    image.tags.find((tag) => tag === container.image || tag === `${container.image}:latest`) ?? image.tags[0] ?? '',
  )

const splitReference = (reference: string): Name => {
  const at = reference.lastIndexOf(':')
  return at === -1 || reference.includes('/', at)
    ? { repository: reference, tag: '' }
    : { repository: reference.slice(0, at), tag: reference.slice(at + 1) }
}

const withTag = (reference: string): string => {
  if (reference === '' || /^sha256:|^[0-9a-f]{64}$/.test(reference)) return ''
  const [name = ''] = reference.split('@')
  return splitReference(name).tag === '' && !reference.includes('@') ? `${name}:latest` : name
}

/** Of several platforms the one that the container runs. */
const toPlatform = ({ container, image }: Row): string => {
  if (image === undefined) return ''
  const own = image.contents?.find(({ id }) => id === container.contentId)?.platform
  const { os, architecture, variant } = own ?? image
  return [os, architecture, variant].filter((part) => part !== '').join('/')
}

const taggedAt = (image: ObservedImage): number => image.taggedAt ?? image.createdAt

/** A time that there is none of, as Go writes it. */
const noTime = '0001-01-01T00:00:00Z'

const toJson = (row: Row) => ({
  ID: row.id,
  ContainerName: row.container.name,
  Repository: row.repository,
  Tag: row.tag,
  Platform: toPlatform(row),
  Size: row.image?.size ?? 0,
  LastTagTime: row.image === undefined ? noTime : new Date(taggedAt(row.image) * 1000).toISOString(),
})

const orNone = (text: string): string => (text === '' ? '<none>' : text)

const toCells = (row: Row, now: number): readonly string[] => [
  row.container.name,
  orNone(row.repository),
  orNone(row.tag),
  orNone(toPlatform(row)),
  row.id.replace('sha256:', '').slice(0, 12),
  row.image === undefined ? 'removed' : toHumanSize(row.image.size),
  row.image === undefined ? 'N/A' : `${toHumanDuration(now - taggedAt(row.image) * 1000)} ago`,
]
