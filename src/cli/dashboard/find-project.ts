import { existsSync } from 'node:fs'
import { nearestName } from '../../core/errors/nearest-name.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import { toLabelledProject, toProjectSource } from '../../core/plan/labelled-project.ts'
import { type ListedProject, toListedProjects } from '../../core/plan/listed-projects.ts'
import type { ObservedContainer } from '../../core/plan/observed.ts'
import { label } from '../../core/project/identity.ts'
import type { Project } from '../../core/project/project.ts'
import type { CliContext } from '../context.ts'
import { toLoadError, tryLoad } from '../load.ts'
import { nonEmpty } from '../screen/terminal.ts'

/** A project that the dashboard can be opened on. */
export type FoundProject = {
  readonly project: Project
  /** Why nothing can be made of it: its file is not at hand, or wrong. Absent: it can be built and made anew. */
  readonly refuse?: () => StackError
  /** The context in which it is loaded: with the files that its containers name, where they were not named on the command line. */
  readonly context: CliContext
  /** It was found by its containers, not by what lies in this folder. */
  readonly isElsewhere: boolean
}

/** What `ui` is to open, or the projects among which somebody has to choose. */
export type Found = { readonly found: FoundProject } | { readonly choices: readonly ListedProject[] }

/**
 * The project that is meant: the one named with -p, that of the stack file, or the only one that runs.
 * @throws dashboard/no-project, dashboard/nothing-runs, or what is wrong with a file that was named
 */
export const findProject = async (context: CliContext): Promise<Found> => {
  const { global, env } = context
  const name = global['project-name'] ?? nonEmpty(env['COMPOSE_PROJECT_NAME'])
  const isByFile = global.file.length > 0 || name === undefined
  const [containers, loaded] = await Promise.all([listAll(context), isByFile ? findByFile(context) : undefined])
  if (loaded !== undefined) {
    if (containers.some(({ project }) => project === loaded.project.name)) return { found: loaded }
    throw toAbsence(loaded.project.name, containers, { isHere: true })
  }
  if (name !== undefined) return { found: await findByContainers(context, name, containers) }
  const projects = toListedProjects(containers)
  const running = projects.filter(({ up }) => up > 0)
  const [only] = running
  if (only === undefined) throw new StackError('dashboard/nothing-runs', { stopped: projects.length })
  return running.length === 1
    ? { found: await findByContainers(context, only.name, containers) }
    : { choices: projects }
}

/** A project of the engine by its name. */
export const findNamedProject = async (context: CliContext, name: string): Promise<FoundProject> =>
  findByContainers(context, name, await listAll(context))

const listAll = async (context: CliContext): Promise<readonly ObservedContainer[]> => {
  const runtime = await context.runtime()
  return runtime.listContainers({ labels: [label.project] }, { signal: context.signal })
}

/** Undefined: there is no stack file here, and none was named. */
const findByFile = async (context: CliContext): Promise<FoundProject | undefined> => {
  const found = await load(context)
  if (found !== 'missing') return { ...found, context, isElsewhere: false }
  return undefined
}

type Loaded = Pick<FoundProject, 'project' | 'refuse'>

/** As `up` loads it; what is wrong for that but not for looking at it is told when something is to be made. */
const load = async (context: CliContext): Promise<Loaded | 'missing'> => {
  const whole = await tryLoad(context, { clashes: 'start', missingEnvFiles: 'later' })
  if (whole.ok) return { project: whole.project }
  if (whole.problems.every(({ code }) => code === 'file/not-found') && context.global.file.length === 0)
    return 'missing'
  const rough = await tryLoad(context, { purpose: 'look', resolveEnvironment: false })
  if (!rough.ok) throw toLoadError(rough)
  return { project: rough.project, refuse: () => toLoadError(whole) }
}

const findByContainers = async (
  context: CliContext,
  name: string,
  all: readonly ObservedContainer[],
): Promise<FoundProject> => {
  const own = all.filter(({ project }) => project === name)
  if (own.length === 0) throw toAbsence(name, all, { isHere: false })
  const { directory, files, envFiles } = toProjectSource(own)
  const there = {
    ...context,
    global: {
      ...context.global,
      file: files,
      'project-name': name,
      'project-directory': directory,
      'env-file': envFiles.filter((file) => existsSync(file)),
    },
  }
  const labelled: Loaded = {
    project: toLabelledProject(name, own),
    refuse: () =>
      new StackError('dashboard/no-file', { project: name, files: files.filter((file) => !existsSync(file)) }),
  }
  const isFileThere = files.length > 0 && files.every((file) => existsSync(file))
  const loaded = isFileThere
    ? await load(there).catch((error: unknown) => ({ ...labelled, refuse: toRefusal(error) }))
    : labelled
  return { ...(loaded === 'missing' ? labelled : loaded), context: there, isElsewhere: true }
}

/** A file that cannot be read is no reason to show nothing of what runs. */
const toRefusal = (error: unknown): (() => StackError) => {
  if (error instanceof StackError) return () => error
  throw error
}

const toAbsence = (
  project: string,
  containers: readonly ObservedContainer[],
  { isHere }: { readonly isHere: boolean },
): StackError => {
  const names = [...new Set(containers.map((container) => container.project))]
  const near = isHere ? undefined : nearestName(project, names)
  return new StackError('dashboard/no-project', {
    project,
    isHere,
    others: names.length,
    ...(near === undefined ? {} : { near }),
  })
}
