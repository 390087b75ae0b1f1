import type { Problem } from '../errors/problem.ts'
import { createLoadContext } from './sources/load-context.ts'
import type { LoadRequest } from './sources/load-request.ts'
import { locateProject } from './sources/project-environment.ts'
import { resolveProjectName } from './sources/project-name.ts'
import type { Sources } from './sources/sources.ts'

export type NameResult =
  | { readonly ok: true; readonly name: string; readonly directory: string; readonly files: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly files: readonly string[] }

/**
 * The name of the project alone, which `loadProject` would give it, for commands that ask the engine and need no model.
 * The stack files are parsed only when one of them may hold a `name:`, and never checked. With an explicit name (`-p`) there
 * need not be a file.
 */
export const loadProjectName = (request: LoadRequest, sources: Sources): NameResult => {
  const base = createLoadContext(request, sources)
  const explicit = request.projectName || request.environment['COMPOSE_PROJECT_NAME'] || undefined
  const place =
    explicit === undefined
      ? locateProject(request, base)
      : {
          files: [],
          directory: request.workingDirectory,
          nameless: request.workingDirectory,
          envFiles: [],
          variableFiles: [],
          environment: request.environment,
        }
  const context = { ...base, directory: place?.directory ?? request.workingDirectory }
  const name =
    place === undefined
      ? undefined
      : resolveProjectName(
          {
            asked: request.projectName,
            environment: place.environment,
            files: place.files,
            directory: place.nameless,
            interpolate: context.steps.interpolate,
          },
          context,
        )
  if (place === undefined || name === undefined) {
    return { ok: false, problems: context.problems.list('error', []), files: [...context.texts.keys()] }
  }
  return { ok: true, name, directory: place.directory, files: place.files }
}
