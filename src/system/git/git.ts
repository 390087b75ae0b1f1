import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isCommitId, withoutCredentials } from '../../core/compose/texts/git-reference.ts'
import type { FetchResult } from '../../core/compose/sources/sources.ts'
import { toHomeFolder } from '../../wire/home-folder.ts'
import { describeUnwritable, isFileFailure } from '../file-failure.ts'
import { withFolderLock } from '../folder-lock.ts'
import { fetchCommit, toGitCall, toGitReason, type GitCall } from './git-command.ts'

type Options = { readonly cacheDirectory?: string; readonly timeoutMs?: number }

/**
 * Fetches repositories with the installed git into a cache of ours, one folder for each repository and ref, only the last
 * commit. A branch is asked for each time, a full commit id once. For loading, which is synchronous; builds have their
 * own way (git-checkouts.ts).
 */
export const createGitFetcher = ({ cacheDirectory = defaultCache(), timeoutMs = 120_000 }: Options = {}): ((
  url: string,
  ref: string | undefined,
) => FetchResult) => {
  const done = new Map<string, FetchResult>()
  return (url, ref) => {
    const key = `${url}#${ref ?? ''}`
    const known = done.get(key)
    if (known !== undefined) return known
    const result = fetchRepository({
      url,
      ref,
      directory: join(cacheDirectory, createHash('sha256').update(key).digest('hex').slice(0, 24)),
      timeoutMs,
    })
    done.set(key, result)
    return result
  }
}

/** Of all repositories, below `$XDG_CACHE_HOME`. */
export const defaultCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(toHomeFolder(process.env), '.cache'), 'stack', 'git')

type Fetch = {
  readonly url: string
  readonly ref: string | undefined
  readonly directory: string
  readonly timeoutMs: number
}

const fetchRepository = (fetch: Fetch): FetchResult => {
  const { url, ref, directory, timeoutMs } = fetch
  if (url.startsWith('-') || ref?.startsWith('-') === true)
    return { ok: false, detail: 'a URL or ref cannot start with "-"' }
  const isCommit = ref !== undefined && isCommitId(ref)
  if (isCommit && existsSync(join(directory, '.git', 'stack-complete'))) return { ok: true, directory }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return (
      withFolderLock(directory, () => fillFolder(fetch, isCommit), { timeoutMs }) ?? {
        ok: false,
        detail: 'another process was at it all the time',
      }
    )
  } catch (error) {
    if (!isFileFailure(error)) throw error
    return { ok: false, detail: describeUnwritable(error, directory) }
  }
}

/** What a git that was killed has left, and what nobody else can hold while we are here. */
const leftLocks = ['index.lock', 'shallow.lock', 'HEAD.lock', 'FETCH_HEAD.lock']

const fillFolder = ({ url, ref, directory, timeoutMs }: Fetch, isCommit: boolean): FetchResult => {
  for (const name of leftLocks) rmSync(join(directory, '.git', name), { force: true })
  const call = toGitCall(url, process.env)
  const git = (...args: readonly string[]): string | undefined => runGit(args, { call, url, directory, timeoutMs })
  const failed = (detail: string | undefined): FetchResult => ({ ok: false, detail: detail ?? 'git failed' })
  const started = existsSync(join(directory, '.git')) ? undefined : git('init', '--quiet')
  if (started !== undefined) return failed(started)
  const target = ref ?? 'HEAD'
  const fetching = fetchCommit(withoutCredentials(url), { target, isCommit })
  let step = fetching.next()
  while (step.done !== true) step = fetching.next(git(...step.value))
  if (step.value !== undefined) return failed(step.value)
  const checkedOut = git('checkout', '--quiet', '--force', '--detach', isCommit ? target : 'FETCH_HEAD')
  if (checkedOut !== undefined) return failed(checkedOut)
  git('clean', '--quiet', '-ffdx')
  if (isCommit) mkdirSync(join(directory, '.git', 'stack-complete'), { recursive: true })
  return { ok: true, directory }
}

type Surroundings = Pick<Fetch, 'url' | 'directory' | 'timeoutMs'> & { readonly call: GitCall }

/** What git complained about; undefined when it did what it was asked. */
const runGit = (args: readonly string[], { call, url, directory, timeoutMs }: Surroundings): string | undefined => {
  const result = spawnSync('git', [...call.settings, ...args], {
    cwd: directory,
    encoding: 'utf8',
    timeout: timeoutMs,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...call.environment, GIT_DIR: join(directory, '.git'), GIT_WORK_TREE: directory },
  })
  if (result.status === 0) return undefined
  const error: NodeJS.ErrnoException | undefined = result.error
  if (error?.code === 'ENOENT') return 'git is not installed'
  if (error?.code === 'ETIMEDOUT') return `git did not answer within ${timeoutMs / 1000} seconds`
  return toGitReason(result.stderr, url)
}
