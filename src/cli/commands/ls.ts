import { type ListedProject, toListedProjects } from '../../core/plan/listed-projects.ts'
import { label } from '../../core/project/identity.ts'
import { toColumns } from '../../report/columns.ts'
import { isUp } from '../../core/plan/container-steps.ts'
import type { CallOf } from '../table/command-spec.ts'
import type { lsCommand } from '../table/look-commands.ts'
import { createUsageError } from '../usage-error.ts'

/** `stack ls`: the projects of the engine, whoever made them. */
export const runLs = async ({ context, flags }: CallOf<typeof lsCommand>): Promise<number> => {
  const patterns = flags.filter.map(toNamePattern)
  const runtime = await context.runtime()
  const containers = await runtime.listContainers({ labels: [label.project] }, { signal: context.signal })
  const listed = containers.filter((container) => flags.all || isUp(container))
  const projects = toListedProjects(listed)
    .filter(({ name }) => patterns.every((pattern) => pattern.test(name)))
    .map((project) => ({
      Name: project.name,
      Status: toStatus(project),
      ConfigFiles: project.files.length === 0 ? 'N/A' : project.files.join(','),
    }))
  if (flags.quiet) context.stdout.write(projects.map(({ Name }) => `${Name}\n`).join(''))
  else if (flags.format === 'json') context.stdout.write(`${JSON.stringify(projects)}\n`)
  else {
    const rows = [
      ['NAME', 'STATUS', 'CONFIG FILES'],
      ...projects.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]),
    ]
    context.stdout.write(
      toColumns(rows, { gap: 3, minimum: 20 })
        .map((line) => `${line}\n`)
        .join(''),
    )
  }
  return 0
}

const toNamePattern = (filter: string): RegExp => {
  const pattern = /^name=(.*)$/.exec(filter)?.[1]
  if (pattern === undefined)
    throw createUsageError({ detail: `A filter is written name=PATTERN, not "${filter}".` }, 'ls')
  try {
    return new RegExp(pattern)
  } catch {
    throw createUsageError({ detail: `"${pattern}" is no regular expression.` }, 'ls')
  }
}

/** `running(2), exited(1)`, as Compose has it. */
const toStatus = ({ states }: ListedProject): string =>
  states.map(({ state, count }) => `${state}(${count})`).join(', ')
