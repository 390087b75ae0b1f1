import type { Problem } from '../core/errors/problem.ts'
import type { Observed, ObservedContainer } from '../core/plan/observed.ts'
import type { Project } from '../core/project/project.ts'
import type { CallOptions } from './ports/call-options.ts'
import type { HostFiles } from './ports/host-files.ts'
import type { Runtime } from './ports/runtime.ts'

type ChangedFilesDeps = { readonly runtime: Runtime; readonly files: Pick<HostFiles, 'stat'> }

/**
 * Files that are mounted on their own and were saved after their container had started. Most programs read their
 * configuration once; and where an editor saves by renaming, the container still sees the old file. A container that a watch
 * rule of the service cares for is left to it.
 */
export const findChangedFiles = async (
  { runtime, files }: ChangedFilesDeps,
  { project, observed }: { readonly project: Project; readonly observed: Observed },
  options: CallOptions = {},
): Promise<readonly Problem[]> => {
  // The files of another machine are not to be seen from here.
  if (observed.engine.socketPath === undefined) return []
  const running = observed.containers.filter(({ oneOff, state }) => !oneOff && state === 'running')
  const found = await Promise.all(
    running.map(async (container) => {
      const mounted = filesOf(project, container)
      const stats = (await Promise.all(mounted.map(({ source }) => files.stat(source)))).map((entry, index) => ({
        ...mounted[index]!,
        mtimeMs: entry?.kind === 'file' ? entry.mtimeMs : 0,
      }))
      const latest = Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs))
      // A file that is older than the container needs no closer look.
      if (latest < container.createdAt * 1000) return []
      const startedAt = (await runtime.inspectContainer(container.id, options))?.startedAt
      const changed = stats.filter(({ mtimeMs }) => startedAt !== undefined && mtimeMs > startedAt * 1000)
      return changed.map(({ source, index }) => toProblem(container, source, index))
    }),
  )
  // Replicas share their files.
  return [...new Map(found.flat().map((problem) => [problem.message, problem])).values()]
}

type Mounted = { readonly source: string; readonly index: number }

const filesOf = (project: Project, { service }: ObservedContainer): readonly Mounted[] => {
  const definition = project.services[service]
  const watched = (definition?.develop?.watch ?? []).map(({ path }) => path)
  return (definition?.volumes ?? []).flatMap(({ type, source }, index) =>
    type === 'bind' && source !== undefined && !watched.some((path) => source === path || source.startsWith(`${path}/`))
      ? [{ source, index }]
      : [],
  )
}

const toProblem = ({ service }: ObservedContainer, source: string, index: number): Problem => ({
  severity: 'warning',
  code: 'plan/file-changed',
  message: `${source} was saved after service "${service}" had started, which may still run with what it held before.`,
  hint: `"stack restart ${service}" lets it read the file again.`,
  path: `services.${service}.volumes[${index}]`,
})
