import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { isCommitId, withoutCredentials } from '../../core/compose/texts/git-reference.ts'
import { nearestName } from '../../core/errors/nearest-name.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { GitCheckout, Repositories, WantedCheckout } from '../../engine/ports/repositories.ts'
import { describeUnwritable, isFileFailure } from '../file-failure.ts'
import { fetchCommit, toGitCall } from './git-command.ts'
import { defaultCache } from './git.ts'
import { createGitRunner, type GitRunner } from './git-runner.ts'

type Options = { readonly environment?: NodeJS.ProcessEnv; readonly cacheDirectory?: string }

/** So long after its last use a checkout may still be what some build reads. */
const KEPT_MS = 24 * 60 * 60 * 1000

/**
 * Checkouts of git repositories for builds: one folder a commit, made beside its place and renamed to it when it is whole,
 * so that runs beside each other neither wait nor disturb. Where a branch is now is asked each time; a commit that is there
 * is not fetched again.
 */
export const createRepositories = ({
  environment = process.env,
  cacheDirectory = defaultCache(),
}: Options = {}): Repositories => ({
  checkOut: async (wanted, { signal }) => {
    const { url, ref } = wanted
    const shown = withoutCredentials(url)
    if (url.startsWith('-') || ref?.startsWith('-') === true)
      throw new StackError('git/unreadable', { url: shown, why: 'a URL or ref cannot start with "-"' })
    const home = join(cacheDirectory, 'contexts', createHash('sha256').update(url).digest('hex').slice(0, 24))
    try {
      await mkdir(home, { recursive: true, mode: 0o700 })
      const git = createGitRunner({ call: toGitCall(url, environment), directory: home, url, signal })
      const found = await locate(git, wanted)
      const known = found.commit === undefined ? undefined : await findCheckout(home, { commit: found.commit, wanted })
      const checkout = known ?? (await makeCheckout(git, { home, wanted, target: found.target }))
      await forgetOld(home, checkout.root)
      return checkout
    } catch (error) {
      if (signal?.aborted === true || !isFileFailure(error)) throw error
      throw new StackError('git/unreadable', { url: shown, why: describeUnwritable(error, home) }, { cause: error })
    }
  },
  findFolder: async ({ root }, { url, folder, reads = [] }) => {
    const shown = withoutCredentials(url)
    const [top, target] = await Promise.all([realpath(root), realpath(join(root, folder)).catch(() => undefined)])
    // What a link leads to counts: the repository is somebody else's.
    if (isOutside(join(root, folder), root) || (target !== undefined && isOutside(target, top)))
      throw new StackError('git/outside', { url: shown, folder })
    if (target === undefined || !(await stat(target)).isDirectory())
      throw new StackError('git/no-folder', { url: shown, folder })
    for (const name of reads.flatMap((one) => [dirname(one), one])) {
      const file = await realpath(join(target, name)).catch(() => undefined)
      if (isOutside(join(target, name), top) || (file !== undefined && isOutside(file, top)))
        throw new StackError('git/outside', { url: shown, folder: name })
    }
    return target
  },
})

const isOutside = (path: string, root: string): boolean =>
  path !== root && path !== `${root}${sep}` && !path.startsWith(`${root}${sep}`)

/** What to fetch, and the commit it is if that is known beforehand. */
type Located = { readonly target: string; readonly commit?: string }

/** Branches come before tags, as in BuildKit. A full commit id is nothing to ask about. */
const locate = async (git: GitRunner, { url, ref }: WantedCheckout): Promise<Located> => {
  if (ref !== undefined && isCommitId(ref)) return { target: ref, commit: ref }
  const shown = withoutCredentials(url)
  const listed = await git.run(
    'ls-remote',
    '--quiet',
    '--',
    shown,
    ...(ref === undefined ? ['HEAD'] : [ref, `${ref}^{}`]),
  )
  const commits = new Map(
    listed.split('\n').flatMap((line): [string, string][] => {
      const [commit = '', name] = line.split('\t')
      return name === undefined ? [] : [[name, commit]]
    }),
  )
  for (const name of ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref, `refs/${ref}`]) {
    const commit = commits.get(`${name}^{}`) ?? commits.get(name)
    if (commit !== undefined) return { target: name, commit }
  }
  if (ref === undefined) throw new StackError('git/unreadable', { url: shown, why: 'it has no commit yet' })
  const near = nearestName(ref, await listNames(git, shown))
  throw new StackError('git/no-ref', { url: shown, ref, ...(near === undefined ? {} : { near }) })
}

const listNames = async (git: GitRunner, url: string): Promise<readonly string[]> =>
  [
    ...(await git.run('ls-remote', '--quiet', '--heads', '--tags', '--', url)).matchAll(
      /\trefs\/(?:heads|tags)\/(.+?)(?:\^\{\})?$/gm,
    ),
  ].flatMap(([, name]) => name ?? [])

const toName = (commit: string, { keepGitDirectory }: WantedCheckout): string =>
  keepGitDirectory ? `${commit}-git` : commit

const findCheckout = async (
  home: string,
  { commit, wanted }: { readonly commit: string; readonly wanted: WantedCheckout },
): Promise<GitCheckout | undefined> => {
  const place = join(home, toName(commit, wanted))
  try {
    const now = new Date()
    await utimes(place, now, now)
    return { root: join(place, 'tree'), commit }
  } catch {
    return undefined
  }
}

const makeCheckout = async (
  git: GitRunner,
  { home, wanted, target }: { readonly home: string; readonly wanted: WantedCheckout; readonly target: string },
): Promise<GitCheckout> => {
  const part = await mkdtemp(join(home, '.part-'))
  try {
    const tree = join(part, 'tree')
    await mkdir(tree, { mode: 0o755 })
    const commit = await fillTree(git.in(tree), { wanted, target })
    if (!wanted.keepGitDirectory) await removeGitFolders(tree, existsSync(join(tree, '.gitmodules')))
    const place = join(home, toName(commit, wanted))
    await rename(part, place).catch(async (error: NodeJS.ErrnoException) => {
      // Another run was first, with the same.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    return { root: join(place, 'tree'), commit }
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

const fillTree = async (
  git: GitRunner,
  { wanted: { url, ref }, target }: { readonly wanted: WantedCheckout; readonly target: string },
): Promise<string> => {
  const shown = withoutCredentials(url)
  await git.run('init', '--quiet')
  // Submodules may be named relative to it.
  await git.run('remote', 'add', 'origin', shown)
  const isCommit = isCommitId(target)
  const fetching = fetchCommit(shown, { target, isCommit })
  let step = fetching.next()
  while (step.done !== true) step = fetching.next(await git.complaint(...step.value))
  if (step.value !== undefined) throw new StackError('git/unreadable', { url: shown, why: step.value })
  const missing = await git.complaint('checkout', '--quiet', '--force', '--detach', isCommit ? target : 'FETCH_HEAD')
  if (missing !== undefined)
    throw isCommit
      ? new StackError('git/no-ref', { url: shown, ref: ref ?? target })
      : new StackError('git/unreadable', { url: shown, why: missing })
  await fetchSubmodules(git)
  return (await git.run('rev-parse', 'HEAD')).trim()
}

/** Each at the commit that the repository names. A server that does not give out a single commit gives everything. */
const fetchSubmodules = async (git: GitRunner): Promise<void> => {
  if (!existsSync(join(git.directory, '.gitmodules'))) return
  const update = ['submodule', 'update', '--init', '--recursive', '--quiet', '--force']
  if ((await git.complaint(...update, '--depth=1')) === undefined) return
  await git.complaint('submodule', 'deinit', '--quiet', '--all', '--force')
  await rm(join(git.directory, '.git', 'modules'), { recursive: true, force: true })
  await git.run(...update)
}

/** No repository can hold anything named `.git`: what is called so was made by git beside what was checked out. */
const removeGitFolders = async (folder: string, hasSubmodules: boolean): Promise<void> => {
  await rm(join(folder, '.git'), { recursive: true, force: true })
  if (!hasSubmodules) return
  const below = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  for (const { name } of below) await removeGitFolders(join(folder, name), true)
}

/** Of other commits, and what killed runs have left; what another run may still need stays. */
const forgetOld = async (home: string, root: string): Promise<void> => {
  for (const name of await readdir(home)) {
    const place = join(home, name)
    if (root.startsWith(`${place}${sep}`)) continue
    const used = await stat(place).catch(() => undefined)
    if (used !== undefined && Date.now() - used.mtimeMs > KEPT_MS) await rm(place, { recursive: true, force: true })
  }
}
