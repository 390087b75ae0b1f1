import type { CrashLoop } from '../../src/core/events/crash.ts'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type {
  ContainerSummary,
  EventBody,
  ServiceSummary,
  StackEvent,
  StepSummary,
} from '../../src/core/events/event.ts'

/** A made-up stack of five services, told as a session would tell it. Times are milliseconds since its start. */
export const start = Date.UTC(2026, 0, 2, 12, 0, 0)

const services: readonly ServiceSummary[] = [
  {
    name: 'web',
    tier: 'web',
    image: 'shop-web',
    dependsOn: [{ service: 'api', condition: 'service_healthy' }],
    replicas: 1,
    hasHealthcheck: true,
    ports: ['8080:80'],
    watched: true,
  },
  {
    name: 'api',
    tier: 'app',
    image: 'shop-api',
    dependsOn: [
      { service: 'db', condition: 'service_healthy' },
      { service: 'migrate', condition: 'service_completed_successfully' },
    ],
    replicas: 2,
    hasHealthcheck: true,
    ports: ['3000'],
    watched: true,
  },
  {
    name: 'worker',
    tier: 'app',
    image: 'shop-worker',
    dependsOn: [{ service: 'db', condition: 'service_healthy' }],
    replicas: 1,
    hasHealthcheck: false,
    ports: [],
    watched: true,
  },
  {
    name: 'migrate',
    tier: 'app',
    image: 'shop-api',
    dependsOn: [{ service: 'db', condition: 'service_healthy' }],
    replicas: 1,
    hasHealthcheck: false,
    ports: [],
    watched: false,
  },
  {
    name: 'db',
    tier: 'data',
    image: 'postgres:17',
    dependsOn: [],
    replicas: 1,
    hasHealthcheck: true,
    ports: ['5432:5432'],
    watched: false,
  },
]

const step = (id: string, kind: string, more: Partial<StepSummary>): StepSummary => ({
  id,
  kind,
  subject: more.service === undefined ? id : `shop-${more.service}-1`,
  cause: 'is new',
  needs: [],
  ...more,
})

const steps: readonly StepSummary[] = [
  step('default/network', 'network/create', { subject: 'network shop_default' }),
  step('db/image', 'image/pull', { subject: 'image postgres:17', service: 'db' }),
  step('web/image', 'image/build', { subject: 'image shop-web', service: 'web' }),
  step('db.1/create', 'container/create', { service: 'db', needs: ['db/image'] }),
  step('db.1/start', 'container/start', { service: 'db', needs: ['db.1/create'] }),
  step('db/healthy', 'service/await', {
    subject: 'db',
    service: 'db',
    cause: 'api waits for it',
    needs: ['db.1/start'],
  }),
  step('migrate.1/start', 'container/start', { service: 'migrate', needs: ['db/healthy'] }),
  step('migrate/completed', 'service/await', { subject: 'migrate', service: 'migrate', needs: ['migrate.1/start'] }),
  step('api.1/start', 'container/start', { service: 'api', needs: ['db/healthy', 'migrate/completed'] }),
  step('api.2/start', 'container/start', { service: 'api', needs: ['db/healthy', 'migrate/completed'] }),
  step('api/healthy', 'service/await', { subject: 'api', service: 'api', needs: ['api.1/start'] }),
  step('worker.1/start', 'container/start', { service: 'worker', needs: ['db/healthy'] }),
  step('web.1/start', 'container/start', { service: 'web', needs: ['api/healthy', 'web/image'] }),
]

const container = (service: string, more: Partial<ContainerSummary> = {}): EventBody => ({
  type: 'container/changed',
  container: {
    id: `${service}${more.number ?? 1}`.padEnd(12, '0'),
    name: `shop-${service}-${more.number ?? 1}`,
    service,
    number: 1,
    state: 'running',
    ports: [],
    ...more,
  },
})

const published = (hostPort: number, containerPort: number) => [
  { hostIp: '0.0.0.0', hostPort, containerPort, protocol: 'tcp' },
  { hostIp: '::', hostPort, containerPort, protocol: 'tcp' },
]

const started = (id: string): EventBody => {
  const one = steps.find((known) => known.id === id)!
  return {
    type: 'step/started',
    id,
    kind: one.kind,
    subject: one.subject,
    ...(one.service === undefined ? {} : { service: one.service }),
  }
}
const ended = (id: string, ms = 200): EventBody => ({ type: 'step/ended', id, outcome: 'done', ms })

type Told = readonly [after: number, body: EventBody]

const log = (after: number, service: string, ...lines: readonly string[]): Told => [
  after,
  {
    type: 'log/written',
    service,
    container: `${service}1`,
    stream: 'stdout',
    lines: lines.map((text, index) => ({ text, at: start + after + index })),
  },
]

/** Until nothing is ready yet: an image is pulled, another built, the database probed. */
export const starting: readonly Told[] = [
  [0, { type: 'session/started', project: 'shop', command: 'up', services, files: ['stack.yaml'] }],
  [40, { type: 'session/changed', phase: 'planning' }],
  [90, { type: 'plan/made', trigger: 'start', steps, unchanged: [] }],
  [95, { type: 'session/changed', phase: 'applying' }],
  [100, started('default/network')],
  [100, started('db/image')],
  [100, started('web/image')],
  [180, ended('default/network')],
  [900, { type: 'step/progressed', id: 'db/image', part: 'a1', done: 30_000_000, total: 60_000_000, unit: 'bytes' }],
  [900, { type: 'step/progressed', id: 'db/image', part: 'b2', done: 12_000_000, total: 40_000_000, unit: 'bytes' }],
  [1200, { type: 'step/progressed', id: 'web/image', done: 3, total: 7, unit: 'steps', note: '[3/7] RUN npm ci' }],
]

/** The database runs and does not answer yet. */
export const probing: readonly Told[] = [
  [2000, ended('db/image', 1900)],
  [2010, started('db.1/create')],
  [2050, ended('db.1/create')],
  [2060, started('db.1/start')],
  [2200, ended('db.1/start')],
  [2200, container('db', { health: 'starting', startedAt: start + 2200, ports: published(5432, 5432) })],
  [2210, started('db/healthy')],
  log(2400, 'db', 'LOG:  starting PostgreSQL 17.2', 'LOG:  listening on IPv4 address "0.0.0.0", port 5432'),
  [
    2500,
    {
      type: 'probe/ended',
      service: 'db',
      container: 'db1',
      healthy: false,
      exitCode: 2,
      output: '/var/run/postgresql:5432 - no response\n',
    },
  ],
  [3000, { type: 'step/progressed', id: 'web/image', done: 5, total: 7, unit: 'steps', note: '[5/7] COPY . .' }],
]

/** Everything is up. */
export const running: readonly Told[] = [
  [
    3400,
    {
      type: 'probe/ended',
      service: 'db',
      container: 'db1',
      healthy: true,
      exitCode: 0,
      output: 'accepting connections',
    },
  ],
  [3400, container('db', { health: 'healthy', startedAt: start + 2200, ports: published(5432, 5432) })],
  [3400, ended('db/healthy', 1200)],
  [3410, started('migrate.1/start')],
  [3500, ended('migrate.1/start')],
  log(3600, 'db', 'LOG:  database system is ready to accept connections'),
  log(3700, 'migrate', 'applying 001_schema.sql', 'applying 002_seed.sql', 'done'),
  [3900, container('migrate', { state: 'exited', exitCode: 0 })],
  [3900, ended('migrate/completed')],
  [4000, ended('web/image', 3900)],
  [4000, started('api.1/start')],
  [4000, started('api.2/start')],
  [4100, ended('api.1/start')],
  [4100, ended('api.2/start')],
  [4150, started('worker.1/start')],
  [4200, ended('worker.1/start')],
  [4200, container('worker', { startedAt: start + 4200 })],
  [4200, container('api', { health: 'healthy', startedAt: start + 4100 })],
  [4200, container('api', { number: 2, health: 'healthy', startedAt: start + 4100 })],
  [4200, ended('api/healthy')],
  [4300, started('web.1/start')],
  [4400, ended('web.1/start')],
  [4400, container('web', { health: 'healthy', startedAt: start + 4400, ports: published(8080, 80) })],
  [4410, { type: 'session/changed', phase: 'running' }],
  [4420, { type: 'watch/started', services: ['web', 'api', 'worker'], paths: 12 }],
  log(4500, 'api', '\u001b[32mINFO\u001b[0m listening on :3000', '\u001b[32mINFO\u001b[0m 地図 loaded 🗺️ in 12 ms'),
  log(4600, 'web', 'GET / 200 in 3 ms', 'GET /assets/app.css 200 in 1 ms', 'GET /cart 200 in 14 ms'),
  log(4700, 'worker', 'queue is up, concurrency 4'),
]

/** A save was synced, and then the worker crashed. */
export const crashed: readonly Told[] = [
  [20_000, { type: 'watch/changed', service: 'web', paths: ['src/cart.tsx'], action: 'sync' }],
  [20_061, { type: 'reload/ended', service: 'web', action: 'sync', files: 1, ms: 61 }],
  log(20_100, 'web', '[vite] hmr update /src/cart.tsx'),
  log(
    31_000,
    'worker',
    "TypeError: Cannot read properties of undefined (reading 'items')",
    '    at applyCoupon (src/coupon.ts:41:17)',
    '    at run (src/queue.ts:88:5)',
  ),
  [31_200, container('worker', { state: 'exited', exitCode: 1, restarts: 2 })],
  [
    31_210,
    {
      type: 'problem/raised',
      id: 'worker/exit',
      service: 'worker',
      problem: {
        severity: 'error',
        code: 'service/exited',
        message: "worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')",
        hint: 'It ran for 27 s. Its last lines are in the log.',
      },
    },
  ],
]

const crash: CrashLoop = {
  exitCode: 1,
  crashes: 8,
  since: start + 24_000,
  last: start + 50_000,
  line: "TypeError: Cannot read properties of undefined (reading 'items')",
  after: { what: 'the save of src/coupon.ts', ms: 4000 },
}

/** The worker ends again and again since a file was saved; it runs once more at this moment. */
export const looping: readonly Told[] = [
  [20_000, { type: 'watch/changed', service: 'worker', paths: ['src/coupon.ts'], action: 'sync' }],
  [20_061, { type: 'reload/ended', service: 'worker', action: 'sync', files: 1, ms: 61 }],
  [50_000, container('worker', { state: 'restarting', exitCode: 1, restarts: 8 })],
  [
    50_010,
    {
      type: 'problem/raised',
      id: 'crash.worker.1',
      service: 'worker',
      problem: new StackError('service/crash-looping', { service: 'worker', crash }).toProblem(),
      crash,
    },
  ],
  [55_000, container('worker', { state: 'running', restarts: 8 })],
]

/** As events, numbered from 1. */
export const toEvents = (...parts: readonly (readonly Told[])[]): readonly StackEvent[] =>
  parts.flat().map(([after, body], index) => ({ seq: index + 1, at: start + after, ...body }))

/** What the engine shows of a service whose probes began at these times, and how they ended. */
export const inspectedProbes = (
  service: string,
  probes: readonly (readonly [at: number, exitCode: number, output?: string])[],
): EventBody => ({
  type: 'service/inspected',
  service,
  inspection: {
    image: { reference: 'postgres:17' },
    replicas: [],
    command: '',
    user: '',
    workingDirectory: '',
    restart: '',
    limits: {},
    mounts: [],
    variables: [],
    labels: [],
    healthcheck: { test: 'CMD-SHELL pg_isready -U shop', intervalMs: 5000, timeoutMs: 3000, retries: 3 },
    probes: probes.map(([at, exitCode, output = `output ${at}`]) => ({
      container: `shop-${service}-1`,
      at: start + at,
      exitCode,
      output,
      ms: 31,
    })),
  },
})

const part = (id: string, more: Partial<Extract<EventBody, { type: 'step/progressed' }>>): EventBody => ({
  type: 'step/progressed',
  id,
  ...more,
})

/** What a builder and a registry say of the two images of the start, from 1.3 s after its beginning on. */
export const transferring: readonly Told[] = [
  [
    1300,
    part('web/image', { part: 'a', name: '[1/4] FROM node:24', state: 'cached', note: 'cached: [1/4] FROM node:24' }),
  ],
  [
    1310,
    part('web/image', { part: 'b', name: '[2/4] COPY package.json .', state: 'done', ms: 18, note: 'done: [2/4]' }),
  ],
  [
    1320,
    part('web/image', { part: 'c', name: '[3/4] RUN npm ci', state: 'started', note: 'started: [3/4] RUN npm ci' }),
  ],
  ...['fetch react', 'fetch vite', '  dev dependency', 'fetch zod', 'built in 3 s', 'added 212 packages'].map(
    (note, index): Told => [1400 + index, part('web/image', { part: 'c', output: true, note })],
  ),
  [1500, part('web/image', { part: 'layer', within: 'c', done: 3_000_000, total: 9_000_000, unit: 'bytes' })],
  [1600, part('db/image', { part: 'c3', state: 'cached', note: 'Already exists' })],
  [1610, part('db/image', { part: 'a1', done: 60_000_000, total: 60_000_000, unit: 'bytes', note: 'Downloading' })],
  [1620, part('db/image', { part: 'b2', done: 22_000_000, unit: 'bytes', note: 'Downloading' })],
  [1700, part('db/image', { part: 'a1', done: 3, unit: 'bytes', note: 'Extracting' })],
  [1800, part('db/image', { part: 'a1', state: 'done', note: 'Pull complete' })],
]

/** The build fails, the pull ends. */
export const buildFailed: readonly Told[] = [
  [2000, ended('db/image', 1900)],
  [2400, part('web/image', { part: 'c', name: '[3/4] RUN npm ci', state: 'failed', ms: 1080, note: 'failed: [3/4]' })],
  [2410, part('web/image', { part: 'd', name: '[4/4] COPY . .', state: 'stopped', note: 'failed: [4/4] COPY . .' })],
  [
    2420,
    {
      type: 'step/ended',
      id: 'web/image',
      outcome: 'failed',
      ms: 2320,
      problem: {
        severity: 'error',
        code: 'service/build-failed',
        message: 'Building service "web" failed at step [3/4] RUN npm ci: exit code: 1\nadded 212 packages',
      },
    },
  ],
]
