import { expect, test } from 'vitest'
import type { Problem } from '../../../src/core/errors/problem.ts'
import { StackError } from '../../../src/core/errors/stack-error.ts'
import type { ContainerSummary, EventBody, StackEvent, StepSummary } from '../../../src/core/events/event.ts'
import { createLiveList } from '../../../src/report/live-list.ts'
import type { Line } from '../../../src/report/lines.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { createPlainReport } from '../../../src/report/plain.ts'

const step = (id: string, kind: string, subject: string, more: Partial<StepSummary> = {}): StepSummary => ({
  id,
  kind,
  subject,
  cause: '',
  needs: [],
  ...more,
})

const steps: readonly StepSummary[] = [
  step('default/network', 'network/create', 'network shop_default', { cause: 'does not exist yet' }),
  step('db.1/create', 'container/create', 'shop-db-1', { service: 'db', cause: 'does not exist yet' }),
  step('db.1/start', 'container/start', 'shop-db-1', { service: 'db', cause: 'is new' }),
  step('db/healthy', 'service/await', 'db', { service: 'db', cause: 'web waits for it' }),
  step('web.1/create', 'container/create', 'aaaa_shop-web-1', {
    service: 'web',
    group: 'recreate web.1',
    cause: 'image changed api:1 → api:2',
  }),
  step('web.1/stop', 'container/stop', 'shop-web-1', { service: 'web', group: 'recreate web.1' }),
  step('web.1/remove', 'container/remove', 'shop-web-1', { service: 'web', group: 'recreate web.1' }),
  step('web.1/rename', 'container/rename', 'aaaa_shop-web-1', { service: 'web', group: 'recreate web.1' }),
  step('web.1/start', 'container/start', 'shop-web-1', { service: 'web' }),
]

/** Every step runs for 500 ms, one after another. */
const started = (id: string): EventBody => ({
  type: 'step/started',
  id,
  ...(({ kind, subject }) => ({ kind, subject }))(steps.find((each) => each.id === id) ?? { kind: '', subject: '' }),
})
const ended = (id: string): EventBody => ({ type: 'step/ended', id, outcome: 'done', ms: 500 })
const number = (bodies: readonly EventBody[], ms = 500): readonly StackEvent[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: 1000 + index * ms, ...body }))

const plan: EventBody = { type: 'plan/made', trigger: 'start', steps, unchanged: [] }
const run: readonly EventBody[] = [
  plan,
  ...steps.flatMap(({ id }) =>
    id === 'db/healthy'
      ? [started(id), { type: 'step/waiting', id, on: ['db'], note: 'health starting' } as const, ended(id)]
      : [started(id), ended(id)],
  ),
]

const plain = (
  bodies: readonly EventBody[],
  options: { steps?: boolean; prefix?: boolean; timestamps?: boolean; ms?: number; attached?: boolean } = {},
): string => {
  const report = createPlainReport({
    project: 'shop',
    paint: { stdout: noPaint, stderr: noPaint },
    problems: {},
    steps: options.steps ?? true,
    attached: options.attached ?? false,
    logs: { prefix: options.prefix ?? true, timestamps: options.timestamps ?? false, colors: true },
  })
  const lines: Line[] = number(bodies, options.ms).flatMap((event) => report.tell(event))
  return lines.map(({ stream, text }) => `${stream === 'stdout' ? 'out' : 'err'}|${text}`).join('\n')
}

test('plain: each thing that is done is a line in the words of Docker Compose, with the reason of a recreation', () => {
  expect(plain(run)).toMatchInlineSnapshot(`
    "err| Network shop_default  Creating
    err| Network shop_default  Created
    err| Container shop-db-1  Creating
    err| Container shop-db-1  Created
    err| Container shop-db-1  Starting
    err| Container shop-db-1  Started
    err| Service db  Waiting  (web waits for it)
    err| Service db  Healthy  1.0s
    err| Container shop-web-1  Recreate  (image changed api:1 → api:2)
    err| Container shop-web-1  Recreated  3.5s
    err| Container shop-web-1  Starting
    err| Container shop-web-1  Started"
  `)
})

test('plain: what a container writes is told as it is to whoever is attached, and made safe where only a hook speaks', () => {
  const said: EventBody = {
    type: 'log/written',
    service: 'web',
    container: 'shop-web-1',
    stream: 'stdout',
    lines: [{ at: 1, text: '\u001b[31mred\u001b]0;x\u0007' }],
  }
  expect([plain([said]), plain([said], { attached: true })]).toEqual([
    'out|web-1  | red',
    'out|web-1  | \u001b[31mred\u001b]0;x\u0007',
  ])
})

test('plain: a failure tells its problem at once, and what was skipped names the reason', () => {
  const failed: EventBody = {
    type: 'step/ended',
    id: 'db.1/start',
    outcome: 'failed',
    ms: 3,
    problem: {
      severity: 'error',
      code: 'engine/port-in-use',
      message: 'Port 5432 is in use.',
      hint: 'Stop the other one.',
    },
  }
  expect(
    plain([
      plan,
      started('db.1/start'),
      failed,
      { type: 'step/ended', id: 'db/healthy', outcome: 'skipped', ms: 0, because: 'db.1/start' },
    ]),
  ).toMatchInlineSnapshot(`
    "err| Container shop-db-1  Starting
    err| Container shop-db-1  Error
    err|error[engine/port-in-use]: Port 5432 is in use.
    err|  Stop the other one.
    err| Service db  Skipped  (because of container shop-db-1)"
  `)
})

test('plain: a build that a newer change has overtaken is no failure', () => {
  const build: EventBody = {
    type: 'plan/made',
    trigger: 'watch',
    unchanged: [],
    steps: [
      { id: 'web/build', kind: 'image/build', subject: 'image web', service: 'web', cause: 'asked for', needs: [] },
      {
        id: 'web.1/create',
        kind: 'container/create',
        subject: 'web-1',
        service: 'web',
        cause: '',
        needs: ['web/build'],
      },
    ],
  }
  expect(
    plain([
      build,
      { type: 'step/started', id: 'web/build', kind: 'image/build', subject: 'image web', service: 'web' },
      { type: 'step/ended', id: 'web/build', outcome: 'skipped', ms: 900, because: 'overtaken' },
      { type: 'step/ended', id: 'web.1/create', outcome: 'skipped', ms: 0, because: 'overtaken' },
    ]),
  ).toMatchInlineSnapshot(`
    "err| Image web  Building
    err| Image web  Left off  (for a newer change)"
  `)
})

test('plain: a service that is stale says so once, another reason now and then, and when it is in step again', () => {
  const raised = (files: number, id = 'sync.web'): EventBody => ({
    type: 'problem/raised',
    id,
    service: 'web',
    problem: new StackError('sync/stale', {
      service: 'web',
      files,
      path: 'src/a.js',
      why: 'no space left',
    }).toProblem(),
  })
  expect(
    plain([
      raised(1),
      {
        type: 'reload/ended',
        service: 'web',
        action: 'sync',
        files: 1,
        ms: 20,
        problem: (raised(1) as { problem: Problem }).problem,
      },
      raised(1),
      raised(2),
      raised(1, 'sync.web.other'),
      { type: 'problem/cleared', id: 'sync.web.other' },
      { type: 'problem/cleared', id: 'sync.web' },
      { type: 'problem/cleared', id: 'sync.web' },
      raised(3),
    ]),
  ).toMatchInlineSnapshot(`
    "err|error[sync/stale]: Service "web" is behind by 1 file: src/a.js (no space left).
    err|  They are tried again by themselves. "stack up --build web", or R in the dashboard, makes it anew with what is saved.
    err|web: sync failed, 1 file, 20 ms
    err|error[sync/stale]: Service "web" is behind by 1 file: src/a.js (no space left).
    err|  They are tried again by themselves. "stack up --build web", or R in the dashboard, makes it anew with what is saved.
    err|web is in step again with what is saved
    err|error[sync/stale]: Service "web" is behind by 3 files: src/a.js (no space left) and 2 more.
    err|  They are tried again by themselves. "stack up --build web", or R in the dashboard, makes it anew with what is saved."
  `)
})

test('plain: what an edit of the stack file will change is told before it is done', () => {
  const edited = (made: readonly StepSummary[]): EventBody => ({
    type: 'plan/made',
    trigger: 'file',
    unchanged: [],
    steps: made,
  })
  expect(plain([edited(steps.filter(({ service }) => service !== undefined)), started('db.1/create'), edited([])]))
    .toMatchInlineSnapshot(`
    "err|The edited files ask to create db, recreate web (image changed api:1 → api:2)
    err| Container shop-db-1  Creating
    err|The edited files change nothing"
  `)
})

test('plain: a long wait says so again, but not at every look', () => {
  const waiting = (note: string): EventBody => ({ type: 'step/waiting', id: 'db/healthy', on: ['db'], note })
  expect(
    plain(
      [
        plan,
        started('db/healthy'),
        ...Array.from({ length: 12 }, (_, index) => waiting(`health starting, probe ${index}`)),
      ],
      { ms: 2000 },
    ),
  ).toMatchInlineSnapshot(`
    "err| Service db  Waiting  (web waits for it)
    err| Service db  Waiting  (health starting, probe 0)
    err| Service db  Waiting  (health starting, probe 5)
    err| Service db  Waiting  (health starting, probe 10)"
  `)
})

const container = (state: ContainerSummary['state'], more: Partial<ContainerSummary> = {}): EventBody => ({
  type: 'container/changed',
  container: { id: 'c1', name: 'shop-web-1', service: 'web', number: 1, state, ports: [], startedAt: 5000, ...more },
})
const log = (name: string, text: string, stream: 'stdout' | 'stderr' = 'stdout'): EventBody => ({
  type: 'log/written',
  service: name,
  container: `shop-${name}-1`,
  stream,
  lines: [{ text, at: 1_795_224_143_178, timestamp: '2026-11-21T01:22:23.178409051Z' }],
})

test('plain: logs keep their stream, and a container that ends says its code once', () => {
  const events = [
    container('running'),
    log('web', 'listening'),
    log('database', 'oops', 'stderr'),
    log('web', 'bye'),
    container('exited', { exitCode: 3 }),
    container('exited', { exitCode: 3 }),
  ]
  expect(plain(events)).toMatchInlineSnapshot(`
    "out|web-1  | listening
    err|database-1  | oops
    out|web-1       | bye
    out|web-1 exited with code 3"
  `)
  expect(plain([log('web', 'listening')], { timestamps: true, prefix: false })).toMatchInlineSnapshot(
    `"out|2026-11-21T01:22:23.178409051Z listening"`,
  )
})

test('plain: that a service ends again and again is told once, another reason now and then, and that it is over', () => {
  const looping = (crashes: number, line = 'TypeError: cart is undefined'): EventBody => {
    const crash = { exitCode: 4, crashes, since: 1000, last: 1000 + crashes * 2000, line }
    const problem = new StackError('service/crash-looping', { service: 'web', crash }).toProblem()
    return { type: 'problem/raised', id: 'crash.web.1', service: 'web', problem, crash }
  }
  const again = container('restarting', { exitCode: 4 })
  expect(
    plain(
      [
        container('running'),
        again,
        looping(2),
        container('running', { startedAt: 7000 }),
        looping(3),
        looping(4, 'Error: no database'),
        { type: 'problem/cleared', id: 'crash.web.1' },
        looping(5),
        container('exited', { exitCode: 137, outOfMemory: true, startedAt: 9000 }),
        { type: 'problem/cleared', id: 'crash.web.1' },
      ],
      { ms: 6000 },
    ),
  ).toMatchInlineSnapshot(`
    "out|web-1 exited with code 4 (restarting)
    err|error[service/crash-looping]: Service "web" is crash-looping: exit 4, 2 crashes in 4s: TypeError: cart is undefined
    err|  "stack logs web" shows what it wrote, "stack stop web" keeps it from being started again.
    err|error[service/crash-looping]: Service "web" is crash-looping: exit 4, 4 crashes in 8s: Error: no database
    err|  "stack logs web" shows what it wrote, "stack stop web" keeps it from being started again.
    err|web is not crash-looping any more
    err|error[service/crash-looping]: Service "web" is crash-looping: exit 4, 5 crashes in 10s: TypeError: cart is undefined
    err|  "stack logs web" shows what it wrote, "stack stop web" keeps it from being started again.
    out|web-1 exited with code 137 (out of memory)"
  `)
})

test('plain: a container that had ended before is no news', () => {
  expect(plain([container('exited', { exitCode: 0, startedAt: 10 })])).toBe('')
})

test('plain: reloads', () => {
  const events: readonly EventBody[] = [
    { type: 'watch/started', services: ['web', 'api'], paths: 12 },
    { type: 'watch/changed', service: 'web', paths: ['src/a.js', 'src/b.js'], action: 'sync' },
    { type: 'reload/ended', service: 'web', action: 'sync', files: 2, ms: 14 },
    { type: 'session/changed', phase: 'stopping' },
  ]
  expect(plain(events)).toMatchInlineSnapshot(`
    "err|Watching web, api for changes
    err|web: sync after a change of src/a.js, src/b.js
    err|web: sync done, 2 files, 14 ms
    err|Stopping … press Ctrl+C again to kill"
  `)
})

const frames = (
  bodies: readonly EventBody[],
  { rows = 24, columns = 80 }: { rows?: number; columns?: number } = {},
): string => {
  const list = createLiveList({ title: 'up', paint: noPaint, problems: {} })
  const events = number(bodies)
  for (const event of events) list.tell(event)
  return list.frame((events.at(-1)?.at ?? 0) + 1200, { rows, columns }).join('\n')
}

test('live: one line for each thing, with what it waits for', () => {
  const until = run.findIndex((body) => body.type === 'step/waiting')
  expect(frames(run.slice(0, until + 1))).toMatchInlineSnapshot(`
    "[+] up 2/3
     ✔ Network shop_default  Created     0.5s
     ✔ Container shop-db-1   Started     0.5s
     ⠧ Service db            Waiting     1.7s  health starting"
  `)
})

test('live: at the end everything is ticked off', () => {
  expect(frames(run)).toMatchInlineSnapshot(`
    "[+] up 4/4
     ✔ Network shop_default  Created     0.5s
     ✔ Container shop-db-1   Started     0.5s
     ✔ Service db            Healthy     1.0s
     ✔ Container shop-web-1  Started     0.5s"
  `)
})

test('live: the heading counts what was done, not what has ended', () => {
  const failed: EventBody = {
    type: 'step/ended',
    id: 'db.1/start',
    outcome: 'failed',
    ms: 3,
    problem: { severity: 'error', code: 'engine/port-in-use', message: 'Port 5432 is in use.' },
  }
  const skipped: EventBody = { type: 'step/ended', id: 'db/healthy', outcome: 'skipped', ms: 0, because: 'db.1/start' }
  expect(frames([plan, started('db.1/start'), failed, skipped]).split('\n')[0]).toBe('[+] up 0/2')
})

test('live: never taller than the screen, and what goes on is what stays', () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    step(`w.${index}/create`, 'container/create', `shop-w-${index}`),
  )
  const bodies: readonly EventBody[] = [
    { type: 'plan/made', trigger: 'start', steps: many, unchanged: [] },
    ...many.map(({ id, kind, subject }) => ({ type: 'step/started', id, kind, subject }) as const),
    ...many.slice(0, 28).map(({ id }) => ended(id)),
  ]
  const frame = frames(bodies, { rows: 8, columns: 44 }).split('\n')
  expect(frame.length).toBeLessThan(8)
  expect(frame.join('\n')).toMatchInlineSnapshot(`
    "[+] up 28/30
     ✔ Container shop-w-26  Created      15s
     ✔ Container shop-w-27  Created      15s
     ⠋ Container shop-w-28  Creating     16s
     ⠋ Container shop-w-29  Creating     15s
       … 26 more"
  `)
  expect(Math.max(...frame.map((line) => line.length))).toBeLessThanOrEqual(44)
})

test('plain: a cause that several steps fail of is told once', () => {
  const fail = (id: string): EventBody => ({
    type: 'step/ended',
    id,
    outcome: 'failed',
    ms: 3,
    problem: { severity: 'error', code: 'service/unhealthy', message: 'db is unhealthy.' },
  })
  expect(
    plain([plan, started('db/healthy'), fail('db/healthy'), started('db.1/start'), fail('db.1/start')]).match(
      /db is unhealthy/g,
    ),
  ).toHaveLength(1)
})

test('plain: what a sync did, and what it could not do yet', () => {
  const sync = { type: 'reload/ended', service: 'web', action: 'sync', files: 3, ms: 25 } as const
  expect(plain([sync, { ...sync, files: 1, waiting: 1 }, { ...sync, waiting: 2 }])).toBe(
    [
      'err|web: sync done, 3 files, 25 ms',
      'err|web: sync done, 1 file, 25 ms; 1 change waits until web runs',
      'err|web: sync done, 3 files, 25 ms; 2 changes wait until web runs',
    ].join('\n'),
  )
})
