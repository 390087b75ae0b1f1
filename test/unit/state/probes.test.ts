import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import { probesKept } from '../../../src/core/state/probes.ts'
import { reduce } from '../../../src/core/state/reduce.ts'
import { initialState, type State } from '../../../src/core/state/state.ts'
import { inspectedProbes, toEvents, starting, start } from '../../support/shop-events.ts'

const before = toEvents(starting).reduce(reduce, initialState)
const fold = (state: State, ...bodies: readonly EventBody[]): State =>
  bodies.reduce((now, body, index) => reduce(now, { seq: 100 + index, at: start + 5000 + index, ...body }), state)

const ended = (at: number, exitCode: number, container = 'shop-db-1'): EventBody => ({
  type: 'probe/ended',
  service: 'db',
  container,
  healthy: exitCode === 0,
  exitCode,
  output: `said ${exitCode}`,
  startedAt: start + at,
  ms: 20,
})

const toText = (state: State): readonly string[] =>
  state.services
    .find(({ name }) => name === 'db')!
    .probes.map((one) => `${one.container} ${(one.startedAt ?? one.at) - start} exit ${one.exitCode} ${one.failures}`)

describe('the history of probes', () => {
  it('has each probe once, whoever tells of it, in the order in which they began', () => {
    const told = fold(before, ended(3000, 1), ended(1000, 1), ended(3000, 1))
    expect(toText(told)).toEqual(['shop-db-1 1000 exit 1 1', 'shop-db-1 3000 exit 1 2'])
    const seen = fold(
      told,
      inspectedProbes('db', [
        [2000, 0],
        [3000, 1],
        [4000, 1],
      ]),
    )
    expect(toText(seen)).toEqual([
      'shop-db-1 1000 exit 1 1',
      'shop-db-1 2000 exit 0 0',
      'shop-db-1 3000 exit 1 1',
      'shop-db-1 4000 exit 1 2',
    ])
    expect(seen.services.find(({ name }) => name === 'db')!.probe).toMatchObject({ failures: 2, output: 'output 4000' })
  })

  it('counts failures in a row for each container by itself', () => {
    expect(toText(fold(before, ended(1000, 1), ended(1500, 0, 'shop-db-2'), ended(2000, 1)))).toEqual([
      'shop-db-1 1000 exit 1 1',
      'shop-db-2 1500 exit 0 0',
      'shop-db-1 2000 exit 1 2',
    ])
  })

  it('is bounded, and counts on past its bounds', () => {
    const all = Array.from({ length: probesKept + 30 }, (_, index) => ended(index * 1000, 1))
    const service = fold(before, ...all).services.find(({ name }) => name === 'db')!
    expect(service.probes).toHaveLength(probesKept)
    expect(service.probe?.failures).toBe(probesKept + 30)
  })

  it('does not change when nothing in it is new', () => {
    const once = fold(before, ended(1000, 1))
    expect(fold(once, ended(1000, 1))).toBe(once)
  })
})
