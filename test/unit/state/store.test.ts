import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import { createStore } from '../../../src/core/state/store.ts'
import { starting, toEvents } from '../../support/shop-events.ts'

/** A clock that moves when it is told to. */
const createSchedule = () => {
  let now = 0
  let waiting: { readonly at: number; readonly run: () => void }[] = []
  return {
    schedule: (run: () => void, ms: number) => void waiting.push({ at: now + ms, run }),
    advance(ms: number) {
      now += ms
      const due = waiting.filter((one) => one.at <= now).toSorted((a, b) => a.at - b.at)
      waiting = waiting.filter((one) => one.at > now)
      for (const one of due) one.run()
    },
    pending: () => waiting.length,
  }
}

const setUp = () => {
  const clock = createSchedule()
  const store = createStore({ schedule: clock.schedule })
  let told = 0
  const unsubscribe = store.subscribe(() => void (told += 1))
  let seq = 0
  const apply = (body: EventBody) => store.apply({ seq: (seq += 1), at: seq, ...body })
  const log = (text: string) =>
    apply({ type: 'log/written', service: 'web', container: 'a', stream: 'stdout', lines: [{ text, at: seq }] })
  return { clock, store, apply, log, unsubscribe, told: () => told }
}

describe('a store', () => {
  it('has the exact state at once and tells it once a frame', () => {
    const { clock, store, told } = setUp()
    for (const event of toEvents(starting)) store.apply(event)
    expect(store.getState()).toMatchObject({ project: 'shop', phase: 'applying' })
    expect(told()).toBe(0)
    clock.advance(33)
    expect(told()).toBe(1)
    clock.advance(1000)
    expect(told()).toBe(1)
  })

  it('tells of log lines ten times a second', () => {
    const { clock, log, told } = setUp()
    for (let ms = 0; ms < 1000; ms += 1) {
      log('line')
      clock.advance(1)
    }
    expect(told()).toBeGreaterThanOrEqual(9)
    expect(told()).toBeLessThanOrEqual(10)
  })

  it('does not let log lines hold back what changed, nor tell the same news twice', () => {
    const { clock, apply, log, told } = setUp()
    log('first')
    clock.advance(10)
    apply({ type: 'session/changed', phase: 'running' })
    clock.advance(33)
    expect(told()).toBe(1)
    clock.advance(200)
    expect(told()).toBe(1)
    expect(clock.pending()).toBe(0)
  })

  it('keeps its pace when a frame for logs was overtaken', () => {
    const { clock, apply, log, told } = setUp()
    log('first')
    apply({ type: 'session/changed', phase: 'running' })
    clock.advance(33)
    log('second')
    clock.advance(70)
    expect(told()).toBe(1)
    clock.advance(30)
    expect(told()).toBe(2)
  })

  it('schedules nothing when nothing changes', () => {
    const { clock, apply } = setUp()
    apply({ type: 'problem/cleared', id: 'none' })
    expect(clock.pending()).toBe(0)
  })

  it('tells nobody who has left', () => {
    const { clock, log, told, unsubscribe } = setUp()
    unsubscribe()
    log('line')
    clock.advance(100)
    expect(told()).toBe(0)
  })
})
