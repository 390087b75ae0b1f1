import { statSync } from 'node:fs'
import { isAbsolute, normalize } from 'node:path'
import type { LoadRequest, LoadResult } from '../core/compose/sources/load-request.ts'
import { countProblems } from '../core/errors/limit-problems.ts'
import { StackError } from '../core/errors/stack-error.ts'
import type { CliContext } from './context.ts'

export type LoadOptions = Pick<
  LoadRequest,
  | 'purpose'
  | 'missingEnvFiles'
  | 'clashes'
  | 'scale'
  | 'services'
  | 'withFollowers'
  | 'interpolate'
  | 'normalize'
  | 'resolvePaths'
  | 'consistency'
  | 'resolveEnvironment'
  | 'allResources'
> & {
  /** Profiles beside those of `--profile`: `['*']` for commands that are about every service. */
  readonly profiles?: readonly string[]
}
export type LoadedProject = Extract<LoadResult, { ok: true }>
type Place = Pick<CliContext, 'global' | 'env' | 'workingDirectory'>
type Reader = Place & Pick<CliContext, 'sources' | 'signals'>

/** What the global flags and the environment say about the project, as a request to load it. */
export const toLoadRequest = (
  { global, env, workingDirectory: physical }: Place,
  options: LoadOptions = {},
): LoadRequest => {
  const { profiles = [], ...rest } = options
  const workingDirectory = toLogicalDirectory(physical, env)
  return {
    ...rest,
    files: global.file,
    workingDirectory,
    projectDirectory: global['project-directory'] ?? global.workdir,
    projectName: global['project-name'],
    envFiles: global['env-file'],
    profiles: [...global.profile, ...profiles],
    environment: definedOnly(env),
    implied: userNumbers(),
    allResources: options.allResources ?? global['all-resources'],
  }
}

/** The working directory as the shell says it: links that led here stay in it, and a project is named after the link. */
const toLogicalDirectory = (physical: string, env: Place['env']): string => {
  const said = env['PWD']
  if (said === undefined || !isAbsolute(said) || normalize(said) !== said) return physical
  const [there, here] = [statSync(said, { throwIfNoEntry: false }), statSync(physical, { throwIfNoEntry: false })]
  return there !== undefined && here !== undefined && there.dev === here.dev && there.ino === here.ino ? said : physical
}

/** Shells know `UID` and some `GID`, and pass neither on. */
const userNumbers = (): Readonly<Record<string, string>> => {
  const [user, group] = [process.getuid?.(), process.getgid?.()]
  return user === undefined || group === undefined ? {} : { UID: String(user), GID: String(group) }
}

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** Loads the project of a command; what is wrong with it is a value. */
export const tryLoad = async (context: Reader, options: LoadOptions = {}): Promise<LoadResult> => {
  const [{ loadProject }, sources] = await Promise.all([import('../core/compose/load.ts'), context.sources()])
  return context.signals.atOnce(() => loadProject(toLoadRequest(context, options), sources))
}

/**
 * The project's name alone: no model is made, and the files are not checked.
 * @throws StackError file/invalid with all problems
 */
export const loadNameForCommand = async (context: Reader): Promise<string> => {
  const [{ loadProjectName }, sources] = await Promise.all([import('../core/compose/load-name.ts'), context.sources()])
  const result = context.signals.atOnce(() => loadProjectName(toLoadRequest(context), sources))
  if (result.ok) return result.name
  throw toLoadError(result)
}

/** The error of a project that could not be loaded. */
export const toLoadError = ({
  problems,
  files,
}: Pick<Extract<LoadResult, { ok: false }>, 'problems' | 'files'>): StackError =>
  new StackError('file/invalid', { count: countProblems(problems) }, { problems, files })
