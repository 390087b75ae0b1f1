import { isGit, parseGitReference, withoutCredentials } from '../texts/git-reference.ts'
import { basename, isAbsolutePath, joinPath } from '../texts/paths.ts'
import type { Place } from '../tree/node.ts'
import type { LoadContext } from './load-context.ts'

/** Whether a path of `-f`, `include` or `extends` names something that is not on this machine. */
export const isRemote = (path: string): boolean => path.startsWith('oci://') || isGit(path)

type Fetching = Pick<LoadContext, 'sources' | 'problems' | 'fetched' | 'repositories'>

/** What a project is called that comes from a repository and does not say so: its folder there, or the repository. */
export const remoteName = (path: string): string => {
  const { url, folder } = parseGitReference(path)
  const inner = folder.replace(/(?:^|\/)[^/]*\.ya?ml$/, '').replace(/\/+$/, '')
  return basename(inner === '' ? url.replace(/\/+$/, '').replace(/\.git$/, '') : inner)
}

const fileNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'stack.yaml',
  'stack.yml',
]

/** The local file that a remote path stands for, after fetching it; a failure is reported at `at`. */
export const fetchRemote = (context: Fetching, path: string, at: Place | undefined): string | undefined => {
  if (context.fetched.has(path)) return context.fetched.get(path)
  const file = fetchFile(context, path, at)
  context.fetched.set(path, file)
  return file
}

const fetchFile = (context: Fetching, path: string, at: Place | undefined): string | undefined => {
  if (!isGit(path)) {
    context.problems.error(at, 'remote/unsupported', `"${path}" is an OCI artifact, and Stack does not read those.`, {
      hint: 'Use a file on this machine, or a git URL such as https://host/repository.git#branch:folder.',
    })
    return undefined
  }
  const { url, ref, folder } = parseGitReference(path)
  const repository = withoutCredentials(url)
  const result = context.sources.fetchGit(url, ref)
  if (!result.ok) {
    context.problems.error(at, 'remote/failed', `The repository ${repository} could not be fetched: ${result.detail}.`)
    return undefined
  }
  context.repositories.add(result.directory)
  const target = joinPath(result.directory, isAbsolutePath(folder) ? folder.slice(1) : folder)
  if (target !== result.directory && !target.startsWith(`${result.directory}/`)) {
    context.problems.error(at, 'remote/outside', `"${folder}" leads out of the repository ${repository}.`)
    return undefined
  }
  if (context.sources.kindOf(target) !== 'directory') return target
  const found = fileNames.map((name) => joinPath(target, name)).find((file) => context.sources.kindOf(file) === 'file')
  if (found === undefined) {
    context.problems.error(
      at,
      'remote/no-file',
      `The repository ${repository} has no stack file${folder === '' ? '' : ` in ${folder}`}.`,
    )
  }
  return found
}
