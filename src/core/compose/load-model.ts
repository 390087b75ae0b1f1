import type { MapNode } from './tree/node.ts'
import { setDefaults } from './steps/defaults.ts'
import { emptyModel } from './tree/empty-model.ts'
import { loadFile } from './load-file.ts'
import type { FileRequest, ModelRequest } from './sources/scope.ts'
import { resolveEnvironment } from './steps/resolve-environment.ts'
import { resolvePaths } from './sources/resolve-paths.ts'

/**
 * The files of one project directory laid over each other: canonical, with defaults, with paths below `base`. What has
 * problems is left out of it.
 */
export const loadModel = (
  files: readonly FileRequest[],
  { scope, base, resolvePaths: isResolving }: ModelRequest,
): MapNode => {
  const { context } = scope
  let model = emptyModel
  for (const file of files) model = loadFile(model, file.path, { scope, at: file.at })
  context.problems.damage.nextStage()
  const complete = setDefaults(model, context.problems)
  const placed = isResolving ? resolvePaths(complete, { ...context, base }) : complete
  return context.steps.interpolate ? resolveEnvironment(placed, scope.variables.lookup) : placed
}
