import { isSecretName } from '../../errors/mask-secrets.ts'
import { emptyModel } from '../tree/empty-model.ts'
import { pathText } from '../tree/locate.ts'
import { type MapNode, type Node, withEntries, withEntry } from '../tree/node.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { type ShapeProblem, validateNode } from '../schema/validate-shape.ts'
import { setAside } from '../tree/set-aside.ts'

/** Services that were checked and are unchanged since: a layer that does not touch one does not have it checked again. */
const checked = new WeakSet<Node>()

/**
 * Checks the document against the schema; every problem is reported at its value or key. What is left is as the schema
 * demands: what is not was set aside, so that the steps that follow find the other problems.
 */
export const checkShape = (root: MapNode, problems: ProblemList): MapNode => {
  let found = validateNode(withoutChecked(root))
  if (found.length === 0) return root
  for (const problem of found) report(problem, problems)
  let model = root
  // A mapping that loses a key which it must have is itself no longer as it should be.
  while (found.length > 0) {
    for (const { path } of found) problems.damage.lose(path.join('.'))
    model = found.some(({ path }) => path.length === 0)
      ? emptyModel
      : setAside(
          model,
          found.map(({ path }) => path),
        )
    found = validateNode(model)
  }
  return model
}

const report = ({ path, place, code, message, hint, stray }: ShapeProblem, { error, damage }: ProblemList): void => {
  const isSecret = path.some((part) => typeof part === 'string' && isSecretName(part))
  error(place, code, message, { hint: isSecret ? hint?.replace(/=[^"]*"/, '=…"') : hint, path: pathText(path) })
  if (stray === undefined) return
  const around = path.slice(0, -1)
  damage.misplace(String(path.at(-1)))
  if (stray.meant !== undefined) damage.lose([...around, stray.meant].join('.'))
  else if (around.length > 0 || stray.isSection) damage.lose([...around, '*'].join('.'))
}

const withoutChecked = (root: MapNode): MapNode => {
  const services = root.entries.get('services')?.value
  if (services?.kind !== 'map') return root
  const left = [...services.entries].filter(([, { value }]) => !checked.has(value))
  for (const [, { value }] of left) checked.add(value)
  return left.length === services.entries.size
    ? root
    : withEntry(root, 'services', withEntries(services, new Map(left)))
}
