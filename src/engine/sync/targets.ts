import { findEntry, type Listing } from './listing.ts'
import { nameOf, pathBelow, relativeTo } from './paths.ts'
import type { SourceTree } from './source-tree.ts'
import type { Wanted } from './wanted.ts'

/** Where a rule's root goes in a container: an absolute path without a slash at its end. */
export type TargetOf = (wanted: Wanted) => string

/** A target that ends in a slash is a folder, into which a source that is a file goes under its own name. */
export const createTargetOf =
  (tree: SourceTree): TargetOf =>
  ({ rule: { root, target = '/' } }) => {
    const path = target.length > 1 && target.endsWith('/') ? target.slice(0, -1) : target
    return target.endsWith('/') && tree.root(root).kind === 'single' ? pathBelow(path, nameOf(root)) : path
  }

/** Whether another rule of the service wants something at this path of the container, or below it. */
export const isWantedBelow = (
  { targetOf, all }: { readonly targetOf: TargetOf; readonly all: readonly Wanted[] },
  own: Wanted,
  target: string,
): boolean =>
  all.some((wanted) => {
    if (wanted === own) return false
    const root = targetOf(wanted)
    const below = relativeTo(root, target)
    if (below !== undefined) return hasPath(wanted.listing, below)
    return (
      relativeTo(target, root) !== undefined && (wanted.listing.folders.size > 0 || wanted.listing.single !== undefined)
    )
  })

const hasPath = (listing: Listing, path: string): boolean =>
  listing.folders.has(path) || findEntry(listing, path) !== undefined
