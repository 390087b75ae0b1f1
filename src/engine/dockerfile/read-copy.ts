import { createIgnoreRules } from '../../wire/ignore-patterns.ts'
import { nameOf, pathBelow, relativeTo } from '../sync/paths.ts'
import type { Look, Mapping, Origin } from './mapping.ts'
import type { Instruction } from './parse-dockerfile.ts'
import { toAbsolute } from './run-reads.ts'

export type CopyPlace = {
  readonly look: Look
  /** Absent: what the base image says, which is not known. */
  readonly cwd: string | undefined
  readonly isFolder: (path: string) => boolean
  readonly expand: (word: string) => string
}

/** What a `COPY` or `ADD` says. */
export type Copy = {
  readonly sources: readonly string[]
  /** Absolute; absent where the working directory is not known. */
  readonly target: string | undefined
  /** Whether the target is a folder even if only one file comes. */
  readonly isFolder: boolean
  readonly ignore: readonly string[]
  /** Why no copy of ours can take the place of this one. */
  readonly only?: string
  readonly parents: boolean
  readonly adds: boolean
  readonly origin: Origin
}

export const readCopy = ({ keyword, flags, rest, list, line, text }: Instruction, place: CopyPlace): Copy => {
  const words = (list ?? rest.split(/\s+/)).map((word) => (word.startsWith('<<') ? word : place.expand(word)))
  const written = words.at(-1) ?? ''
  const sources = words
    .slice(0, -1)
    .filter((word) => !word.startsWith('<<') && !/^(?:https?|git|ssh):\/\/|^git@/.test(word))
  const isKnown = written.startsWith('/') || place.cwd !== undefined
  const target = isKnown ? toAbsolute(place.cwd ?? '/', written) : undefined
  const isFolder =
    words.length > 2 || /(?:^|\/)\.{0,2}$/.test(written) || (target !== undefined && place.isFolder(target))
  const mode = flags.get('chmod')?.[0]
  return {
    sources,
    target,
    isFolder,
    ignore: (flags.get('exclude') ?? []).map(place.expand),
    ...(mode !== undefined && runs(place.expand(mode)) ? { only: `only a build sets its mode (--chmod=${mode})` } : {}),
    parents: isOn(flags, 'parents'),
    adds: keyword === 'ADD',
    origin: { line, text },
  }
}

const isOn = (flags: Instruction['flags'], name: string): boolean => flags.has(name) && flags.get(name)?.[0] !== 'false'

/** Whether files can be run that have this mode. */
const runs = (mode: string): boolean => (/^\d+$/.test(mode) ? /[1357]\d{0,2}$/.test(mode.slice(-3)) : /x/i.test(mode))

const isPattern = (path: string): boolean => /[*?[]/.test(path)
const archive = /\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|tbz2?|txz)$/

/** What is copied out of a folder of this machine. */
export const mapCopy = (copy: Copy, folder: string, place: CopyPlace): readonly Mapping[] =>
  copy.sources.flatMap((written) => {
    const path = toAbsolute('/', written).slice(1)
    if (copy.parents) return mapParents(copy, folder, { written, path })
    return isPattern(path) ? mapPattern(copy, folder, { path, place }) : [mapOne(copy, folder, { path, place })]
  })

type Source = { readonly path: string; readonly place: CopyPlace }

const mapOne = (copy: Copy, folder: string, { path, place: { look } }: Source): Mapping => {
  const written = pathBelow(folder, path)
  // A build follows a link that it is told to copy, within the context.
  const real = look.kind(written) === 'link' ? look.real(written) : undefined
  const source = real === undefined || relativeTo(folder, real) === undefined ? written : real
  const kind = path === '' ? 'directory' : look.kind(source)
  const only =
    kind === undefined
      ? 'it is not there yet'
      : kind === 'link'
        ? 'it is a link that leads out of the context'
        : copy.adds && kind === 'file' && archive.test(path)
          ? 'ADD unpacks it'
          : copy.only
  const isFolder = kind === 'directory'
  return {
    source,
    isFolder,
    context: folder,
    ignore: copy.ignore,
    ...(copy.target === undefined
      ? {}
      : { target: !isFolder && copy.isFolder ? pathBelow(copy.target, nameOf(written)) : copy.target }),
    origin: copy.origin,
    ...(only === undefined ? {} : { only }),
  }
}

const mapPattern = (copy: Copy, root: string, { path, place }: Source): readonly Mapping[] => {
  const segments = path.split('/')
  const first = segments.findIndex(isPattern)
  const source = pathBelow(root, segments.slice(0, first).join('/'))
  const pattern = segments.slice(first).join('/')
  const base = { source, isFolder: true, context: root, include: [pattern], origin: copy.origin }
  if (first < segments.length - 1)
    return [
      {
        ...base,
        ignore: copy.ignore,
        only: 'its pattern spans folders, and the build puts what it finds side by side',
      },
    ]
  if (!copy.isFolder)
    return [
      { ...base, ignore: ['*/**', ...copy.ignore], only: 'the build chooses the file by a pattern and names it anew' },
    ]
  const { ignores } = createIgnoreRules([pattern])
  const folders = place.look
    .names(source)
    .filter((name) => ignores(name) && place.look.kind(pathBelow(source, name)) === 'directory')
  return [
    {
      ...base,
      // Only what is directly in the folder: of folders that match, the contents are copied and not the folders.
      ignore: ['*/**', ...folders, ...copy.ignore],
      ...(copy.target === undefined ? {} : { target: copy.target }),
      ...(copy.only === undefined ? {} : { only: copy.only }),
    },
    ...folders.map((name) => mapOne(copy, root, { path: relativeTo(root, pathBelow(source, name)) ?? name, place })),
  ]
}

/** `--parents` keeps the folders of a source, from `/./` on. */
const mapParents = (
  copy: Copy,
  root: string,
  { written, path }: { readonly written: string; readonly path: string },
): readonly Mapping[] => {
  const pivot = written.indexOf('/./')
  const source = pivot < 0 ? root : pathBelow(root, toAbsolute('/', written.slice(0, pivot)).slice(1))
  const include = pivot < 0 ? path : toAbsolute('/', written.slice(pivot + 3)).slice(1)
  return [
    {
      source,
      isFolder: true,
      context: root,
      ...(include === '' ? {} : { include: [include] }),
      ignore: copy.ignore,
      ...(copy.target === undefined ? {} : { target: copy.target }),
      origin: copy.origin,
      ...(copy.only === undefined ? {} : { only: copy.only }),
    },
  ]
}

/** What a `COPY --from` of another stage takes of the files that this stage holds as they are. */
export const carryCopy = (copy: Copy, held: readonly Mapping[], { look }: CopyPlace): readonly Mapping[] =>
  copy.sources.flatMap((written) => {
    const path = toAbsolute('/', written)
    const fixed = isPattern(path) ? path.replace(/\/[^/]*[*?[].*$/, '') || '/' : path
    return held.flatMap((mapping): readonly Mapping[] => {
      const { target } = mapping
      if (target === undefined) return []
      const below = relativeTo(fixed, target)
      const above = relativeTo(target, fixed)
      if (below === undefined && above === undefined) return []
      if (isPattern(path)) return [{ ...mapping, only: 'another stage copies it on by a pattern' }]
      const carried = below !== undefined ? mapping : narrow(mapping, above ?? '', look)
      if (carried === undefined || mapping.only !== undefined) return []
      const { target: _old, ...rest } = carried
      const inside = below ?? ''
      const isNamed = !carried.isFolder && inside === '' && copy.isFolder
      return [
        {
          ...rest,
          ...(copy.target === undefined ? {} : { target: pathBelow(copy.target, isNamed ? nameOf(path) : inside) }),
          ignore: [...rest.ignore, ...copy.ignore],
          ...(copy.only === undefined ? {} : { only: copy.only }),
        },
      ]
    })
  })

/** Of a folder, one path of it; nothing where that comes from elsewhere. */
const narrow = (mapping: Mapping, relative: string, look: Look): Mapping | undefined => {
  const { include, ignore } = mapping
  if (createIgnoreRules(ignore).ignores(relative)) return undefined
  if (include !== undefined && !createIgnoreRules(include).ignores(relative)) return undefined
  const source = pathBelow(mapping.source, relative)
  const kind = look.kind(source)
  if (kind === undefined) return undefined
  const { include: _include, ...rest } = mapping
  return { ...rest, source, isFolder: kind === 'directory', ignore: [] }
}
