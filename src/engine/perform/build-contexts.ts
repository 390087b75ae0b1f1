import { isGit, parseGitReference, withoutCredentials } from '../../core/compose/texts/git-reference.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Build } from '../../core/project/service.ts'
import type { GitCheckout, Repositories, WantedCheckout } from '../ports/repositories.ts'
import type { StepContext } from './context.ts'

type Place = Pick<StepContext, 'emit' | 'repositories' | 'retry' | 'signal' | 'step' | 'world'> & {
  readonly environment: Readonly<Record<string, string>>
}

/**
 * The build with a folder of this machine wherever it names a git repository, freshly fetched. What is no repository (a
 * tarball, a Dockerfile on the web) is left to the engine's builder.
 */
export const fetchContexts = async (build: Build, place: Place): Promise<Build> => {
  const keepGitDirectory = isTrue(
    build.args?.[KEEP_GIT] ?? (KEEP_GIT in (build.args ?? {}) ? place.environment[KEEP_GIT] : undefined),
  )
  const fetched = (value: string, reads: readonly string[] = []): Promise<string> | string =>
    isGit(value) ? fetchContext(value, { ...place, keepGitDirectory, reads }) : value
  const [context, ...named] = await Promise.all([
    build.context === undefined ? undefined : fetched(build.context, readsOf(build)),
    ...Object.entries(build.additional_contexts ?? {}).map(
      async ([name, value]) => [name, await fetched(value)] as const,
    ),
  ])
  return {
    ...build,
    ...(context === undefined ? {} : { context }),
    ...(build.additional_contexts === undefined ? {} : { additional_contexts: Object.fromEntries(named) }),
  }
}

/** What is read of a context before the builder sees it. A Dockerfile with a path of this machine is none of the repository's. */
const readsOf = ({ dockerfile = 'Dockerfile', dockerfile_inline: inline }: Build): readonly string[] =>
  inline !== undefined || dockerfile.startsWith('/')
    ? ['.dockerignore']
    : [dockerfile, `${dockerfile}.dockerignore`, '.dockerignore']

/** An argument that Docker's builder obeys too: `.git` is left out of a context without it. */
const KEEP_GIT = 'BUILDKIT_CONTEXT_KEEP_GIT_DIR'

/** Go's `strconv.ParseBool`. */
const isTrue = (value: string | null | undefined): boolean =>
  ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value ?? '')

const fetchContext = async (
  reference: string,
  place: Place & { readonly keepGitDirectory: boolean; readonly reads: readonly string[] },
): Promise<string> => {
  const { emit, repositories, step, world, keepGitDirectory, reads } = place
  const { url, ref, folder } = parseGitReference(reference)
  if (repositories === undefined)
    throw new StackError('internal/bug', { detail: `nothing here can fetch ${withoutCredentials(url)}` })
  const key = JSON.stringify([url, ref, keepGitDirectory])
  const known = world.checkouts.get(key)
  const checkout = known ?? checkOut(repositories, { url, ref, keepGitDirectory }, place)
  world.checkouts.set(key, checkout)
  const { root, commit } = await checkout
  if (known === undefined)
    emit({ type: 'step/progressed', id: step, note: `${withoutCredentials(url)} is at ${commit.slice(0, 12)}` })
  return repositories.findFolder({ root, commit }, { url, folder, reads })
}

const checkOut = (
  repositories: Repositories,
  wanted: WantedCheckout,
  { emit, retry, signal, step }: Place,
): Promise<GitCheckout> => {
  emit({
    type: 'step/progressed',
    id: step,
    note: `fetching ${withoutCredentials(wanted.url)}${wanted.ref === undefined ? '' : ` ${wanted.ref}`}`,
  })
  return retry(() => repositories.checkOut(wanted, { signal }))
}
