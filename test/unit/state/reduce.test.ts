import { describe, expect, it } from 'vitest'
import type { EventBody, StackEvent } from '../../../src/core/events/event.ts'
import { reduce } from '../../../src/core/state/reduce.ts'
import {
  selectActivities,
  selectCounts,
  selectPlanProgress,
  selectServiceViews,
} from '../../../src/core/state/select.ts'
import { initialState, type State } from '../../../src/core/state/state.ts'
import { crashed, probing, running, start, starting, toEvents } from '../../support/shop-events.ts'

const fold = (events: readonly StackEvent[], from: State = initialState) => events.reduce(reduce, from)
const after = (state: State, ...bodies: readonly EventBody[]) =>
  fold(
    bodies.map((body, index) => ({ seq: 1000 + index, at: start + 60_000 + index, ...body })),
    state,
  )

/** One line a service: what a person would read. */
const asText = (state: State) =>
  `\n${selectServiceViews(state)
    .map(({ name, status, replicas, published }) =>
      [
        `${name} ${replicas.running}/${replicas.wanted}`,
        status.word,
        status.tone,
        ...published.map((one) => one.url ?? one.host),
        status.reason ?? '',
      ]
        .join(' | ')
        .replace(/( \| )+$/, ''),
    )
    .join('\n')}\n`

describe('the services of a stack that starts', () => {
  it('pull, build, and wait for each other', () => {
    const state = fold(toEvents(starting))
    expect(asText(state)).toMatchInlineSnapshot(`
      "
      web 0/1 | building | busy | [3/7] RUN npm ci
      api 0/2 | waiting | busy | for db to be healthy, migrate to complete
      worker 0/1 | waiting | busy | for db to be healthy
      migrate 0/1 | waiting | busy | for db to be healthy
      db 0/1 | pulling | busy
      "
    `)
    expect(selectCounts(state)).toEqual({ total: 5, up: 0, busy: 5, bad: 0, looping: 0, off: 0, stale: 0 })
    expect(selectPlanProgress(state)).toEqual({ ended: 1, total: 13 })
  })

  it('say what the last probe said', () => {
    const state = fold(toEvents(starting, probing))
    expect(asText(state)).toMatchInlineSnapshot(`
      "
      web 0/1 | building | busy | [5/7] COPY . .
      api 0/2 | waiting | busy | for db to be healthy, migrate to complete
      worker 0/1 | waiting | busy | for db to be healthy
      migrate 0/1 | waiting | busy | for db to be healthy
      db 1/1 | starting | busy | localhost:5432 | probe 1: /var/run/postgresql:5432 - no response (exit 2)
      "
    `)
    expect(
      selectActivities(state).map(({ subject, verb, text, progress }) => ({
        subject,
        verb,
        text,
        ...(progress === undefined ? {} : { done: progress.done, total: progress.total }),
      })),
    ).toMatchInlineSnapshot(`
      [
        {
          "done": 5,
          "subject": "web",
          "text": "[5/7] COPY . .",
          "total": 7,
          "verb": "building",
        },
        {
          "subject": "api",
          "text": "for db to be healthy, migrate to complete",
          "verb": "waiting",
        },
        {
          "subject": "worker",
          "text": "for db to be healthy",
          "verb": "waiting",
        },
        {
          "subject": "migrate",
          "text": "for db to be healthy",
          "verb": "waiting",
        },
        {
          "subject": "db",
          "text": "probe 1: /var/run/postgresql:5432 - no response (exit 2)",
          "verb": "checking",
        },
      ]
    `)
  })

  it('are up', () => {
    const state = fold(toEvents(starting, probing, running))
    expect(asText(state)).toMatchInlineSnapshot(`
      "
      web 1/1 | healthy | good | http://localhost:8080
      api 2/2 | healthy | good
      worker 1/1 | running | good
      migrate 0/1 | done | done
      db 1/1 | healthy | good | localhost:5432
      "
    `)
    expect(selectActivities(state)).toEqual([])
    expect(selectCounts(state)).toMatchObject({ total: 5, up: 5 })
  })

  it('crash, with the reason pinned until it is cleared', () => {
    const state = fold(toEvents(starting, probing, running, crashed))
    expect(asText(state)).toMatchInlineSnapshot(`
      "
      worker 0/1 | exit 1 x3 | bad | worker exited with code 1: TypeError: Cannot read properties of undefined (reading 'items')
      web 1/1 | healthy | good | http://localhost:8080
      api 2/2 | healthy | good
      migrate 0/1 | done | done
      db 1/1 | healthy | good | localhost:5432
      "
    `)
    expect(state.problems.map((one) => one.id)).toEqual(['worker/exit'])
    expect(state.reloads).toMatchObject([{ service: 'web', ms: 61 }])
    expect(after(state, { type: 'problem/cleared', id: 'worker/exit' }).problems).toEqual([])
  })
})

describe('reduce', () => {
  it('keeps what is known of the services when the stack file is read again', () => {
    const before = fold(toEvents(starting, probing, running))
    const first = toEvents(starting).find(({ type }) => type === 'session/started') as Extract<
      StackEvent,
      { type: 'session/started' }
    >
    const again = after(before, { ...first, files: ['stack.yaml', 'more.yaml'] })
    expect(asText(again)).toBe(asText(before))
    expect({ ...again, files: before.files }).toEqual(before)
    const [gone, ...others] = first.services
    const without = after(before, { ...first, services: [...others, { ...gone!, name: 'new' }] })
    expect(without.services.map(({ name, containers }) => `${name} ${containers.length}`)).toMatchInlineSnapshot(`
      [
        "api 2",
        "worker 1",
        "migrate 1",
        "db 1",
        "new 0",
        "web 1",
      ]
    `)
  })

  const up = fold(toEvents(starting, probing, running))

  it('never changes a state in place', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
      return value
    }
    expect(() =>
      toEvents(starting, probing, running, crashed).reduce(
        (state, event) => freeze(reduce(state, event)),
        freeze(initialState),
      ),
    ).not.toThrow()
  })

  it.each<EventBody>([
    { type: 'log/written', service: 'web', container: 'web1', stream: 'stdout', lines: [{ text: 'hello', at: 1 }] },
    { type: 'problem/cleared', id: 'unknown' },
    { type: 'session/changed', phase: 'running' },
    { type: 'container/removed', id: 'unknown', service: 'web' },
    { type: 'step/progressed', id: 'unknown', done: 1 },
  ])('gives back the same state when nothing is to be seen: $type', (body) => {
    expect(after(up, body)).toBe(up)
  })

  it('knows a stop that was asked for from a crash', () => {
    const stopping = after(up, {
      type: 'step/started',
      id: 'worker.1/stop',
      kind: 'container/stop',
      subject: 'shop-worker-1',
      service: 'worker',
    })
    const worker = up.services.find((service) => service.name === 'worker')!.containers[0]!
    const exited: EventBody = { type: 'container/changed', container: { ...worker, state: 'exited', exitCode: 143 } }
    const ended: EventBody = { type: 'step/ended', id: 'worker.1/stop', outcome: 'done', ms: 100 }
    const word = (state: State) => selectServiceViews(state).find((view) => view.name === 'worker')?.status.word
    expect(word(stopping)).toBe('stopping')
    const stopped = after(stopping, exited, ended)
    expect(word(stopped)).toBe('stopped')
    expect(word(after(up, exited))).toBe('exit 143')
    const again = after(stopped, { type: 'container/changed', container: { ...worker, state: 'running' } })
    expect(word(again)).toBe('running')
    expect(word(after(again, exited))).toBe('exit 143')
  })

  it('a service that ends again and again is broken at every moment of it, and since its first end', () => {
    const worker = up.services.find((service) => service.name === 'worker')!.containers[0]!
    const crash = { exitCode: 1, crashes: 2, since: start + 50_000, last: start + 60_000, line: 'TypeError: no cart' }
    const problem = { severity: 'error', code: 'service/crash-looping', message: 'worker is crash-looping' } as const
    const loops: EventBody = { type: 'problem/raised', id: 'crash.worker.1', service: 'worker', problem, crash }
    const restarting: EventBody = {
      type: 'container/changed',
      container: { ...worker, state: 'restarting', exitCode: 1 },
    }
    const runs: EventBody = { type: 'container/changed', container: worker }
    const view = (state: State) => selectServiceViews(state).find(({ name }) => name === 'worker')!
    const states = [
      after(up, restarting, loops),
      after(up, restarting, loops, runs),
      after(up, loops, runs, restarting),
    ]
    for (const state of states) {
      expect(view(state).status).toEqual({
        word: 'crash loop x2',
        tone: 'bad',
        since: start + 50_000,
        reason: 'exit 1: TypeError: no cart',
      })
      expect(selectCounts(state)).toMatchObject({ up: 4, bad: 1, looping: 1 })
      expect(view(state).isUp).toBe(true)
    }
    expect(view(after(states[1]!, { type: 'problem/cleared', id: 'crash.worker.1' })).status.word).toBe('running')
  })

  it('what somebody stopped from elsewhere is off on purpose', () => {
    const worker = up.services.find((service) => service.name === 'worker')!.containers[0]!
    const exited = { ...worker, state: 'exited', exitCode: 137, byHand: true } as const
    const view = (state: State) => selectServiceViews(state).find(({ name }) => name === 'worker')!
    const stopped = after(up, { type: 'container/changed', container: exited })
    expect(view(stopped).status).toMatchObject({ word: 'stopped', tone: 'calm' })
    const again = after(stopped, { type: 'container/changed', container: worker })
    expect(view(again).status.word).toBe('running')
  })

  it('blames the failed step, and calls what it hindered skipped', () => {
    const state = after(
      fold(toEvents(starting)),
      {
        type: 'step/ended',
        id: 'db/image',
        outcome: 'failed',
        ms: 10,
        problem: { severity: 'error', code: 'image/not-found', message: 'There is no image postgres:17.' },
      },
      { type: 'step/ended', id: 'db.1/create', outcome: 'skipped', ms: 0, because: 'db/image' },
      { type: 'step/ended', id: 'worker.1/start', outcome: 'skipped', ms: 0, because: 'db/image' },
    )
    expect(asText(state)).toMatchInlineSnapshot(`
      "
      db 0/1 | failed | bad | There is no image postgres:17.
      web 0/1 | building | busy | [3/7] RUN npm ci
      api 0/2 | waiting | busy | for db to be healthy, migrate to complete
      worker 0/1 | skipped | calm | db failed
      migrate 0/1 | waiting | busy | for db to be healthy
      "
    `)
  })

  it('sums the parts of a pull, and has a total only when all are known', () => {
    const pull = (state: State) => state.steps.find((step) => step.id === 'db/image')?.progress
    const state = fold(toEvents(starting))
    expect(pull(state)).toMatchObject({ done: 42_000_000, total: 100_000_000, unit: 'bytes' })
    expect(pull(after(state, { type: 'step/progressed', id: 'db/image', part: 'c3', done: 5 }))).not.toHaveProperty(
      'total',
    )
  })

  it('counts the steps of a build, not the bytes that are sent to it', () => {
    const build = (state: State) => state.steps.find((step) => step.id === 'web/image')?.progress
    const begun = after(
      fold(toEvents(starting)),
      { type: 'step/started', id: 'web/image', kind: 'image/build', subject: 'image shop-web', service: 'web' },
      { type: 'step/progressed', id: 'web/image', part: 'context', done: 3_000_000, unit: 'bytes' },
    )
    expect(build(begun)).toMatchObject({ done: 3_000_000, unit: 'bytes' })
    const counted = after(begun, { type: 'step/progressed', id: 'web/image', done: 2, total: 7, unit: 'steps' })
    expect(
      build(after(counted, { type: 'step/progressed', id: 'web/image', part: 'context', done: 4_000_000 })),
    ).toMatchObject({
      done: 2,
      total: 7,
      unit: 'steps',
    })
  })

  it('shows containers of services that the file does not name any more', () => {
    const state = after(up, {
      type: 'container/changed',
      container: { id: 'x', name: 'shop-old-1', service: 'old', number: 1, state: 'running', ports: [] },
    })
    expect(selectServiceViews(state).at(-1)).toMatchObject({ name: 'old', status: { word: 'running' } })
  })
})

describe('selectors', () => {
  it('give the same value for the same state', () => {
    const state = fold(toEvents(starting, probing))
    for (const select of [selectServiceViews, selectActivities, selectCounts, selectPlanProgress])
      expect(select(state)).toBe(select(state))
  })
})

it('a service without rules of its own is watched when the watch says so', () => {
  const watched = (state: State) =>
    selectServiceViews(state)
      .filter((view) => view.watched)
      .map((view) => view.name)
  const begun = fold(toEvents(starting))
  expect(watched(begun)).toEqual(['web', 'api', 'worker'])
  expect(watched(after(begun, { type: 'watch/started', services: ['db'], paths: 1 }))).toContain('db')
})
