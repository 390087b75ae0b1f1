import type { NullableStringMap, Service, StringMap } from '../../project/service.ts'
import { findNode } from '../tree/locate.ts'
import { type LoadContext, readSource } from './load-context.ts'
import type { MapNode, Place } from '../tree/node.ts'
import { readValues } from './read-env-files.ts'

type Lookup = (name: string) => string | undefined
type Job = { readonly context: LoadContext; readonly model: MapNode; readonly lookup: Lookup }

/** The service with its `env_file`s read into `environment`; what `environment` says wins. */
export const withEnvironment = (name: string, service: Service, { context, model, lookup }: Job): Service => {
  const values = new Map<string, string>()
  for (const [index, file] of (service.env_file ?? []).entries()) {
    const at = placeOf(model, ['services', name, 'env_file', index, 'path'])
    if (file.required === false && context.sources.kindOf(file.path) === undefined) continue
    // An empty path is as good as none to the model.
    if ((file.path as string | undefined) === undefined) {
      context.problems.error(at, 'env-file/no-path', 'An env file needs a path, and here is an empty text.', {
        hint: 'Name a file, or remove the entry.',
      })
      continue
    }
    const source = readSource(context, file.path, at)
    if (source === undefined) continue
    const see: Lookup = (variable) => lookup(variable) ?? service.environment?.[variable] ?? undefined
    const format = file.format === 'raw' ? 'raw' : undefined
    if (file.format !== undefined && format === undefined) {
      const given = placeOf(model, ['services', name, 'env_file', index, 'format'])
      context.problems.error(given, 'env-file/format', `There is no env file format "${file.format}".`, {
        hint: 'Write raw, or leave format out.',
      })
    }
    for (const [variable, value] of readValues(source, context, {
      lookup: see,
      known: values,
      ...(format === undefined ? {} : { format }),
    }) ?? [])
      values.set(variable, value)
  }
  const all = new Map<string, string | null>(values)
  for (const [variable, value] of Object.entries(service.environment ?? {}))
    all.set(variable, value ?? lookup(variable) ?? null)
  const environment = sorted(all) as NullableStringMap
  return all.size === 0 ? service : { ...service, environment }
}

/** The service with its `label_file`s read into `labels`; what `labels` says wins. */
export const withLabels = (name: string, service: Service, { context, model }: Job): Service => {
  if (service.label_file === undefined) return service
  const values = new Map<string, string>()
  for (const [index, file] of service.label_file.entries()) {
    const source = readSource(context, file, placeOf(model, ['services', name, 'label_file', index]))
    if (source === undefined) continue
    for (const [label, value] of readValues(source, context, { lookup: (variable) => values.get(variable) }) ?? [])
      values.set(label, value)
  }
  for (const [label, value] of Object.entries(service.labels ?? {})) values.set(label, value)
  return values.size === 0 ? service : { ...service, labels: sorted(values) as StringMap }
}

const placeOf = (model: MapNode, path: readonly (string | number)[]): Place => findNode(model, path).node

const sorted = (values: ReadonlyMap<string, string | null>): Record<string, string | null> =>
  Object.fromEntries([...values.keys()].sort().map((key) => [key, values.get(key)!]))
