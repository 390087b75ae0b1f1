import { apiLoginsPath } from '../../core/project/api-socket.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { FileObject, Project } from '../../core/project/project.ts'
import type { FileReference } from '../../core/project/service.ts'
import type { ContainerFile } from '../ports/container-runtime.ts'
import type { ActionOf, StepContext } from './context.ts'
import { requireProject } from './world.ts'

type Kind = 'config' | 'secret'
type CopiedFile = { readonly kind: Kind; readonly name: string; readonly file: ContainerFile }

/** Puts configs and secrets whose content is in the stack file, or in the environment, into a container that has not started. */
export const copyObjects = (action: ActionOf<'container/copy'>, context: StepContext): Promise<void> =>
  putObjects(context, { id: context.world.resolveContainer(action.container), name: action.service })

export const putObjects = async (
  context: StepContext,
  { id, name }: { readonly id: string; /** Of the service. */ readonly name: string },
): Promise<void> => {
  const project = requireProject(context.project)
  const service = project.services[name]
  const files = [
    ...toFiles(project, { kind: 'secret', references: service?.secrets ?? [], objects: project.secrets }),
    ...toFiles(project, { kind: 'config', references: service?.configs ?? [], objects: project.configs }),
    ...(service?.use_api_socket === true ? [await readLogins(context)] : []),
  ]
  const first = files[0]
  if (first === undefined) return
  if (service?.read_only === true)
    throw new StackError('object/read-only-service', { kind: first.kind, name: first.name, service: name })
  await context.retry(() =>
    context.runtime.putFiles(
      id,
      '/',
      files.map(({ file }) => file),
      { signal: context.signal },
    ),
  )
}

type Source = {
  readonly kind: Kind
  readonly references: readonly FileReference[]
  readonly objects: Readonly<Record<string, FileObject>>
}

/** The logins that a service gets which works the engine itself; by this name Docker Compose knows them. */
const readLogins = async ({ runtime }: StepContext): Promise<CopiedFile> => ({
  kind: 'config',
  name: '#apisocket',
  file: { path: apiLoginsPath.slice(1), content: await runtime.readApiLogins(), mode: 0o444 },
})

const toFiles = (project: Project, { kind, references, objects }: Source): readonly CopiedFile[] =>
  references.flatMap((reference) => {
    const object = objects[reference.source]
    const content = object === undefined ? undefined : toContent(project, { kind, name: reference.source, object })
    return content === undefined ? [] : [{ kind, name: reference.source, file: toFile(kind, reference, content) }]
  })

/** `undefined`: it comes from a file, which is mounted. */
const toContent = (
  project: Project,
  { kind, name, object }: { readonly kind: Kind; readonly name: string; readonly object: FileObject },
): string | undefined => {
  if (object.content !== undefined) return object.content
  if (object.environment === undefined) return undefined
  const value = project.context.objectEnvironment[object.environment]
  if (value === undefined || value === null)
    throw new StackError('object/unset-variable', { kind, name, variable: object.environment })
  return value
}

const toFile = (kind: Kind, { source, target, uid, gid, mode }: FileReference, content: string): ContainerFile => {
  const path = toTarget(kind, source, target)
  return {
    path: path.slice(1),
    content: new TextEncoder().encode(content),
    mode: mode === undefined ? 0o444 : Number.parseInt(mode, 8),
    ...toOwner('uid', uid),
    ...toOwner('gid', gid),
  }
}

const toOwner = <K extends 'uid' | 'gid'>(key: K, value: string | undefined): { readonly [P in K]?: number } =>
  (value !== undefined && /^\d+$/.test(value) ? { [key]: Number(value) } : {}) as { readonly [P in K]?: number }

/** Where Compose puts them: `/run/secrets/<source>` and `/<source>`; a relative target is relative to that folder. */
export const toTarget = (kind: Kind, source: string, target: string | undefined): string => {
  const name = target === undefined || target === '' ? source : target
  if (name.startsWith('/')) return name
  return kind === 'secret' ? `/run/secrets/${name}` : `/${name}`
}
