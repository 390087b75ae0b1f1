import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../../src/core/events/event.ts'
import { createLogBuffer } from '../../../src/core/state/log-buffer.ts'
import { reduce } from '../../../src/core/state/reduce.ts'
import { initialState } from '../../../src/core/state/state.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { toSessionSummary } from '../../../src/report/session-summary.ts'
import { crashed, looping, probing, running, starting, toEvents } from '../../support/shop-events.ts'

const commands = { comeBack: 'stack ui', takeDown: 'stack down', start: 'stack up' }
type Told = typeof starting

/** The summary after these events, one line each. */
const summarize = (told: readonly Told[], more: readonly EventBody[] = [], given = commands) => {
  const logs = createLogBuffer()
  const events = toEvents(...told)
  const later = more.map((body, index) => ({ seq: events.length + index + 1, at: events.at(-1)!.at + 1000, ...body }))
  let state = initialState
  for (const event of [...events, ...later]) {
    if (event.type === 'log/written') logs.write(event)
    state = reduce(state, event)
  }
  return `\n${toSessionSummary({ state, logs, commands: given, paint: noPaint }).join('\n')}\n`
}
const end = (exit: number): EventBody => ({ type: 'session/ended', exit })

describe('what a dashboard leaves in the terminal', () => {
  it('of a stack that goes on', () => {
    expect(summarize([starting, probing, running], [end(0)])).toMatchInlineSnapshot(`
      "
      ✔ shop keeps running: all 5 services up
        web  http://localhost:8080
        db   localhost:5432
        also up: api, worker
      "stack ui" comes back to it, "stack down" takes it down.
      "
    `)
  })

  it('of one in which a service fell', () => {
    expect(summarize([starting, probing, running, crashed], [end(0)])).toMatchInlineSnapshot(`
      "
      ✘ shop keeps running: 4 of 5 services up
        worker  exit 1 x3: worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')
        web     http://localhost:8080
        db      localhost:5432
        also up: api
      "stack ui" comes back to it, "stack down" takes it down.
      "
    `)
    expect(summarize([starting, probing, running, looping], [end(0)])).toMatchInlineSnapshot(`
      "
      ✘ shop keeps running: 4 of 5 services up
        worker  crash loop x8: exit 1: TypeError: Cannot read properties of undefined (reading 'items')
        web     http://localhost:8080
        db      localhost:5432
        also up: api
      "stack ui" comes back to it, "stack down" takes it down.
      "
    `)
  })

  it('of one that an engine took with it', () => {
    const away: EventBody = {
      type: 'problem/raised',
      id: 'engine',
      problem: { severity: 'error', code: 'engine/unreachable', message: 'The engine does not answer.' },
    }
    expect(summarize([starting, probing, running], [away, end(4)])).toMatchInlineSnapshot(`
      "
      ? shop was running when the engine was last seen
        web  http://localhost:8080
        db   localhost:5432
        also up: api, worker
      "stack ui" comes back to it when the engine is back, "stack down" takes it down.
      "
    `)
  })

  it('before anything was there, and of nothing', () => {
    expect(summarize([starting.slice(0, 1)], [end(1)])).toMatchInlineSnapshot(`
      "
      ○ shop has no containers
      "stack up" starts it.
      "
    `)
    expect(toSessionSummary({ state: initialState, logs: createLogBuffer(), commands, paint: noPaint })).toEqual([])
  })
})
