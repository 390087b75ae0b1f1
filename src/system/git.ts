import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { FetchResult } from '../core/compose/sources.ts'

type Options = { readonly cacheDirectory?: string; readonly timeoutMs?: number }

/**
 * Fetches repositories with the installed git into a cache of ours, one folder for each repository and ref, only the last
 * commit. A branch is asked for each time, a full commit id once. Never asks for a password, runs no hook, follows no
 * `ext::` transport.
 */
export const createGitFetcher = ({ cacheDirectory = defaultCache(), timeoutMs = 120_000 }: Options = {}): ((url: string, ref: string | undefined) => FetchResult) => {
  const done = new Map<string, FetchResult>()
  return (url, ref) => {
    const key = `${url}#${ref ?? ''}`
    const known = done.get(key)
    if (known !== undefined) return known
    const result = fetchRepository({ url, ref, directory: join(cacheDirectory, createHash('sha256').update(key).digest('hex').slice(0, 24)), timeoutMs })
    done.set(key, result)
    return result
  }
}

const defaultCache = (): string => join(process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] || homedir(), '.cache'), 'stack', 'git')

type Fetch = { readonly url: string; readonly ref: string | undefined; readonly directory: string; readonly timeoutMs: number }

const fetchRepository = ({ url, ref, directory, timeoutMs }: Fetch): FetchResult => {
  if (url.startsWith('-') || ref?.startsWith('-') === true) return { ok: false, detail: 'a URL or ref cannot start with "-"' }
  const isCommit = ref !== undefined && /^[0-9a-f]{40}$/.test(ref)
  if (isCommit && existsSync(join(directory, '.git', 'stack-complete'))) return { ok: true, directory }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const git = (...args: readonly string[]): string | undefined => runGit(directory, args, timeoutMs)
  const failed = (detail: string | undefined): FetchResult => ({ ok: false, detail: detail ?? 'git failed' })
  const started = existsSync(join(directory, '.git')) ? undefined : git('init', '--quiet')
  if (started !== undefined) return failed(started)
  const target = ref ?? 'HEAD'
  const shallow = git('fetch', '--quiet', '--depth=1', '--no-tags', '--', url, target)
  // Some servers hand out a commit by its id only with everything before it.
  const fetched = shallow !== undefined && isCommit ? git('fetch', '--quiet', '--no-tags', '--', url, '+refs/*:refs/remotes/origin/*') : shallow
  if (fetched !== undefined) return failed(fetched)
  const checkedOut = git('checkout', '--quiet', '--force', '--detach', shallow === undefined ? 'FETCH_HEAD' : target)
  if (checkedOut !== undefined) return failed(checkedOut)
  git('clean', '--quiet', '-ffdx')
  if (isCommit) mkdirSync(join(directory, '.git', 'stack-complete'), { recursive: true })
  return { ok: true, directory }
}

const settings = ['-c', 'protocol.ext.allow=never', '-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', '-c', 'protocol.file.allow=always']

/** What git complained about; undefined when it did what it was asked. */
const runGit = (directory: string, args: readonly string[], timeoutMs: number): string | undefined => {
  const result = spawnSync('git', [...settings, ...args], {
    cwd: directory,
    encoding: 'utf8',
    timeout: timeoutMs,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_DIR: join(directory, '.git'), GIT_WORK_TREE: directory, LC_ALL: 'C' },
  })
  if (result.status === 0) return undefined
  const error = result.error as NodeJS.ErrnoException | undefined
  if (error?.code === 'ENOENT') return 'git is not installed'
  if (error?.code === 'ETIMEDOUT') return `git did not answer within ${timeoutMs / 1000} seconds`
  const [line = 'git failed'] = result.stderr.split('\n').filter((one) => /^(fatal|error):/.test(one)).map((one) => one.replace(/^(fatal|error): /, ''))
  return line.replace(/[.\s]+$/, '')
}
