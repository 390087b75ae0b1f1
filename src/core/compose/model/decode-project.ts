import type { FileObject, Model, Network, Volume } from '../../project/project.ts'
import type { Service } from '../../project/service.ts'
import type { MapNode } from '../tree/node.ts'
import { projectFields } from './project.ts'
import type { ProblemList } from '../tree/problem-list.ts'
import { toPlain } from '../tree/to-plain.ts'

export type DecodedProject = {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, Network>>
  readonly volumes: Readonly<Record<string, Volume>>
  readonly configs: Readonly<Record<string, FileObject>>
  readonly secrets: Readonly<Record<string, FileObject>>
  readonly models: Readonly<Record<string, Model>>
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The typed model of a canonical document: every value in its canonical form. */
export const decodeProject = (root: MapNode, problems: ProblemList): DecodedProject => {
  const sections: Record<string, unknown> = {}
  for (const { name, codec } of projectFields) {
    const node = root.entries.get(name)?.value
    const section = node === undefined ? undefined : codec.decode(node, { problems, path: name })
    sections[name] = withoutNulls((section ?? {}) as Readonly<Record<string, unknown>>)
  }
  const extensions: Record<string, unknown> = {}
  for (const [key, { value }] of root.entries) if (key.startsWith('x-')) extensions[key] = toPlain(value)
  const { services, ...rest } = sections as unknown as Omit<DecodedProject, 'extensions'>
  return { ...rest, services: withCommands(services), extensions }
}

/** An object of which only the name is written has nothing but that: normalizing gives it a name, and without it stays empty. */
const withoutNulls = (section: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.values(section).includes(null)
    ? Object.fromEntries(Object.entries(section).map(([name, value]) => [name, value ?? {}]))
    : section

/** `command` and `entrypoint` are always there: null stands for the image's own. */
const withCommands = (services: Readonly<Record<string, Service>>): Readonly<Record<string, Service>> =>
  Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      { ...service, command: service.command ?? null, entrypoint: service.entrypoint ?? null },
    ]),
  )
