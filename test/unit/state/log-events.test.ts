import { expect, it } from 'vitest'
import { createStore } from '../../../src/core/state/store.ts'
import type { StackEvent } from '../../../src/core/events/event.ts'
import { crashed, looping, probing, running, start, starting, toEvents } from '../../support/shop-events.ts'

const notesOf = (events: readonly StackEvent[]) => {
  const store = createStore({ schedule: () => undefined })
  for (const event of events) store.apply(event)
  return store.logs
    .tail(1000)
    .filter(({ stream }) => stream === 'event')
    .map(({ text, at, level }) => `${(at - start) / 1000} ${text}${level >= 5 ? ' (error)' : ''}`)
}

it('tells between the lines what happened to a service', () => {
  expect(notesOf(toEvents(starting, probing, running, crashed))).toEqual([
    '2.2 db started',
    '3.4 db healthy',
    '3.9 migrate exited 0',
    '4.2 worker started',
    '4.2 api 1 started',
    '4.2 api 2 started',
    '4.4 web started',
    '20.061 web reloaded src/cart.tsx (sync, 61 ms)',
    '31.2 worker exited 1 (error)',
  ])
})

it('tells that it begins again, and how often it has', () => {
  expect(notesOf(toEvents(starting, probing, running, looping)).slice(7)).toEqual([
    '20.061 worker reloaded src/coupon.ts (sync, 61 ms)',
    '50 worker exited 1, restarting (error)',
    '55 worker started, restart 8',
  ])
})
