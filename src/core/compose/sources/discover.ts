import { isRemote } from './remote.ts'
import type { LoadRequest } from './load-request.ts'
import { dirname, isAbsolutePath, joinPath } from '../texts/paths.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import type { Sources } from './sources.ts'

const names = [
  'stack.yaml',
  'stack.yml',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const
const composeOverrides = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]
const stackOverrides = ['stack.override.yaml', 'stack.override.yml', ...composeOverrides]

/** What is not on this machine stays as it is written, for whoever fetches it. */
const absolute = (directory: string, path: string): string =>
  path === '-' || isAbsolutePath(path) || isRemote(path) ? path : joinPath(directory, path)

type Environment = Readonly<Record<string, string>>

/** The files that were asked for, by `-f` or by `COMPOSE_FILE`; undefined when nobody did. */
export const namedFiles = (request: LoadRequest, environment: Environment): readonly string[] | undefined => {
  const { files, workingDirectory } = request
  if (files !== undefined && files.length > 0) return files.map((file) => absolute(workingDirectory, file))
  const listed = environment['COMPOSE_FILE']
  if (listed === undefined) return undefined
  const separator = environment['COMPOSE_PATH_SEPARATOR'] || ':'
  return listed.split(separator).map((file) => absolute(workingDirectory, file))
}

/** The stack file of a directory or the nearest one above, with its override; empty when there is none. */
export const findFiles = (
  directory: string,
  sources: Sources,
  problems: ProblemList | undefined,
): readonly string[] => {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = names.map((name) => joinPath(folder, name)).filter((file) => sources.kindOf(file) === 'file')
    const [main] = found
    if (main !== undefined) {
      if (found.length > 1) warnSeveral(found, problems)
      const candidates = /\/stack\.ya?ml$/.test(main) ? stackOverrides : composeOverrides
      const overrides = candidates
        .map((name) => joinPath(folder, name))
        .filter((file) => sources.kindOf(file) === 'file')
      if (overrides.length > 1) warnSeveral(overrides, problems)
      return overrides[0] === undefined ? [main] : [main, overrides[0]]
    }
    if (folder === dirname(folder)) return []
  }
}

const warnSeveral = (files: readonly string[], problems: ProblemList | undefined): void =>
  problems?.warn(
    undefined,
    'file/several',
    `There are several stack files: ${files.join(', ')}. The first one is used.`,
    {
      hint: 'Name the ones to use with -f.',
    },
  )

/** The project's directory: the one asked for, that of the first file, or where we are. */
export const projectDirectory = (request: LoadRequest, files: readonly string[]): string => {
  if (request.projectDirectory !== undefined && request.projectDirectory !== '') {
    return absolute(request.workingDirectory, request.projectDirectory)
  }
  const first = files.find((file) => file !== '-' && !isRemote(file))
  return first === undefined ? request.workingDirectory : dirname(first)
}

export const lookedFor = `${names.join(', ')} here and in the folders above`
