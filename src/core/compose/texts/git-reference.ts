/** A git repository that a stack file names: `url#ref:folder`. */
export type GitReference = { readonly url: string; readonly ref: string | undefined; readonly folder: string }

const gitPattern = /^(?:(?:git|ssh|https?|file):\/\/|git@|github\.com\/)/

/** As Docker decides: a git or ssh URL, `git@host:path`, `github.com/…`, or a web URL whose path ends with `.git`. */
export const isGit = (path: string): boolean => {
  if (!gitPattern.test(path)) return false
  const [url = ''] = path.split('#', 1)
  return /^https?:\/\//.test(path) ? url.endsWith('.git') : true
}

/** `url#ref:folder` → its parts; `github.com/…` is the web URL that it stands for. */
export const parseGitReference = (path: string): GitReference => {
  const hash = path.indexOf('#')
  const url = hash === -1 ? path : path.slice(0, hash)
  const fragment = hash === -1 ? '' : path.slice(hash + 1)
  const colon = fragment.indexOf(':')
  const ref = colon === -1 ? fragment : fragment.slice(0, colon)
  return {
    url: url.startsWith('github.com/') ? `https://${url}` : url,
    ref: ref === '' ? undefined : ref,
    folder: colon === -1 ? '' : fragment.slice(colon + 1),
  }
}

/** The URL without a name and a password or token, for people and for files: only a web URL can hold a secret there. */
export const withoutCredentials = (url: string): string => url.replace(/^(https?:\/\/)[^/@]*@/, '$1')

/** Whether a ref is the full id of a commit (SHA-1 or SHA-256): what it names never changes. */
export const isCommitId = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)
