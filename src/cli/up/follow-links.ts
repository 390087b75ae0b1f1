import { dirname, isAbsolute } from 'node:path'
import type { SourceEntry, SourceFiles } from '../../engine/ports/source-files.ts'

export type Followed = {
  /** Undefined: the path leads to nothing, or to what cannot be looked at. */
  readonly entry: SourceEntry | undefined
  /** The folders of the path and of what its links lead to. */
  readonly folders: readonly string[]
}

// As many as Linux follows.
const mostLinks = 40

/** What a path leads to through the links in its last part. */
export const followLinks = (looks: Pick<SourceFiles, 'lookAt'>, path: string): Followed => {
  const folders: string[] = []
  for (let at = path; folders.length <= mostLinks;) {
    const look = looks.lookAt(at)
    const folder = dirname(at)
    folders.push(folder)
    if (look.kind === 'gone' || look.kind === 'unreadable') return { entry: undefined, folders }
    if (look.kind !== 'link' || look.linkTarget === undefined) return { entry: look, folders }
    // Not made shorter: a folder on the way may be a link itself, and `..` leads out of where that leads to.
    at = isAbsolute(look.linkTarget) ? look.linkTarget : `${folder}/${look.linkTarget}`
  }
  return { entry: undefined, folders }
}

/** A text that is another one when the file may have another content. What is in a folder is no matter of the folder. */
export const toLook = (entry: SourceEntry | undefined): string => {
  if (entry === undefined) return 'gone'
  const { kind, inode, size, mtimeMs, ctimeMs } = entry
  return kind === 'file' ? `${kind} ${inode} ${size} ${mtimeMs} ${ctimeMs}` : `${kind} ${inode}`
}
