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

/** Everything that a document takes of the environment: its variables, and names that stand without a value. */
export const takenVariables = (root: MapNode): readonly TemplateVariable[] => {
  const variables = documentVariables(root)
  const known = new Set(variables.map(({ name }) => name))
  const bare = [...bareNames(root)].filter((name) => !known.has(name))
  return [...variables, ...bare.map((name) => ({ name, default: '', alternate: '', required: false }))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )
}

/** `environment: [TOKEN]`, `args: { TOKEN: }`, and `environment: TOKEN` of a secret or config. */
const bareNames = (root: MapNode): ReadonlySet<string> => {
  const found = new Set<string>()
  const read = (node: Node): void => {
    if (node.kind === 'map') {
      for (const [name, { value }] of node.entries)
        if (value.kind === 'scalar' && value.type === 'null') found.add(name)
    } else if (node.kind === 'seq') node.items.forEach(read)
    else if (node.type === 'str' && !/[=$]/.test(String(node.value))) found.add(String(node.value))
  }
  const visit = (node: Node): void => {
    if (node.kind === 'seq') node.items.forEach(visit)
    if (node.kind !== 'map') return
    for (const [key, { value }] of node.entries) {
      if (key === 'environment' || key === 'args') read(value)
      visit(value)
    }
  }
  visit(root)
  return found
}
