import { withoutCredentials } from '../../core/compose/texts/git-reference.ts'

/** Words and surroundings of one call of the installed git. */
export type GitCall = { readonly settings: readonly string[]; readonly environment: NodeJS.ProcessEnv }

/** What `git rev-parse --local-env-vars` names: a hook of another repository may have started us. */
const ofAnotherRepository = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_COMMON_DIR', 'GIT_CONFIG', 'GIT_DIR', 'GIT_GRAFT_FILE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NAMESPACE', 'GIT_NO_REPLACE_OBJECTS', 'GIT_OBJECT_DIRECTORY', 'GIT_PREFIX', 'GIT_REPLACE_REF_BASE', 'GIT_SHALLOW_FILE', 'GIT_WORK_TREE',
] // prettier-ignore

/**
 * How git is called for a repository: it asks for no password, runs no hook, follows no `ext::` transport, and reads this
 * machine's folders only for a repository that is itself one of them. A password of the URL stays out of every file.
 */
export const toGitCall = (url: string, environment: NodeJS.ProcessEnv): GitCall => {
  const kept = Object.fromEntries(Object.entries(environment).filter(([name]) => !ofAnotherRepository.includes(name)))
  return {
    settings: [
      ...[
        'protocol.ext.allow=never',
        `protocol.file.allow=${isOfThisMachine(url) ? 'always' : 'never'}`,
        'core.hooksPath=/dev/null',
        'advice.detachedHead=false',
        'init.defaultBranch=main',
      ],
      ...toSignIn(url),
    ].flatMap((setting) => ['-c', setting]),
    // A server that says nothing for a minute is given up.
    environment: {
      GIT_HTTP_LOW_SPEED_LIMIT: '1',
      GIT_HTTP_LOW_SPEED_TIME: '60',
      ...kept,
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
  }
}

const isOfThisMachine = (url: string): boolean => url.startsWith('file://') || url.startsWith('/')

/** git knows the URL without its password, and puts it in when it connects. */
const toSignIn = (url: string): readonly string[] => {
  const public_ = withoutCredentials(url)
  if (public_ === url) return []
  const origin = (text: string) => /^https?:\/\/[^/]+/.exec(text)?.[0] ?? text
  return [`url.${origin(url).replaceAll('=', '%3D')}/.insteadOf=${origin(public_)}/`]
}

/** Every line of git's complaint that says something; a password of the URL is no part of it. */
export const toGitReason = (stderr: string, url: string): string => {
  const lines = stderr
    .split('\n')
    .map((line) =>
      line
        .replace(/^(?:fatal|error|remote): /, '')
        .trim()
        .replace(/[.\s]+$/, ''),
    )
    .filter((line) => line !== '' && !boilerplate.test(line))
  const told = [...new Set(lines)].slice(0, 3).join('; ')
  return (told === '' ? 'git failed' : told)
    .replaceAll(url, withoutCredentials(url))
    .replace(/(https?:\/\/)[^/@\s']*@/g, '$1')
}

const boilerplate =
  /^(?:hint:|Cloning into|Submodule |Please make sure you have the correct access rights|and the repository exists|warning: )/

/**
 * Brings the last commit of a ref or a commit id into a repository: yields the words of a call, and is told what git
 * complained about. The whole history is asked for where the server knows no less: a commit that is no ref's last one, and
 * plain files over HTTP.
 * @returns the last complaint, if any
 */
export const fetchCommit = function* (
  url: string,
  { target, isCommit }: { readonly target: string; readonly isCommit: boolean },
): Generator<readonly string[], string | undefined, string | undefined> {
  const shallow = yield ['fetch', '--quiet', '--depth=1', '--no-tags', '--', url, target]
  if (shallow === undefined) return undefined
  if (isCommit) return yield ['fetch', '--quiet', '--no-tags', '--', url, '+refs/*:refs/remotes/origin/*']
  return /does not support shallow/.test(shallow) ? yield ['fetch', '--quiet', '--no-tags', '--', url, target] : shallow
}
