import { withoutCredentials } from '../core/compose/texts/git-reference.ts'
import type { TemplateVariable } from '../core/compose/texts/template.ts'
import { isSecretName } from '../core/errors/mask-secrets.ts'
import { StackError } from '../core/errors/stack-error.ts'
import type { Project } from '../core/project/project.ts'
import { toColumns } from '../report/columns.ts'
import type { CliContext } from './context.ts'
import { toLoadRequest } from './load.ts'
import { askYesNo } from './screen/ask-yes-no.ts'

/**
 * A stack file of somebody else can take any variable of this machine and give it to what it runs. Before anything is made of one,
 * a person sees which it takes, with their values, and where else it takes files from, and says yes, now or beforehand.
 */
export const confirmRemote = async (
  context: CliContext,
  project: Project,
  { yes }: { readonly yes: boolean },
): Promise<void> => {
  const { remote = [] } = project.context
  if (remote.length === 0 || yes || context.global['dry-run']) return
  const variables = await findVariables(context)
  const [first = '', ...others] = remote.map(withoutCredentials)
  if (variables.length === 0 && others.length === 0) return
  const from = `The stack file comes from ${first}`
  const lines = [
    ...(others.length === 0 ? [`${from}.`] : [`${from}, and takes files from ${others.join(', ')}.`]),
    ...(variables.length === 0 ? [] : ['It uses these variables:', ...toTable(variables, { context, project })]),
  ]
  if (!context.terminal.stdin || !context.terminal.stderr)
    throw new StackError('cli/needs-confirmation', {
      what: `${lines.join('\n')}\nSomebody has to agree to that (--yes does)`,
    })
  const agreed = await askYesNo(context, {
    text: `${lines.join('\n')}\nGo on?`,
    what: from,
    flag: '--yes',
  })
  if (!agreed) throw new StackError('cli/declined', { what: 'the stack file from elsewhere' })
}

const findVariables = async (context: CliContext): Promise<readonly TemplateVariable[]> => {
  const [{ loadDocument }, { takenVariables }, sources] = await Promise.all([
    import('../core/compose/load.ts'),
    import('../core/compose/print/document-variables.ts'),
    context.sources(),
  ])
  const loaded = loadDocument(toLoadRequest(context), sources)
  return loaded.ok ? takenVariables(loaded.model) : []
}

type Known = { readonly context: CliContext; readonly project: Project }

const toTable = (variables: readonly TemplateVariable[], known: Known): readonly string[] =>
  toColumns(
    [['VARIABLE', 'VALUE', 'SOURCE'], ...variables.map((variable) => [variable.name, ...toValue(variable, known)])],
    { gap: 3, minimum: 8 },
  ).map((line) => `  ${line}`)

const toValue = (variable: TemplateVariable, { context, project }: Known): readonly [string, string] => {
  const { name, default: fallback } = variable
  const value = project.context.environment[name]
  const shown = value !== undefined && value !== '' && isSecretName(name) ? '***' : (value ?? '')
  if (context.env[name] !== undefined) return [shown, 'environment']
  if (value !== undefined) return [shown, 'env file']
  return fallback === '' ? ['', 'unset'] : [fallback, 'default']
}
