import type { MapNode, Node } from '../tree/node.ts'
import { type TemplateVariable, variablesOf } from '../texts/template.ts'

/** The variables of a document, each once and by name. A default or alternate of any of its uses is shown. */
export const documentVariables = (root: MapNode): readonly TemplateVariable[] => {
  const found = new Map<string, TemplateVariable>()
  const visit = (node: Node): void => {
    if (node.kind === 'map') for (const { value } of node.entries.values()) visit(value)
    else if (node.kind === 'seq') node.items.forEach(visit)
    else if (node.type === 'str') for (const variable of variablesOf(node.value as string)) add(variable)
  }
  const add = (variable: TemplateVariable): void => {
    const known = found.get(variable.name)
    found.set(variable.name, {
      name: variable.name,
      default: known?.default || variable.default,
      alternate: known?.alternate || variable.alternate,
      required: (known?.required ?? false) || variable.required,
    })
  }
  visit(root)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
