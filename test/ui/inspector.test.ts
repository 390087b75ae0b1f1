import { afterEach, expect, it } from 'vitest'
import type { EventBody } from '../../src/core/events/event.ts'
import { showDashboard, type ShowOptions, type ShownDashboard } from '../support/dashboard.ts'
import { probing, running, starting, toEvents } from '../support/shop-events.ts'

const open: ShownDashboard[] = []
const show = (options?: ShowOptions) => {
  const shown = showDashboard(toEvents(starting, probing, running), options)
  open.push(shown)
  return shown
}
afterEach(() => open.splice(0).forEach((shown) => shown.unmount()))

const inspected: EventBody = {
  type: 'service/inspected',
  service: 'web',
  inspection: {
    image: { reference: 'shop-web', id: 'sha256:51aa51aa51aa51aa', bytes: 48_000_000 },
    replicas: [
      {
        name: 'shop-web-1',
        id: 'f0',
        pid: 4711,
        networks: [{ name: 'shop_default', addresses: ['172.18.0.4'], aliases: ['front'] }],
      },
    ],
    command: 'node server.js',
    user: 'node',
    workingDirectory: '/app',
    restart: 'unless-stopped',
    limits: { cpus: 0.5, memoryBytes: 64_000_000, pids: 50 },
    mounts: [{ type: 'bind', source: '/work/conf', target: '/conf', readOnly: true }],
    variables: [
      {
        name: 'API_TOKEN',
        value: '******',
        hidden: true,
        origin: { kind: 'file', at: 'stack.yaml:8', fills: [{ name: 'TOKEN', from: '.env:1' }] },
      },
      { name: 'LANG', value: 'C', origin: { kind: 'image' } },
    ],
    labels: [{ name: 'team', value: 'shop' }],
    probes: [],
  },
}

it.each([
  [80, 24],
  [160, 48],
])('the details of a service, as they were asked for, %ix%i', async (columns, rows) => {
  const shown = show({ columns, rows })
  await shown.press('i', '/ find')
  expect(shown.inspected).toEqual(['web'])
  shown.apply(inspected)
  expect(await shown.shows('image id')).toMatchSnapshot()
})

it('values that are hidden are shown on a key, and hidden on the next', async () => {
  const shown = show({ columns: 100, rows: 40, readVariables: async () => ({ API_TOKEN: 'abcdef123456' }) })
  shown.apply(inspected)
  await shown.press('i', 'API_TOKEN=******')
  await shown.press('V', 'API_TOKEN=abcdef123456')
  await shown.press('V', 'API_TOKEN=******', '!abcdef')
})

it('is asked for when it is seen, again for another service, and not while it is closed', async () => {
  const shown = show()
  await shown.press('j', '▸ ● api')
  expect(shown.inspected).toEqual([])
  await shown.press('i', 'is asked for', 'api')
  await shown.press('r', 'Asked again')
  expect(shown.inspected).toEqual(['api', 'api'])
})
