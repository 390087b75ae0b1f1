import type { LoadResult } from '../core/compose/sources/load-request.ts'
import type { Problem } from '../core/errors/problem.ts'
import type { Project } from '../core/project/project.ts'
import { isStackError } from '../core/errors/stack-error.ts'
import type { CliContext } from './context.ts'
import { loadNameForCommand, toLoadError, tryLoad, type LoadOptions } from './load.ts'
import { printProblems } from './screen/print-failure.ts'
import { assertServices, type Target } from './target.ts'
import { nonEmpty } from './screen/terminal.ts'

/**
 * The project of the stack file. Warnings are printed; a wrong file is an error with every problem in it. Of secrets in plain
 * sight `up` and `config` tell, and no other command does it again.
 */
export const loadValidProject = async (
  context: CliContext,
  { tellsSecrets = false, ...options }: LoadOptions & { readonly tellsSecrets?: boolean } = {},
): Promise<Project> => {
  const result = await load(context, options)
  return accept(context, result, ({ code }) => tellsSecrets || code !== 'environment/secret')
}

/**
 * The project, or where there is no stack file the name that -p gives: enough to act on what is there. Nothing is created from
 * it, so env files are not read, and may be missing, what contradicts itself in the file is no hindrance, and nothing is told
 * of what values come to.
 */
export const loadTarget = async (context: CliContext, options: LoadOptions = {}): Promise<Target> => {
  const result = await load(context, { purpose: 'look', resolveEnvironment: false, ...options })
  const name = givenName(context)
  const isWithoutFile = !result.ok && result.problems.every(({ code }) => code === 'file/not-found')
  if (isWithoutFile && name !== undefined && context.global.file.length === 0) return { name }
  const project = accept(context, result, ({ code }) => !/^(?:variable|environment|ports)\//.test(code))
  return { name: project.name, project }
}

/** The name of the project, which is all that a command needs which only looks: the file is not checked, and need not be there with -p. */
export const loadName = async (context: CliContext): Promise<Target> => {
  try {
    return { name: await loadNameForCommand(context) }
  } catch (error) {
    const name = givenName(context)
    const isWithoutFile = isStackError(error) && error.problems.every(({ code }) => code === 'file/not-found')
    if (isWithoutFile && name !== undefined && context.global.file.length === 0) return { name }
    throw error
  }
}

const givenName = ({ global, env }: CliContext): string | undefined =>
  global['project-name'] ?? nonEmpty(env['COMPOSE_PROJECT_NAME'])

const load = async (context: CliContext, { services = [], ...options }: LoadOptions): Promise<LoadResult> => {
  const result = await tryLoad(context, { ...options, ...(services.length === 0 ? {} : { services }) })
  if (!result.ok && services.length > 0 && result.problems.every(({ code }) => code === 'service/unknown')) {
    // A mistyped word of the command line is no problem of the file: say it as such, with what was probably meant.
    const all = await tryLoad(context, options)
    if (all.ok) assertServices(services, { target: { name: all.project.name, project: all.project } })
  }
  return result
}

const accept = (context: CliContext, result: LoadResult, isTold: (warning: Problem) => boolean): Project => {
  if (context.terminal.progress !== 'quiet') printProblems(result.warnings.filter(isTold), context)
  if (result.ok) return result.project
  throw toLoadError(result)
}
