import { spawn } from 'node:child_process'
import { StackError } from '../../core/errors/stack-error.ts'
import { withoutCredentials } from '../../core/compose/texts/git-reference.ts'
import { toGitReason, type GitCall } from './git-command.ts'

export type GitRunner = {
  readonly directory: string
  /** The same in another folder. */
  in(directory: string): GitRunner
  /** @returns what git printed; @throws `git/unreadable` with what it complained about */
  run(...words: readonly string[]): Promise<string>
  /** @returns what git complained about; undefined when it did what it was asked */
  complaint(...words: readonly string[]): Promise<string | undefined>
}

type Options = {
  readonly call: GitCall
  readonly directory: string
  readonly url: string
  readonly signal: AbortSignal
}

/** The shell's code for a program that is not there. */
const NOT_FOUND = 127

/**
 * Runs the installed git, apart from the terminal (nothing it starts can ask a question there) and with everything that it
 * starts ended by the signal. What it writes can be read by everybody, whatever the umask here: builds copy permissions.
 */
export const createGitRunner = (options: Options): GitRunner => {
  const { call, directory, url, signal } = options
  const execute = async (
    words: readonly string[],
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> => {
    signal.throwIfAborted()
    const child = spawn('/bin/sh', ['-c', 'umask 022; exec git "$@"', 'git', ...call.settings, ...words], {
      cwd: directory,
      detached: true,
      env: call.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const end = (): void => endGroup(child.pid)
    signal.addEventListener('abort', end, { once: true })
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', (status) => resolve(status ?? 1))
      })
      signal.throwIfAborted()
      if (code === NOT_FOUND) throw new StackError('git/not-installed', { url: withoutCredentials(url) })
      return { code, stdout, stderr }
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
  return {
    directory,
    in: (other) => createGitRunner({ ...options, directory: other }),
    run: async (...words) => {
      const { code, stdout, stderr } = await execute(words)
      if (code === 0) return stdout
      throw new StackError('git/unreadable', { url: withoutCredentials(url), why: toGitReason(stderr, url) })
    },
    complaint: async (...words) => {
      const { code, stderr } = await execute(words)
      return code === 0 ? undefined : toGitReason(stderr, url)
    },
  }
}

/** git and what it has started: the transport, ssh. */
const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}
