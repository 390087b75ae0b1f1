import { isAbsolutePath, joinPath } from './paths.ts'
import type { Place } from './node.ts'
import type { LoadContext } from './load-context.ts'

/** A git repository that a stack file names: `url#ref:folder`. */
export type GitReference = { readonly url: string; readonly ref: string | undefined; readonly folder: string }

const gitPattern = /^(?:(?:git|ssh|https?|file):\/\/|git@|github\.com\/)/

/** Whether a path of `include` or `extends` names something that is not on this machine. */
export const isRemote = (path: string): boolean => path.startsWith('oci://') || isGit(path)

/** As Docker decides: a git or ssh URL, `git@host:path`, `github.com/…`, or a web URL whose path ends with `.git`. */
export const isGit = (path: string): boolean => {
  if (!gitPattern.test(path)) return false
  const [url = ''] = path.split('#', 1)
  return /^https?:\/\//.test(path) ? url.endsWith('.git') : true
}

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

const fileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml', 'stack.yaml', 'stack.yml']

/** The local file that a remote path stands for, after fetching it; a failure is reported at `at`. */
export const fetchRemote = (context: LoadContext, path: string, at: Place): string | undefined => {
  if (context.fetched.has(path)) return context.fetched.get(path)
  const file = fetchFile(context, path, at)
  context.fetched.set(path, file)
  return file
}

const fetchFile = (context: LoadContext, path: string, at: Place): string | undefined => {
  if (!isGit(path)) {
    context.problems.error(at, 'remote/unsupported', `"${path}" is an OCI artifact, and Stack does not read those.`, {
      hint: 'Use a file on this machine, or a git URL such as https://host/repository.git#branch:folder.',
    })
    return undefined
  }
  const { url, ref, folder } = parseGitReference(path)
  const result = context.sources.fetchGit(url, ref)
  if (!result.ok) {
    context.problems.error(at, 'remote/failed', `The repository ${url} could not be fetched: ${result.detail}.`)
    return undefined
  }
  const target = joinPath(result.directory, isAbsolutePath(folder) ? folder.slice(1) : folder)
  if (target !== result.directory && !target.startsWith(`${result.directory}/`)) {
    context.problems.error(at, 'remote/outside', `"${folder}" leads out of the repository ${url}.`)
    return undefined
  }
  if (context.sources.kindOf(target) !== 'directory') return target
  const found = fileNames.map((name) => joinPath(target, name)).find((file) => context.sources.kindOf(file) === 'file')
  if (found === undefined) {
    context.problems.error(at, 'remote/no-file', `The repository ${url} has no stack file${folder === '' ? '' : ` in ${folder}`}.`)
  }
  return found
}
