import type { SourceEntry, SourceFiles } from '../ports/source-files.ts'
import type { ContainerFiles, Seen } from './container-files.ts'
import { type Contents, maxHeldBytes } from './contents.ts'
import { pathBelow } from './paths.ts'

export type ComparingDeps = {
  readonly contents: Contents
  readonly files: Pick<SourceFiles, 'digest'>
}

type PathEntry = readonly [path: string, entry: SourceEntry]

type Place = {
  /** Of the rule, on this machine and in the container. */
  readonly root: string
  readonly target: string
  readonly container: Pick<ContainerFiles, 'look' | 'digests'>
}

/** Whether what is at a path of a container is what is wanted, as far as a look tells. */
export const compareThere = (there: Seen, entry: SourceEntry): 'same' | 'other' | 'unsure' => {
  if (there.kind !== entry.kind) return 'other'
  if (entry.kind === 'directory') return 'same'
  if (entry.kind === 'link') return there.linkTarget === entry.linkTarget ? 'same' : 'other'
  if (there.size !== entry.size) return 'other'
  return there.mtime === Math.floor(entry.mtimeMs / 1000) ? 'same' : 'unsure'
}

/** Of files of the same size and another time, those that hold something else: true where that is certain. */
export const findOthers = async (
  { contents, files }: ComparingDeps,
  { root, target, container, unsure }: Place & { readonly unsure: readonly PathEntry[] },
): Promise<ReadonlyMap<string, boolean>> => {
  const others = new Map<string, boolean>()
  if (unsure.length === 0) return others
  const theirs = await container.digests(
    target,
    unsure.map(([path]) => path),
  )
  for (const [path, entry] of unsure) {
    const source = pathBelow(root, path)
    if (entry.size <= maxHeldBytes) contents.learn(source, entry)
    const ours = entry.size <= maxHeldBytes ? contents.digestOf(entry) : await files.digest(source)
    if (ours === undefined || ours !== theirs.get(path)) others.set(path, ours !== undefined && theirs.has(path))
  }
  return others
}

/** Of these, those that a container has not as they are wanted, or cannot tell of. */
export const findLacking = async (
  deps: ComparingDeps,
  { entries, ...place }: Place & { readonly entries: readonly PathEntry[] },
): Promise<ReadonlySet<string>> => {
  const paths = entries.map(([path]) => path)
  const seen = await place.container.look(place.target, paths)
  if (seen === undefined) return new Set(paths)
  const verdicts = entries.map(([path, entry]) => {
    const there = seen.get(path)
    return { path, entry, verdict: there === undefined ? 'other' : compareThere(there, entry) }
  })
  const unsure = verdicts.flatMap(({ path, entry, verdict }) => (verdict === 'unsure' ? [[path, entry] as const] : []))
  const others = await findOthers(deps, { ...place, unsure })
  return new Set([...verdicts.flatMap(({ path, verdict }) => (verdict === 'other' ? [path] : [])), ...others.keys()])
}
