import type { ObservedContainer } from '../../core/plan/observed.ts'
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
  const listed = containers.filter((container) => !container.oneOff && (flags.all || isUp(container)))
  const projects = [...Map.groupBy(listed, ({ project }) => project)]
    .filter(([name]) => patterns.every((pattern) => pattern.test(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Name, own]) => ({ Name, Status: toStatus(own), ConfigFiles: toFiles(own) }))
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

/** `running(2), exited(1)`: states in alphabetical order, as Compose has them. */
const toStatus = (containers: readonly ObservedContainer[]): string =>
  [...Map.groupBy(containers, ({ state }) => state)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, own]) => `${state}(${own.length})`)
    .join(', ')

const toFiles = (containers: readonly ObservedContainer[]): string => {
  const files = [
    ...new Set(
      containers.flatMap(({ labels }) => (labels[label.configFiles] ?? '').split(',').filter((file) => file !== '')),
    ),
  ]
  return files.length === 0 ? 'N/A' : files.join(',')
}
