import type { Service } from '../../project/service.ts'
import { unknownHint } from '../sources/load-context.ts'
import type { CheckedProject, Contradiction } from './contradiction.ts'

type Reference = { readonly path: readonly (string | number)[]; readonly name: string; readonly at?: 'key' }
type Kind = 'network' | 'volume' | 'config' | 'secret' | 'model'

/** Names in a service that stand for something else must be declared. */
export const validateReferences = (
  name: string,
  service: Service,
  project: CheckedProject,
): readonly Contradiction[] => {
  const root = ['services', name]
  const keyed = (section: string, record: Readonly<Record<string, unknown>> | undefined): readonly Reference[] =>
    Object.keys(record ?? {}).map((key) => ({ path: [...root, section, key], name: key, at: 'key' }))
  const files = (
    section: readonly string[],
    list: readonly { readonly source?: string }[] | undefined,
  ): readonly Reference[] =>
    (list ?? []).map(({ source = '' }, index) => ({ path: [...root, ...section, index, 'source'], name: source }))
  const mounts = (service.volumes ?? []).flatMap((mount, index): readonly Reference[] =>
    mount.type === 'volume' && mount.source !== undefined
      ? [{ path: [...root, 'volumes', index, 'source'], name: mount.source }]
      : [],
  )
  return [
    ...undeclared({
      kind: 'network',
      owner: name,
      references: keyed('networks', service.networks),
      declared: project.networks,
    }),
    ...undeclared({ kind: 'volume', owner: name, references: mounts, declared: project.volumes }),
    ...undeclared({
      kind: 'config',
      owner: name,
      references: files(['configs'], service.configs),
      declared: project.configs,
    }),
    ...undeclared({
      kind: 'secret',
      owner: name,
      references: files(['secrets'], service.secrets),
      declared: project.secrets,
    }),
    ...undeclared({
      kind: 'secret',
      owner: name,
      references: files(['build', 'secrets'], service.build?.secrets),
      declared: project.secrets,
    }),
    ...undeclared({
      kind: 'model',
      owner: name,
      references: keyed('models', service.models),
      declared: project.models,
    }),
    ...buildContexts(name, service, project),
  ]
}

type Search = {
  readonly kind: Kind
  readonly owner: string
  readonly references: readonly Reference[]
  readonly declared: Readonly<Record<string, unknown>>
}

const undeclared = ({ kind, owner, references, declared }: Search): readonly Contradiction[] =>
  references.flatMap(({ path, name, at }) => {
    if (Object.hasOwn(declared, name)) return []
    const hint = (): string =>
      unknownHint(name, Object.keys(declared)) ?? `Declare it under "${kind}s" at the top level of the file.`
    return [
      {
        path,
        ...(at === undefined ? {} : { at }),
        needs: [[`${kind}s`, name], ...(name === '' ? [path] : [])],
        code: `service/unknown-${kind}`,
        message:
          name === ''
            ? `Service "${owner}" has a ${kind} without a source.`
            : `Service "${owner}" uses the ${kind} "${name}", which is not declared.`,
        hint,
      },
    ]
  })

/** `service:name` as an additional build context builds that service first. */
const buildContexts = (owner: string, { build }: Service, { services }: CheckedProject): readonly Contradiction[] =>
  Object.entries(build?.additional_contexts ?? {}).flatMap(([context, value]): readonly Contradiction[] => {
    if (!value.startsWith('service:')) return []
    const name = value.slice('service:'.length)
    const target = Object.hasOwn(services, name) ? services[name] : undefined
    if (target?.build !== undefined) return []
    const path = ['services', owner, 'build', 'additional_contexts', context]
    const needs = [['services', name, 'build']]
    if (target !== undefined) {
      const message = `Service "${owner}" builds on service "${name}", which is not built itself.`
      return [
        {
          path,
          needs,
          code: 'service/context-not-built',
          message,
          hint: `Use "docker-image://${target.image ?? 'image'}" instead.`,
        },
      ]
    }
    return [
      {
        path,
        needs,
        code: 'service/unknown-service',
        message: `Service "${owner}" builds on service "${name}", which does not exist.`,
        hint: () => unknownHint(name, Object.keys(services)),
      },
    ]
  })
