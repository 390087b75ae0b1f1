import type { Sources } from './sources.ts'

/** What is known of fetched repositories: the folders that they were checked out into. */
export type Repositories = { readonly sources: Pick<Sources, 'realpath'>; readonly repositories: ReadonlySet<string> }

/**
 * Whether a path of a fetched repository is, by a link in it, one of this machine's own: what somebody else has put there must
 * not pass for theirs. Whatever stands in a stack file itself can be seen there, and is no matter of this.
 */
export const leadsOutOfRepository = (path: string, { sources, repositories }: Repositories): boolean => {
  for (const folder of repositories) {
    if (!path.startsWith(`${folder}/`)) continue
    const [real, root] = [sources.realpath(path), sources.realpath(folder)]
    if (real !== root && !real.startsWith(`${root}/`)) return true
  }
  return false
}

export const outsideMessage = (path: string): string =>
  `A link at ${path} leads out of the repository that it is part of.`
