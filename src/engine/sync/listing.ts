import type { SourceEntry } from '../ports/source-files.ts'

/**
 * What is below a root, folder by folder: what a rule wants, or what a container holds. A folder's version is that of the
 * folder that it was taken from, so that the same need not be compared again; 0 is that of none, and of one that has changed.
 */
export type Listing = {
  /** By path below the root. */
  readonly folders: Map<string, ListedFolder>
  /** The root itself, where it is no folder. */
  single: SourceEntry | undefined
}

export type ListedFolder = {
  readonly entries: Map<string, SourceEntry>
  /** Names of the folders in it that are listed, which need not be entries: a rule may ask only for files. */
  readonly below: Set<string>
  version: number
}

export const createListing = (): Listing => ({ folders: new Map(), single: undefined })

/** A path below a root: its folder there, and its name. */
export const split = (path: string): readonly [folder: string, name: string] => {
  const slash = path.lastIndexOf('/')
  return [slash === -1 ? '' : path.slice(0, slash), path.slice(slash + 1)]
}

export const joinPath = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)

export const findEntry = (listing: Listing, path: string): SourceEntry | undefined => {
  if (path === '') return listing.single
  const [folder, name] = split(path)
  return listing.folders.get(folder)?.entries.get(name)
}

/** The folder as it is listed; it is listed from now on if it was not. */
export const openFolder = (listing: Listing, path: string): ListedFolder => {
  const known = listing.folders.get(path)
  if (known !== undefined) return known
  const folder: ListedFolder = { entries: new Map(), below: new Set(), version: 0 }
  listing.folders.set(path, folder)
  if (path !== '') {
    const [parent, name] = split(path)
    openFolder(listing, parent).below.add(name)
  }
  return folder
}

/** Takes an entry in. What was below it is forgotten where it is no folder. */
export const setEntry = (listing: Listing, path: string, entry: SourceEntry): void => {
  if (entry.kind !== 'directory') forgetBelow(listing, path)
  if (path === '') {
    listing.single = entry
    return
  }
  const [folder, name] = split(path)
  const listed = openFolder(listing, folder)
  listed.entries.set(name, entry)
  listed.version = 0
}

/** Forgets a path and all that is below it. */
export const forgetEntry = (listing: Listing, path: string): void => {
  forgetBelow(listing, path)
  if (path === '') {
    listing.single = undefined
    return
  }
  const [folder, name] = split(path)
  const listed = listing.folders.get(folder)
  if (listed?.entries.delete(name) === true) listed.version = 0
}

const forgetBelow = (listing: Listing, path: string): void => {
  const left = [path]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const listed = listing.folders.get(at)
    if (listed === undefined) continue
    listing.folders.delete(at)
    for (const name of listed.below) left.push(joinPath(at, name))
  }
  if (path === '') return
  const [folder, name] = split(path)
  listing.folders.get(folder)?.below.delete(name)
}

/** The paths at and below one that are no folders. */
export const filesBelow = (listing: Listing, path: string): readonly string[] => {
  const entry = findEntry(listing, path)
  const found = entry === undefined || entry.kind === 'directory' ? [] : [path]
  const left = [path]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const listed = listing.folders.get(at)
    if (listed === undefined) continue
    for (const [name, { kind }] of listed.entries) if (kind !== 'directory') found.push(joinPath(at, name))
    for (const name of listed.below) left.push(joinPath(at, name))
  }
  return found
}

/** Every path with what is there; folders before what is in them. */
export const entriesOf = (listing: Listing): readonly (readonly [path: string, entry: SourceEntry])[] => {
  const found: [string, SourceEntry][] = listing.single === undefined ? [] : [['', listing.single]]
  for (const [folder, { entries }] of listing.folders)
    for (const [name, entry] of entries) found.push([joinPath(folder, name), entry])
  return found.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

export type Difference = {
  /** Paths that are there and are not, or are others, in the second; folders first. */
  readonly put: readonly { readonly path: string; readonly entry: SourceEntry; readonly before?: SourceEntry }[]
  /** Topmost paths that only the second has. */
  readonly remove: readonly string[]
}

/** What has to be done to the second to make it the first. Entries are compared by being the same object. */
export const compareListings = (wanted: Listing, held: Listing): Difference => {
  const put: Difference['put'][number][] = []
  const gone: string[] = []
  if (wanted.single !== undefined && wanted.single !== held.single)
    put.push({ path: '', entry: wanted.single, ...(held.single === undefined ? {} : { before: held.single }) })
  // A folder takes the place of the root's file with the first thing in it, and if it is empty with nothing.
  if (wanted.single === undefined && held.single !== undefined) gone.push('')
  for (const [folder, { entries, version }] of wanted.folders) {
    const other = held.folders.get(folder)
    if (other !== undefined && version !== 0 && other.version === version) continue
    for (const [name, entry] of entries) {
      const before = other?.entries.get(name)
      if (before !== entry)
        put.push({ path: joinPath(folder, name), entry, ...(before === undefined ? {} : { before }) })
    }
    for (const name of other?.entries.keys() ?? []) if (!entries.has(name)) gone.push(joinPath(folder, name))
  }
  for (const [folder, { entries }] of held.folders)
    if (!wanted.folders.has(folder)) for (const name of entries.keys()) gone.push(joinPath(folder, name))
  const remove = gone.length === 0 ? [] : toTopmost(gone, put)
  return { put: put.toSorted((a, b) => (a.path < b.path ? -1 : 1)), remove }
}

/** What is below another that goes, or below what takes the place of a folder, goes with it. */
const toTopmost = (gone: readonly string[], put: Difference['put']): readonly string[] => {
  const whole = new Set(gone)
  for (const { path, entry } of put) if (entry.kind !== 'directory') whole.add(path)
  const isBelow = (path: string): boolean => {
    if (path !== '' && whole.has('')) return true
    for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1))
      if (whole.has(path.slice(0, at))) return true
    return false
  }
  return gone.filter((path) => !isBelow(path)).toSorted()
}

/** Whether the second has what the first has, and nothing else. */
export const isEven = (wanted: Listing, held: Listing): boolean => {
  if (wanted.single !== held.single) return false
  for (const [folder, listed] of wanted.folders) if (!isEvenFolder(listed, held.folders.get(folder))) return false
  for (const [folder, { entries }] of held.folders) if (entries.size > 0 && !wanted.folders.has(folder)) return false
  return true
}

const isEvenFolder = ({ entries, version }: ListedFolder, other: ListedFolder | undefined): boolean => {
  if (version !== 0 && other?.version === version) return true
  if ((other?.entries.size ?? 0) !== entries.size) return false
  for (const [name, entry] of entries) if (other?.entries.get(name) !== entry) return false
  return true
}

/** Marks the folders of the second that have all that the first has. */
export const settleVersions = (wanted: Listing, held: Listing): void => {
  for (const [folder, listed] of wanted.folders) {
    if (!isEvenFolder(listed, held.folders.get(folder))) continue
    const other = held.folders.get(folder) ?? (listed.version === 0 ? undefined : openFolder(held, folder))
    if (other !== undefined) other.version = listed.version
  }
}
