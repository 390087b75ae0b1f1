import { expect, test } from 'vitest'
import type { Action, Plan, Step } from '../../../src/core/plan/action.ts'
import type { ObservedContainer } from '../../../src/core/plan/observed.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { type Fallen, toSummaryLines } from '../../../src/report/summary.ts'

const step = (id: string, kind: string, group?: string): Step => ({
  id,
  needs: [],
  action: { kind } as unknown as Action,
  cause: '',
  destructive: false,
  ...(group === undefined ? {} : { group }),
})
const planOf = (steps: readonly Step[], unchanged: readonly string[] = []): Plan => ({ steps, unchanged, warnings: [] })
const web: ObservedContainer = {
  id: 'a',
  name: 'shop-web-1',
  project: 'shop',
  service: 'web',
  number: 1,
  oneOff: false,
  state: 'running',
  image: '',
  imageId: '',
  labels: {},
  networks: [],
  mounts: [],
  createdAt: 0,
  status: '',
  command: '',
  ports: [
    { hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' },
    { hostIp: '::', hostPort: 8080, containerPort: 80, protocol: 'tcp' },
    { hostIp: '', containerPort: 90, protocol: 'tcp' },
  ],
}
const summary = (
  plans: readonly Plan[],
  containers: readonly ObservedContainer[] = [],
  ms = 1234,
  fallen: readonly Fallen[] = [],
): string =>
  toSummaryLines({ project: 'shop', plans, isDone: () => true, containers, fallen, ms, paint: noPaint }).join('\n')

test('what was created, replaced, started and removed is counted, and the addresses are told once', () => {
  const steps = [
    step('default/network', 'network/create'),
    step('db.1/create', 'container/create'),
    step('db.1/start', 'container/start'),
    step('web.1/create', 'container/create', 'recreate web.1'),
    step('web.1/remove', 'container/remove', 'recreate web.1'),
    step('web.1/start', 'container/start'),
    step('job.1/start', 'container/start'),
    step('old.1/remove', 'container/remove'),
  ]
  expect(summary([planOf(steps, ['api', 'mail'])], [web])).toMatchInlineSnapshot(`
    "✔ shop is up: 1 created, 1 recreated, 1 started, 1 removed, 2 services unchanged (1.2s)
      web  http://localhost:8080"
  `)
})

test('the second time nothing changes, and one line says so', () => {
  expect(summary([planOf([], ['web', 'db'])], [], 87)).toMatchInlineSnapshot(
    `"✔ shop is up to date, nothing was changed (2 services, 0.1s)"`,
  )
})

test('waiting alone is no change', () => {
  expect(summary([planOf([step('db/ready', 'service/await')], ['web', 'db'])], [], 72_000)).toMatchInlineSnapshot(
    `"✔ shop is up to date, nothing was changed (2 services, 1m12s)"`,
  )
})

test('what does not stay up is named, with what is known of why', () => {
  const fallen: readonly Fallen[] = [
    { service: 'worker', ending: { exitCode: 4 }, restarts: 3, line: 'TypeError: cart is undefined' },
    { service: 'api', restarts: 1 },
    { service: 'job', ending: { exitCode: 137, outOfMemory: true }, restarts: 0 },
  ]
  expect(summary([planOf([step('web.1/start', 'container/start')])], [web], 900, fallen)).toMatchInlineSnapshot(`
    "✘ shop is up but for worker, api, job: 1 started (0.9s)
      worker  is crash-looping: exit 4, started again 3 times: TypeError: cart is undefined
      api     is crash-looping: started again once
      job     has ended: out of memory (exit 137)
      web  http://localhost:8080"
  `)
  expect(summary([planOf([], ['web'])], [], 900, fallen.slice(0, 1)).split('\n')[0]).toBe(
    '✘ shop is up to date but for worker, nothing was changed (1 service, 0.9s)',
  )
})
