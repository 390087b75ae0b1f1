import type { Service } from '../../project/service.ts'
import type { Contradiction } from './contradiction.ts'

type Pair = { readonly short: string; readonly long: readonly string[]; readonly one: unknown; readonly other: unknown }

/** What can be said in two ways must be said the same; and there is never less than no replica. */
export const validateLimits = (name: string, service: Service): readonly Contradiction[] => [
  ...replicas(name, service),
  ...limits(name, service),
]

const replicas = (
  name: string,
  { scale, deploy, container_name: containerName }: Service,
): readonly Contradiction[] => {
  const found: Contradiction[] = []
  const other = deploy?.replicas
  const long = ['services', name, 'deploy', 'replicas']
  const short = ['services', name, 'scale']
  if (scale !== undefined && other !== undefined && scale !== other) {
    found.push({
      path: short,
      code: 'service/scale-conflict',
      message: `Service "${name}" has "scale" ${scale} and "deploy.replicas" ${other}.`,
      hint: 'Keep one of them.',
      related: [{ path: long, message: 'the other number is here' }],
    })
  }
  for (const [path, count] of [
    [short, scale],
    [long, other],
  ] as const) {
    if (count !== undefined && count < 0) {
      found.push({
        path,
        code: 'service/negative-scale',
        message: `Service "${name}" cannot have ${count} containers.`,
        hint: 'Write 0 for none.',
      })
    }
  }
  const count = scale ?? other ?? 1
  if (containerName !== undefined && count > 1) {
    found.push({
      path: ['services', name, 'container_name'],
      code: 'service/name-with-scale',
      message: `Service "${name}" has ${count} containers, which cannot all be called "${containerName}".`,
      hint: 'Remove "container_name", or have one container only.',
      related: [{ path: scale === undefined ? long : short, message: 'their number is here' }],
    })
  }
  return found
}

const limits = (name: string, service: Service): readonly Contradiction[] => {
  const { limits: most, reservations: least } = service.deploy?.resources ?? {}
  const pairs: readonly Pair[] = [
    ...(most === undefined
      ? []
      : [
          { short: 'cpus', long: ['limits', 'cpus'], one: service.cpus, other: Math.fround(Number(most.cpus ?? 0)) },
          { short: 'mem_limit', long: ['limits', 'memory'], one: service.mem_limit, other: most.memory },
          { short: 'pids_limit', long: ['limits', 'pids'], one: service.pids_limit, other: most.pids },
        ]),
    ...(least === undefined
      ? []
      : [
          {
            short: 'mem_reservation',
            long: ['reservations', 'memory'],
            one: service.mem_reservation,
            other: least.memory,
          },
        ]),
  ]
  return pairs.flatMap(({ short, long, one, other }) => {
    const isSame =
      typeof one === 'number' && typeof other === 'number' ? Math.fround(one) === Math.fround(other) : one === other
    if (one === undefined || isSame) return []
    const longName = ['deploy', 'resources', ...long].join('.')
    return [
      {
        path: ['services', name, short],
        code: 'service/limit-conflict',
        message: `Service "${name}" has "${short}" ${String(one)}, and "${longName}" says ${other === undefined || other === 0 ? 'nothing' : String(other)}.`,
        hint: `Give both the same value, or keep "${longName}".`,
        related: [{ path: ['services', name, 'deploy', 'resources', ...long], message: 'the other value is here' }],
      },
    ]
  })
}
