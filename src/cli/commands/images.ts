import type { ObservedContainer, ObservedImage } from '../../core/plan/observed.ts'
import { toColumns } from '../../report/columns.ts'
import { toHumanDuration, toHumanSize } from '../../report/go-text.ts'
import { loadTarget } from '../load-target.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { imagesCommand } from '../table/look-commands.ts'
import { assertServices } from '../target.ts'

type Row = {
  readonly container: ObservedContainer
  readonly image: ObservedImage
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
  const rows = containers.flatMap((container) => {
    const image = found.get(container.imageId)
    return image === undefined ? [] : [{ container, image, ...toName(container, image) }]
  })
  if (flags.quiet)
    context.stdout.write(
      [...new Set(rows.map(({ image }) => image.id.replace('sha256:', '')))].map((id) => `${id}\n`).join(''),
    )
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

const toName = (
  container: ObservedContainer,
  image: ObservedImage,
): { readonly repository: string; readonly tag: string } => {
  const reference =
    image.tags.find((tag) => tag === container.image || tag === `${container.image}:latest`) ?? image.tags[0] ?? ''
  const at = reference.lastIndexOf(':')
  return at === -1 || reference.includes('/', at)
    ? { repository: reference, tag: '' }
    : { repository: reference.slice(0, at), tag: reference.slice(at + 1) }
}

const toPlatform = ({ os, architecture }: ObservedImage): string => `${os}/${architecture}`

const taggedAt = (image: ObservedImage): number => image.taggedAt ?? image.createdAt

const toJson = ({ container, image, repository, tag }: Row) => ({
  ID: image.id,
  ContainerName: container.name,
  Repository: repository,
  Tag: tag,
  Platform: toPlatform(image),
  Size: image.size,
  LastTagTime: new Date(taggedAt(image) * 1000).toISOString(),
})

const toCells = ({ container, image, repository, tag }: Row, now: number): readonly string[] => [
  container.name,
  repository === '' ? '<none>' : repository,
  tag === '' ? '<none>' : tag,
  toPlatform(image),
  image.id.replace('sha256:', '').slice(0, 12),
  toHumanSize(image.size),
  `${toHumanDuration(now - taggedAt(image) * 1000)} ago`,
]
