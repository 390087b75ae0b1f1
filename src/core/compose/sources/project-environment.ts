import { findFiles, lookedFor, namedFiles, projectDirectory } from './discover.ts'
import type { LoadContext } from './load-context.ts'
import type { LoadRequest } from './load-request.ts'
import { isAbsolutePath, joinPath } from '../texts/paths.ts'
import { fetchRemote, isRemote, remoteName } from './remote.ts'
import { readEnvFiles } from './read-env-files.ts'

export type ProjectPlace = {
  readonly files: readonly string[]
  /** Those of the files that were fetched, as they were asked for. */
  readonly remote: readonly string[]
  readonly directory: string
  /** The folder, or the repository, that a project without a name is named after. */
  readonly nameless: string
  readonly envFiles: readonly string[]
  /** Every env file that was read, the one that wins over the others first. */
  readonly variableFiles: readonly string[]
  /** The process environment over the env files. */
  readonly environment: Readonly<Record<string, string>>
}

type Environment = Readonly<Record<string, string>>

/**
 * Finds the stack files and reads the `.env` files, in the order of the reference: the `.env` beside the first named file
 * (or where we are) may name the stack files and the project; the one of the project's directory adds what is still unset.
 */
export const locateProject = (
  request: LoadRequest,
  context: Omit<LoadContext, 'directory'>,
): ProjectPlace | undefined => {
  const { sources, problems } = context
  const reader = { ...context, directory: request.workingDirectory }
  const early = projectDirectory(
    request,
    (request.files ?? []).map((file) =>
      isAbsolutePath(file) || file === '-' || isRemote(file) ? file : joinPath(request.workingDirectory, file),
    ),
  )
  const firstFiles = envFilesFor(request, early, context)
  const first = readEnvFiles(reader, firstFiles.map(asRequest), request.environment)
  if (first === undefined) return undefined
  const known: Environment = { ...first, ...request.environment }
  const named =
    namedFiles(request, known) ??
    findFiles(request.projectDirectory === undefined ? request.workingDirectory : early, sources, problems)
  if (named.length === 0) {
    problems.error(undefined, 'file/not-found', `No stack file was found. Looked for ${lookedFor}.`, {
      hint: 'Change to the folder of the stack file, or name it with -f.',
    })
    return undefined
  }
  const remote = named.filter(isRemote)
  const files = named.flatMap((file) => (isRemote(file) ? (fetchRemote(context, file, undefined) ?? []) : [file]))
  if (files.length < named.length) return undefined
  const directory = projectDirectory(request, files)
  const moreFiles = envFilesFor(request, directory, context)
  const secondFiles = moreFiles.filter((file) => !firstFiles.includes(file))
  const second = readEnvFiles(reader, secondFiles.map(asRequest), known)
  if (second === undefined) return undefined
  return {
    files,
    remote,
    directory,
    nameless: named[0] !== undefined && isRemote(named[0]) ? remoteName(named[0]) : directory,
    envFiles: moreFiles,
    variableFiles: [...firstFiles.toReversed(), ...secondFiles.toReversed()],
    environment: { ...second, ...known },
  }
}

const asRequest = (path: string): { readonly path: string; readonly at: undefined } => ({ path, at: undefined })

const envFilesFor = (
  request: LoadRequest,
  directory: string,
  { sources }: Omit<LoadContext, 'directory'>,
): readonly string[] => {
  const { workingDirectory, environment } = request
  const named =
    request.envFiles !== undefined && request.envFiles.length > 0
      ? request.envFiles
      : environment['COMPOSE_ENV_FILES']?.split(',').filter((file) => file !== '')
  if (named !== undefined && named.length > 0)
    return named.map((file) => (isAbsolutePath(file) ? file : joinPath(workingDirectory, file)))
  if (/^(1|t|T|true|TRUE|True)$/.test(environment['COMPOSE_DISABLE_ENV_FILE'] ?? '')) return []
  const file = joinPath(directory, '.env')
  const kind = sources.kindOf(file)
  return kind === 'file' ? [file] : []
}
