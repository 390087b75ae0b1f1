import type { Project } from '../../project/project.ts'
import { type Format, printFields } from '../model/codec.ts'
import { projectFields } from '../model/project.ts'
import { sortKeys } from './write-json.ts'
import { sortKeysNaturally } from '../texts/natural-order.ts'

type PrintOptions = {
  /** Prints `env_file` and `label_file`, whose contents are in `environment` and `labels` otherwise. */
  readonly keepFiles?: boolean
}

/** The project as `docker compose config` prints it: its sections, keys in its order, dollar signs not yet doubled. */
export const printProject = (
  project: Project,
  format: Format,
  { keepFiles = false }: PrintOptions = {},
): Record<string, unknown> => {
  const { context: _, extensions, ...whole } = project
  const sections = { ...whole, services: keepFiles ? whole.services : withoutFiles(whole.services) }
  const shown = Object.fromEntries(
    Object.entries(sections).filter(
      ([key, value]) => key === 'name' || key === 'services' || Object.keys(value as object).length > 0,
    ),
  )
  const printed = printFields(shown, projectFields, format)
  if (format === 'yaml') return { ...printed, ...(sortKeysNaturally(extensions) as Record<string, unknown>) }
  return Object.fromEntries(
    Object.entries({ ...printed, ...(withoutEmptyLists(sortKeys(extensions)) as object) }).sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  )
}

/** The reference prints an empty list of an extension as null, in JSON only. */
const withoutEmptyLists = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(withoutEmptyLists)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutEmptyLists(item)]))
}

const withoutFiles = (services: Project['services']): Project['services'] =>
  Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const { env_file: _env, label_file: _label, ...rest } = service
      return [name, rest]
    }),
  )
