import type { Clock } from '../ports/clock.ts'
import type { FolderNames, SourceEntry, SourceFiles } from '../ports/source-files.ts'
import type { FolderWatches } from '../ports/watcher.ts'
import { pathBelow } from './paths.ts'
import { hasChangedSince, isSameFolder, unknownEntry } from './same-entry.ts'
import { createSlices } from './slices.ts'

/** Folders that are watched: what each was just before, and the names that were in it just after. Folders before what is in them. */
export type Survey = ReadonlyMap<string, SurveyedFolder>

type SurveyedFolder = {
  readonly self: SourceEntry
  readonly lookedAt: number
  /** Absent: it cannot be read. */
  readonly names?: FolderNames
}

export type SurveyDeps = {
  readonly files: SourceFiles
  readonly clock: Clock
  readonly watches: FolderWatches
  readonly leaveOut: (path: string, isFolder: boolean) => boolean
  readonly onUnreadable: (path: string, why: string) => void
}

/** Watches these folders and all below them. From its end on nothing is missed, and a third of a look at everything has been done. */
export const survey = async (deps: SurveyDeps, roots: readonly string[]): Promise<Survey> => {
  const { files, clock, watches, leaveOut, onUnreadable } = deps
  const slices = createSlices(clock)
  const found = new Map<string, SurveyedFolder>()
  const left = [...roots]
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const folder = path
    if (found.has(folder)) continue
    const lookedAt = clock.now()
    // Before the watch: another folder that takes this one's place meanwhile has the watch, and is told by what it is.
    const self = files.lookAt(folder)
    if (self.kind === 'unreadable') onUnreadable(folder, self.why)
    if (self.kind !== 'directory') continue
    watches.watch(folder)
    const names = files.list(folder, (name, isFolder) => leaveOut(pathBelow(folder, name), isFolder))
    if (names.kind === 'unreadable') onUnreadable(folder, names.why)
    if (names.kind === 'gone') continue
    found.set(folder, { self, lookedAt, ...(names.kind === 'names' ? { names } : {}) })
    if (names.kind === 'names') for (const name of names.folders) left.push(pathBelow(folder, name))
    await slices.next()
  }
  return found
}

type FirstLook = {
  readonly entries: Map<string, SourceEntry>
  /** Names that are there, and are not to be looked at. */
  readonly unreadable: readonly string[]
  /** Something may have changed since the survey, and is entered as unknown: the next look finds that it is another. */
  readonly isOutdated: boolean
}

/** Looks at what a survey has found in a folder, and tells what it was when the survey began. */
export const lookAtNames = (
  files: Pick<SourceFiles, 'lookAt'>,
  { found, path, since }: { readonly found: Survey; readonly path: string; readonly since: number },
): FirstLook => {
  const { self, names } = found.get(path) ?? {}
  const entries = new Map<string, SourceEntry>()
  const unreadable: string[] = []
  for (const name of names?.folders ?? []) entries.set(name, found.get(pathBelow(path, name))?.self ?? unknownEntry)
  for (const name of names?.others ?? []) {
    const entry = files.lookAt(pathBelow(path, name))
    if (entry.kind === 'unreadable') unreadable.push(name)
    const isKnown = (entry.kind === 'file' || entry.kind === 'link') && !hasChangedSince(entry, since)
    entries.set(name, isKnown ? entry : unknownEntry)
  }
  const now = files.lookAt(path)
  const isSame = self !== undefined && now.kind === 'directory' && isSameFolder(self, now)
  // What was looked at is in another folder, which may be older than the watch with all that is in it.
  if (!isSame) for (const name of names?.others ?? []) entries.set(name, unknownEntry)
  const isOutdated = !isSame || [...entries.values()].includes(unknownEntry)
  return { entries, unreadable, isOutdated }
}
