import { expect, test } from 'vitest'
import type { Action, Plan, Step } from '../../../src/core/plan/action.ts'
import type { ObservedContainer } from '../../../src/core/plan/observed.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { toSummaryLines } from '../../../src/report/summary.ts'

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
const summary = (plans: readonly Plan[], containers: readonly ObservedContainer[] = [], ms = 1234): string =>
  toSummaryLines({ project: 'shop', plans, isDone: () => true, containers, ms, paint: noPaint }).join('\n')

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
