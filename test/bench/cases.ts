import { image } from '../support/objects.ts'

/** One stack of the bench: its services in the order in which they start, and what the issue asks of each command. */
export interface Case {
  readonly name: string
  readonly title: string
  readonly services: readonly BenchService[]
  /** Highest ratio of stack's time to the reference's; a command without a bar is shown without a mark. */
  readonly bars: Readonly<Partial<Record<Measured, number>>>
  /** Highest ratio of `up -d` to the bare script; only where nothing has to be waited for. */
  readonly bareBar?: number
}

export const commands = ['up', 'no-op up', 'ps', 'config', 'down'] as const
export type Measured = (typeof commands)[number]

export interface BenchService {
  readonly name: string
  readonly needs: readonly string[]
  /** Seconds after which it is healthy, and how often the engine probes. */
  readonly ready?: { readonly after: number; readonly interval: number }
  readonly needsHealth?: boolean
}

const grid = (width: number, depth: number): readonly BenchService[] =>
  Array.from({ length: width * depth }, (_, index) => {
    const [level, column] = [Math.floor(index / width), index % width]
    return { name: `s${level}-${column}`, needs: level === 0 ? [] : [`s${level - 1}-${column}`] }
  })

export const cases: readonly Case[] = [
  {
    name: 'tiers',
    title: '3 tiers, database healthy after 0.3 s, interval 2s',
    services: [
      { name: 'db', needs: [], ready: { after: 0.3, interval: 2 } },
      { name: 'api', needs: ['db'], needsHealth: true },
      { name: 'web', needs: ['api'] },
    ],
    bars: { up: 0.4, 'no-op up': 0.35, ps: 1.6, down: 0.8 },
  },
  {
    name: 'twenty',
    title: '20 services, 4 deep',
    services: grid(5, 4),
    bars: { up: 0.85, 'no-op up': 1.6, ps: 1.5, down: 0.9 },
    bareBar: 1.15,
  },
  {
    name: 'fifty',
    title: '50 services, 5 deep',
    services: grid(10, 5),
    bars: { up: 0.85, 'no-op up': 1.3, ps: 1.3, down: 0.9 },
    bareBar: 1.15,
  },
  {
    name: 'slow-probe',
    title: 'database ready after 0.8 s, interval 10s, one dependent',
    services: [
      { name: 'db', needs: [], ready: { after: 0.8, interval: 10 } },
      { name: 'web', needs: ['db'], needsHealth: true },
    ],
    bars: { up: 0.15 },
  },
]

const readyCommand = (after: number) => ['sh', '-c', `sleep ${after}; touch /ready; exec sleep 600`]

/** The case as a stack file. */
export const toStackFile = ({ services }: Case): string => {
  const blocks = services.map(({ name, needs, ready, needsHealth }) => {
    const condition = needsHealth ? 'service_healthy' : 'service_started'
    return [
      `  ${name}:`,
      `    image: ${image}`,
      '    init: true',
      `    command: ${JSON.stringify(ready ? readyCommand(ready.after) : ['sleep', '600'])}`,
      ...(ready ? [`    healthcheck: { test: ["CMD", "test", "-e", "/ready"], interval: ${ready.interval}s }`] : []),
      ...(needs.length > 0
        ? ['    depends_on:', ...needs.map((one) => `      ${one}: { condition: ${condition} }`)]
        : []),
    ].join('\n')
  })
  return `services:\n${blocks.join('\n')}\n`
}

/** The body of the engine's create call for one service, as the bare script sends it. */
export const toCreateBody = (service: BenchService, project: string): Record<string, unknown> => {
  const { name, ready } = service
  const second = 1_000_000_000
  return {
    Image: image,
    Cmd: ready ? readyCommand(ready.after) : ['sleep', '600'],
    ...(ready ? { Healthcheck: { Test: ['CMD', 'test', '-e', '/ready'], Interval: ready.interval * second } } : {}),
    Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': name },
    HostConfig: { Init: true, NetworkMode: `${project}_default` },
    NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { Aliases: [name] } } },
  }
}
