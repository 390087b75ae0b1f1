import { expect, test } from 'vitest'
import { reduce } from '../../../src/core/state/reduce.ts'
import { selectServiceViews } from '../../../src/core/state/select.ts'
import { initialState, samplesKept, type State } from '../../../src/core/state/state.ts'
import { probing, running, start, starting, toEvents } from '../../support/shop-events.ts'

const up = toEvents(starting, probing, running).reduce(reduce, initialState)
const measure = (state: State, service: string, container: string, cpuPercent: number): State =>
  reduce(state, {
    seq: 1,
    at: start,
    type: 'stats/measured',
    service,
    container,
    cpuPercent,
    memoryBytes: 1000,
    networkInBytes: 10,
    networkOutBytes: 5,
  })
const usageOf = (state: State, name: string) => selectServiceViews(state).find((view) => view.name === name)?.usage
const idsOf = (name: string) => up.services.find((one) => one.name === name)?.containers.map(({ id }) => id) ?? []

test('what the containers of a service use is added up, and what they used before, too', () => {
  const [first = '', second = ''] = idsOf('api')
  const state = [10, 20, 30].reduce((now, cpu) => measure(now, 'api', first, cpu), up)
  const usage = usageOf(measure(measure(state, 'api', second, 1), 'api', second, 2), 'api')
  expect(usage).toMatchObject({ cpuPercent: 32, memoryBytes: 2000, networkInBytes: 20, networkOutBytes: 10 })
  expect(usage?.past.map(({ cpuPercent }) => cpuPercent)).toEqual([10, 21, 32])
  expect(usageOf(up, 'api')).toBeUndefined()
})

test('so many are kept; one that changes nothing gives back the same state', () => {
  const [id = ''] = idsOf('web')
  const many = Array.from({ length: samplesKept + 5 }, (_, at) => at).reduce(
    (now, cpu) => measure(now, 'web', id, cpu),
    up,
  )
  expect(usageOf(many, 'web')?.past).toHaveLength(samplesKept)
  const still = Array.from({ length: samplesKept }, () => 3).reduce((now, cpu) => measure(now, 'web', id, cpu), many)
  expect(measure(still, 'web', id, 3)).toBe(still)
  expect(measure(still, 'web', id, 4)).not.toBe(still)
})

test('what has ended uses nothing, and a late word about it is none', () => {
  const [id = ''] = idsOf('web')
  const container = up.services.find((one) => one.name === 'web')?.containers[0]
  if (container === undefined) throw new Error('web has no container')
  const measured = measure(up, 'web', id, 3)
  const { since, ...summary } = container
  const ended = reduce(measured, {
    seq: 1,
    at: start,
    type: 'container/changed',
    container: { ...summary, state: 'exited', exitCode: 0 },
  })
  expect(usageOf(ended, 'web')).toBeUndefined()
  expect(measure(ended, 'web', id, 3)).toBe(ended)
})

test('each tier has a letter of its own', () => {
  const tiers = ['web', 'workers', 'wow', '...', 'web']
  const state: State = {
    ...up,
    services: up.services.map((service, at) => ({
      ...service,
      summary: { ...service.summary, tier: tiers[at] ?? '' },
    })),
  }
  expect(selectServiceViews(state).map(({ tierMark }) => tierMark)).toEqual(['w', 'o', 'a', 'b', 'w'])
})
