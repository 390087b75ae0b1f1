import type { Problem } from '../errors/problem.ts'
import type { Project, ServiceName } from '../project/project.ts'
import { seccompFile } from '../project/seccomp-file.ts'
import type { Port, Service } from '../project/service.ts'
import { isGit } from '../compose/texts/git-reference.ts'
import type { Step } from './action.ts'
import type { MachineFacts, PathKind } from './observed.ts'
import { serviceOf, type UpContext } from './up-context.ts'

/** A path of this machine that something is made from, and where it is written. */
type Need = {
  readonly file: string
  readonly path: string
  /** At the beginning of a sentence: `The secret "key" of service "web"`. */
  readonly what: string
  readonly wants: PathKind
  /** Mounted by the engine: of no matter here where that runs on another machine. */
  readonly isMounted?: boolean
  /** What is in it counts: a device or a pipe, which may never end, has no content. */
  readonly isContent?: boolean
}

const isAbsolute = (path: string): boolean => path.startsWith('/')

const inFolder = (folder: string, path: string): string =>
  isAbsolute(path) ? path : `${folder.replace(/\/$/, '')}/${path.replace(/^\.\//, '')}`

const toMountNeeds = (project: Project, name: ServiceName, service: Service): readonly Need[] => [
  ...(['configs', 'secrets'] as const).flatMap((section) =>
    (service[section] ?? []).flatMap(({ source }): readonly Need[] => {
      const file = project[section][source]?.file
      if (file === undefined) return []
      const what = `The ${section.slice(0, -1)} "${source}" of service "${name}" comes from`
      return [{ file, path: `${section}.${source}.file`, what, wants: 'file', isMounted: true, isContent: true }]
    }),
  ),
  ...(service.volumes ?? []).flatMap(({ type, source, bind }, index): readonly Need[] =>
    type === 'bind' &&
    source !== undefined &&
    bind !== undefined &&
    bind.create_host_path !== true &&
    (bind.selinux ?? '') === ''
      ? [
          {
            file: source,
            path: `services.${name}.volumes[${index}].source`,
            what: `Service "${name}" mounts`,
            wants: 'file',
            isMounted: true,
          },
        ]
      : [],
  ),
  ...(service.security_opt ?? []).flatMap((option, index): readonly Need[] => {
    const file = seccompFile(option)
    if (file === undefined) return []
    const path = `services.${name}.security_opt[${index}]`
    return [
      {
        file: inFolder(project.context.directory, file),
        path,
        what: `The seccomp profile of service "${name}" is`,
        wants: 'file',
      },
    ]
  }),
]

const isElsewhere = (context: string): boolean =>
  isGit(context) || /^(?:https?:\/\/|docker-image:|oci-layout:|target:|service:)/.test(context)

const toBuildNeeds = (project: Project, name: ServiceName, { build }: Service): readonly Need[] => {
  if (build === undefined) return []
  const root = `services.${name}.build`
  const { context = project.context.directory, dockerfile = 'Dockerfile', dockerfile_inline: inline } = build
  const folder: Need = {
    file: context,
    path: `${root}.context`,
    what: `The build context of service "${name}" is`,
    wants: 'folder',
  }
  const file: Need = {
    file: inFolder(context, dockerfile),
    path: build.dockerfile === undefined ? `${root}.context` : `${root}.dockerfile`,
    what: `The Dockerfile of service "${name}" is`,
    wants: 'file',
  }
  return [
    ...(isElsewhere(context) ? [] : [folder, ...(inline === undefined ? [file] : [])]),
    ...Object.entries(build.additional_contexts ?? {}).flatMap(([key, value]): readonly Need[] =>
      isElsewhere(value)
        ? []
        : [
            {
              file: value,
              path: `${root}.additional_contexts.${key}`,
              what: `The context "${key}" of service "${name}" is`,
              wants: 'folder',
            },
          ],
    ),
    ...(build.secrets ?? []).flatMap(({ source }): readonly Need[] => {
      const secret = project.secrets[source]?.file
      const what = `The secret "${source}", with which service "${name}" is built, comes from`
      return secret === undefined ? [] : [{ file: secret, path: `secrets.${source}.file`, what, wants: 'file' }]
    }),
  ]
}

/** Every path of this machine that an `up` of the project may need: whoever plans has to know what stands there. */
export const selectCheckedPaths = (project: Project): readonly string[] => [
  ...new Set(
    Object.entries(project.services).flatMap(([name, service]) =>
      [...toMountNeeds(project, name, service), ...toBuildNeeds(project, name, service)].map(({ file }) => file),
    ),
  ),
]

/** Host ports that a service publishes by number; ranges leave the engine a choice. */
export const selectFixedPorts = ({
  ports = [],
}: Service): readonly (Port & { readonly index: number; readonly fixed: number })[] =>
  ports.flatMap((port, index) => {
    const fixed = /^\d+$/.test(port.published ?? '') ? Number(port.published) : 0
    return fixed === 0 ? [] : [{ ...port, index, fixed }]
  })

const checkFiles = (
  needs: readonly Need[],
  { context, machine }: { context: UpContext; machine: MachineFacts },
): readonly Problem[] =>
  needs.flatMap(({ file, path, what, wants, isMounted, isContent }): readonly Problem[] => {
    const kind = machine.kinds.get(file)
    // Where the engine sees other folders than we do, only those of the project are surely the same.
    if (isMounted === true && !machine.isEngineHere && !file.startsWith(`${context.project.context.directory}/`))
      return []
    const isWrong =
      kind === 'missing' ||
      (kind === 'special' && (isMounted !== true || isContent === true)) ||
      (wants === 'folder' && kind === 'file') ||
      (wants === 'file' && kind === 'folder' && isMounted !== true)
    // What is in a folder that is not there only follows from that, and a path that many use is told once.
    const follows = needs.some(
      (other) =>
        other.wants === 'folder' && machine.kinds.get(other.file) !== 'folder' && file.startsWith(`${other.file}/`),
    )
    if (!isWrong || follows || needs.find((other) => other.path === path)?.what !== what) return []
    const why =
      kind === 'missing' ? 'which is not there' : kind === 'special' ? 'which is no regular file' : `which is a ${kind}`
    return [
      {
        severity: 'error',
        code: 'plan/file-missing',
        message: `${what} ${file}, ${why}.`,
        hint: kind === 'missing' ? 'Create it, or correct its path.' : 'Correct its path.',
        path,
      },
    ]
  })

const isAnywhere = (address: string | undefined): boolean => ['', '0.0.0.0', '::', '*'].includes(address ?? '')

const overlaps = (wanted: string | undefined, taken: string): boolean =>
  wanted === taken || isAnywhere(taken) || (isAnywhere(wanted) && !taken.includes(':'))

const checkPorts = (
  name: ServiceName,
  { context, machine, going }: { context: UpContext; machine: MachineFacts; going: ReadonlySet<string> },
): readonly Problem[] =>
  selectFixedPorts(serviceOf(context, name)).flatMap(({ index, fixed, protocol, host_ip: address }) => {
    const isSame = (port: { hostPort?: number; protocol: string; hostIp: string }): boolean =>
      port.hostPort === fixed && port.protocol === protocol && overlaps(address, port.hostIp)
    const own = context.observed.containers.find(({ ports }) => ports.some(isSame))
    // One that stays, of a service of this plan: that two services want one port is told by the check of the file.
    if (own !== undefined && (going.has(own.id) || context.scope.includes(own.service))) return []
    const taken = own === undefined ? machine.busyPorts.find(isSame) : undefined
    if (own === undefined && taken === undefined) return []
    const holder = own === undefined ? taken?.holder : `container ${own.name} of this project`
    return [
      {
        severity: 'error' as const,
        code: 'engine/port-in-use',
        message: `Port ${fixed}${isAnywhere(address) ? '' : ` of ${address}`} of service "${name}" is already in use by ${holder}.`,
        hint:
          own === undefined
            ? 'Stop what uses it, or publish another port.'
            : `Remove it ("docker rm -f ${own.name}"; "--remove-orphans" does it for services that are not in the file), or publish another port.`,
        path: `services.${name}.ports[${index}]`,
      },
    ]
  })

/**
 * What of this machine the steps need and is not there or not free: told before the first of them is done. A service whose
 * image is still to come is looked at as well, though its containers are made in a later round.
 */
export const checkMachine = (context: UpContext, steps: readonly Step[]): readonly Problem[] => {
  const { machine } = context.observed
  if (machine === undefined) return []
  const { project } = context
  const ofKind = (kind: Step['action']['kind']): ReadonlySet<string> =>
    new Set(steps.flatMap(({ action }) => (action.kind === kind && 'service' in action ? [action.service] : [])))
  const [made, started, built] = [ofKind('container/create'), ofKind('container/start'), ofKind('image/build')]
  const going = new Set(
    steps.flatMap(({ action }) =>
      (action.kind === 'container/stop' || action.kind === 'container/remove') && 'id' in action.container
        ? [action.container.id]
        : [],
    ),
  )
  const isMade = (name: ServiceName): boolean => made.has(name) || context.deferred.has(name)
  return [
    ...checkFiles(
      context.scope.flatMap((name) => [
        ...(isMade(name) ? toMountNeeds(project, name, serviceOf(context, name)) : []),
        ...(built.has(name) ? toBuildNeeds(project, name, serviceOf(context, name)) : []),
      ]),
      { context, machine },
    ),
    ...context.scope.flatMap((name) =>
      made.has(name) || started.has(name) ? checkPorts(name, { context, machine, going }) : [],
    ),
  ]
}
