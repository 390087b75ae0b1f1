import type { NullableStringMap, Service, StringMap } from '../../project/service.ts'
import type { Problem } from '../../errors/problem.ts'
import { findNode } from '../tree/locate.ts'
import { type LoadContext, readSource } from './load-context.ts'
import type { MapNode, Place } from '../tree/node.ts'
import { spanOf } from '../tree/problem-list.ts'
import { readValues } from './read-env-files.ts'
import { faultMessage } from './sources.ts'

type Lookup = (name: string) => string | undefined
type Job = {
  readonly context: LoadContext
  readonly model: MapNode
  readonly lookup: Lookup
  /** What to do with a missing file: tell it, leave it out, or remember here what there is to tell. */
  readonly missing: 'tell' | 'skip' | Map<string, readonly Problem[]>
}

/** The service with its `env_file`s read into `environment`; what `environment` says wins. */
export const withEnvironment = (name: string, service: Service, job: Job): Service => {
  const { context, model, lookup } = job
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
    if (isPassedOver(file.path, { at, name, job })) continue
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
export const withLabels = (name: string, service: Service, job: Job): Service => {
  const { context, model } = job
  if (service.label_file === undefined) return service
  const values = new Map<string, string>()
  for (const [index, file] of service.label_file.entries()) {
    const at = placeOf(model, ['services', name, 'label_file', index])
    if (isPassedOver(file, { at, name, job })) continue
    const source = readSource(context, file, at)
    if (source === undefined) continue
    for (const [label, value] of readValues(source, context, { lookup: (variable) => values.get(variable) }) ?? [])
      values.set(label, value)
  }
  for (const [label, value] of Object.entries(service.labels ?? {})) values.set(label, value)
  return values.size === 0 ? service : { ...service, labels: sorted(values) as StringMap }
}

/** Whether a file is missing and that is no problem now. */
const isPassedOver = (file: string, { at, name, job }: { at: Place; name: string; job: Job }): boolean => {
  const { context, missing } = job
  if (missing === 'tell' || context.sources.kindOf(file) !== undefined) return false
  if (missing === 'skip') return true
  const problem: Problem = {
    severity: 'error',
    code: 'file/missing',
    span: spanOf(at),
    ...faultMessage(file, 'missing', ''),
    hint: `Make the file, or correct the path: a container of "${name}" has to be made.`,
  }
  missing.set(name, [...(missing.get(name) ?? []), problem])
  return true
}

const placeOf = (model: MapNode, path: readonly (string | number)[]): Place => findNode(model, path).node

const sorted = (values: ReadonlyMap<string, string | null>): Record<string, string | null> =>
  Object.fromEntries([...values.keys()].sort().map((key) => [key, values.get(key)!]))
