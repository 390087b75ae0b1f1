import type { Hide } from '../../core/errors/hide-values.ts'
import type { Span } from '../../core/errors/problem.ts'
import type {
  HideableValue,
  InspectedImage,
  InspectedProbe,
  InspectedVariable,
  Inspection,
  VariableOrigin,
} from '../../core/events/inspection.ts'
import type { ObservedImage } from '../../core/plan/observed.ts'
import { toImageReference } from '../../core/project/identity.ts'
import type { Origin, Project } from '../../core/project/project.ts'
import { toSafeOutput } from '../../wire/safe-text.ts'
import type { ContainerDetails } from '../ports/container-runtime.ts'

export type Found = {
  readonly project: Project
  readonly service: string
  /** By number. */
  readonly replicas: readonly ContainerDetails[]
  readonly image: ObservedImage | undefined
  readonly hide: Hide
}

/** What the engine shows of a service's containers, with what the files say of it. */
export const toInspection = (found: Found): Inspection => {
  const { replicas, hide } = found
  const [first] = replicas
  return {
    image: toImage(found),
    replicas: replicas.map(({ name, id, pid, endpoints }) => ({
      name,
      id,
      ...(pid > 0 ? { pid } : {}),
      networks: endpoints.map(({ network, addresses, aliases }) => ({
        name: network,
        addresses,
        aliases: aliases.filter((alias) => alias !== found.service && alias !== name),
      })),
    })),
    ...(first === undefined ? toWritten(found) : toRunning(first, hide)),
    limits: first?.limits ?? {},
    mounts: (first?.mounts ?? []).map(({ type, source, target, anonymous }) => ({
      type,
      source,
      target,
      ...(first?.readOnly?.includes(target) === true ? { readOnly: true } : {}),
      ...(anonymous ? { anonymous: true } : {}),
    })),
    variables: toVariables(found),
    probes: replicas.flatMap(({ name, probes }) => probes.map((probe) => toProbe(name, probe, hide))),
  }
}

type Settings = Pick<Inspection, 'command' | 'user' | 'workingDirectory' | 'restart' | 'labels' | 'healthcheck'>

const toRunning = (details: ContainerDetails, hide: Hide): Settings => {
  const { command, user, workingDir, restart, labels, healthcheck: check } = details
  return {
    command: hide.text(command),
    user,
    workingDirectory: workingDir,
    restart,
    labels: toLabels(labels, hide),
    ...(check === undefined
      ? {}
      : {
          healthcheck: {
            test: hide.text(check.test.join(' ')),
            intervalMs: check.intervalMs,
            timeoutMs: check.timeoutMs,
            retries: check.retries,
          },
        }),
  }
}

/** It has no container: what the files say. */
const toWritten = ({ project, service, hide }: Found): Settings => {
  const {
    command,
    user = '',
    working_dir: workingDirectory = '',
    restart = '',
    labels = {},
  } = project.services[service] ?? {}
  return {
    command: hide.text((command ?? []).join(' ')),
    user,
    workingDirectory,
    restart,
    labels: toLabels(labels, hide),
  }
}

const toLabels = (labels: Readonly<Record<string, string>>, hide: Hide): Inspection['labels'] =>
  Object.entries(labels)
    .map(([name, value]) => toHideable(name, value, hide))
    .toSorted(byForeignLast)

const toImage = ({ project, service, replicas: [first], image }: Found): InspectedImage => {
  const reference = first?.image ?? toImageReference(project, service)
  const digest = image?.digests.map((one) => one.replace(/^.*@/, ''))[0]
  return {
    reference,
    ...(image === undefined ? {} : { id: image.id, bytes: image.size, createdAt: image.createdAt * 1000 }),
    ...(digest === undefined ? {} : { digest }),
  }
}

const toProbe = (container: string, probe: ContainerDetails['probes'][number], hide: Hide): InspectedProbe => ({
  container,
  at: probe.at,
  exitCode: probe.exitCode,
  output: hide.text(toSafeOutput(probe.output)),
  ...(probe.ms === undefined ? {} : { ms: probe.ms }),
})

const toHideable = (name: string, value: string, hide: Hide): HideableValue => {
  const shown = hide.value(name, value)
  return { name, value: shown, ...(shown === value ? {} : { hidden: true }) }
}

/** Those that Stack and Docker Compose write come last: nobody looks for them. */
const byForeignLast = (a: HideableValue, b: HideableValue): number =>
  Number(isOurs(a.name)) - Number(isOurs(b.name)) || (a.name < b.name ? -1 : 1)

const isOurs = (label: string): boolean => /^(?:com\.docker\.|dev\.stack\.|desktop\.docker\.)/.test(label)

/** `NAME=value` apart; of the same name the last one counts. */
export const toPairs = (environment: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    environment.map((entry) => {
      const at = entry.indexOf('=')
      return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )

/** The variables of the container, or without one those that it would get. */
const toVariables = (found: Found): readonly InspectedVariable[] => {
  const { project, service, replicas, image, hide } = found
  const written = project.services[service]?.environment ?? {}
  const brought = toPairs(image?.environment ?? [])
  const [first] = replicas
  const all =
    first === undefined
      ? new Map([
          ...brought,
          ...Object.entries(written).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
        ])
      : toPairs(first.environment)
  return [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({
      ...toHideable(name, value, hide),
      origin: toOrigin({ project, service, name, value, written: written[name], brought: brought.get(name) }),
    }))
}

type Sought = {
  readonly project: Project
  readonly service: string
  readonly name: string
  readonly value: string
  /** What the files say, and what the image does. */
  readonly written: string | null | undefined
  readonly brought: string | undefined
}

const toOrigin = ({ project, service, name, value, written, brought }: Sought): VariableOrigin => {
  if (written === value) {
    const origin = project.context.findOrigin?.(`services.${service}.environment.${name}`)
    if (origin?.place !== undefined) return toFileOrigin(origin, origin.place, project.context.directory)
    return { kind: 'unknown', why: 'Stack gives it this value, and no file says so' }
  }
  if (written !== undefined && written !== null) return { kind: 'unknown', why: 'the files say another value by now' }
  if (brought === value) return { kind: 'image' }
  if (name === 'PATH' && brought === undefined) return { kind: 'engine' }
  return {
    kind: 'unknown',
    why: brought === undefined ? 'neither the files nor the image name it' : 'not the image’s value',
  }
}

const toFileOrigin = ({ variables }: Origin, place: Span, directory: string): VariableOrigin => ({
  kind: 'file',
  at: toShortPlace(place, directory),
  fills: variables.map(({ name, from, place: filled }) => ({
    name,
    from: from === 'file' && filled !== undefined ? toShortPlace(filled, directory) : fillers[from],
  })),
})

const fillers = { shell: 'shell', file: 'env file', stack: 'Stack', nothing: 'nothing' } as const

const toShortPlace = ({ file, line }: Span, directory: string): string =>
  `${file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file}:${line}`
