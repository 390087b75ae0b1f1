import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import type { StackEvent } from '../../src/core/events/event.ts'
import { applyPlan } from '../../src/engine/apply.ts'
import { createEmitter } from '../../src/engine/emitter.ts'
import { createEngineEvents } from '../../src/engine/engine-events.ts'
import type { Lock } from '../../src/engine/ports/lock.ts'
import { createSessionPlans } from '../../src/engine/session-plans.ts'
import { createEdits } from '../../src/engine/session/edits.ts'
import { createHalts } from '../../src/engine/session/halts.ts'
import { handleCommand } from '../../src/engine/session/handle-command.ts'
import { createJobs } from '../../src/engine/session/jobs.ts'
import { createQuestions } from '../../src/engine/session/questions.ts'
import { createReplacedImages } from '../../src/engine/session/replaced-images.ts'
import type { SessionRequest, SessionState } from '../../src/engine/session/state.ts'
import { createSyncHost } from '../../src/engine/session/sync-host.ts'
import { aLock, aProject, aService, aWorld, hashOptions, toLine } from '../support/builders.ts'

const project = aProject({ web: aService({ image: 'demo-web', build: { context: '/work' } }), db: aService() })

/** A running project, and what saved files can ask of its session. */
const aSession = async ({ lock = aLock(), ...more }: { readonly lock?: Lock } & Partial<SessionRequest> = {}) => {
  const world = aWorld()
  const deps = { ...world.deps, lock }
  const { signal } = new AbortController()
  const plans = createSessionPlans(project, hashOptions)
  await world.clock.run(applyPlan(deps, { project, command: 'stack up', plan: plans.up, emit: () => {} }))
  const lines: string[] = []
  const emitter = createEmitter(deps)
  emitter.subscribe((event: StackEvent) => lines.push(toLine(event)))
  const events = createEngineEvents(deps, { project: project.name, signal })
  events.open()
  const state = {
    deps,
    request: { project, command: 'stack up', plans, confirm: 'no', ...more },
    project,
    plans,
    emit: emitter.emit,
    events,
    jobs: createJobs(() => {}),
    questions: createQuestions(emitter.emit),
    unbuilt: new Set(),
    monitor: {
      containers: () => [...world.runtime.containers.values()].map(({ spec }) => ({ service: spec.serviceName })),
    },
    noted: 0,
    halts: createHalts(),
    edits: createEdits(),
    replacedImages: createReplacedImages(world.runtime, { signal }),
    closing: new AbortController(),
    applying: new AbortController(),
  } as unknown as SessionState
  const host = createSyncHost(state, { haveRulesChanged: async () => false, renew: async () => {} })
  world.runtime.behaviours['web'] = { buildsAfterMs: 5000 }
  const first = world.runtime.byName('demo-web-1').id
  world.runtime.calls.length = 0
  const calls = (...names: readonly string[]): readonly string[] =>
    world.runtime.calls.filter((call) => names.some((name) => call.startsWith(name)))
  return {
    ...world,
    host,
    state,
    lines,
    first,
    calls,
    about: (part: string) => lines.filter((line) => line.includes(part)),
  }
}

describe('a rebuild that something newer overtakes', () => {
  test('is left off while it builds: no failure, and the container goes on', async () => {
    const { clock, runtime, host, first, lines, calls } = await aSession()
    const newer = new AbortController()
    const rebuild = host.rebuild('web', { signal: newer.signal })
    await clock.advance(1000)
    newer.abort(new Error('newer'))
    const at = clock.now()
    expect(await clock.run(rebuild)).toBe('aborted')
    expect(clock.now() - at).toBeLessThan(100)
    expect(runtime.byName('demo-web-1')).toMatchObject({ id: first, state: 'running' })
    expect(calls('create', 'stop', 'remove', 'rename')).toEqual([])
    expect(lines).toEqual([
      'problem/cleared',
      'plan/made web/build',
      'step/started web/build',
      'step/progressed',
      'step/ended web/build skipped (overtaken)',
    ])
  })

  test('is dropped at once while it waits for another, which goes on', async () => {
    const { clock, host, lines, calls } = await aSession()
    const first = host.rebuild('web', { signal: new AbortController().signal })
    const newer = new AbortController()
    const second = host.rebuild('web', { signal: newer.signal })
    await clock.advance(1000)
    newer.abort(new Error('newer'))
    const at = clock.now()
    expect(await clock.run(second)).toBe('aborted')
    expect(clock.now() - at).toBeLessThan(100)
    expect(await clock.run(first)).toBe('done')
    expect(calls('build')).toEqual(['build demo-web'])
    expect(lines.filter((line) => line.startsWith('problem/raised'))).toEqual([])
  })

  test('is not begun when it is overtaken before', async () => {
    const { clock, host, calls } = await aSession()
    expect(await clock.run(host.rebuild('web', { signal: AbortSignal.abort(new Error('newer')) }))).toBe('aborted')
    expect(calls('build')).toEqual([])
  })

  test('is carried out to its end once the container is being made anew', async () => {
    const { clock, runtime, host, first, about, calls } = await aSession()
    const newer = new AbortController()
    const rebuild = host.rebuild('web', { signal: newer.signal })
    while (calls('create').length === 0) await clock.advance(100)
    newer.abort(new Error('newer'))
    expect(await clock.run(rebuild)).toBe('done')
    expect(runtime.byName('demo-web-1').id).not.toBe(first)
    expect(runtime.byName('demo-web-1').state).toBe('running')
    expect([...runtime.containers.values()].map(({ name }) => name).toSorted()).toEqual(['demo-db-1', 'demo-web-1'])
    expect(about('skipped')).toEqual([])
  })

  test('is followed by the newer one, which does it', async () => {
    const { clock, runtime, host, first, calls } = await aSession()
    const newer = new AbortController()
    const rebuild = host.rebuild('web', { signal: newer.signal })
    await clock.advance(1000)
    newer.abort(new Error('newer'))
    const next = host.rebuild('web', { signal: new AbortController().signal })
    expect(await clock.run(Promise.all([rebuild, next]))).toEqual(['aborted', 'done'])
    expect(calls('build')).toEqual(['build demo-web', 'build demo-web'])
    expect(runtime.byName('demo-web-1').id).not.toBe(first)
  })
})

test('what somebody has stopped is neither restarted nor rebuilt by a saved file, and gets what was saved when it is started', async () => {
  const { clock, runtime, host, state, first, calls, about } = await aSession()
  const send = async (type: 'stop' | 'start'): Promise<void> => {
    handleCommand(state, { type, services: ['web'] }, { onReloaded: async () => {} })
    await clock.advance(20_000)
  }
  await send('stop')
  runtime.calls.length = 0
  const { signal } = new AbortController()
  expect(await clock.run(host.restart('web'))).toBe(true)
  expect(await clock.run(host.rebuild('web', { signal }))).toBe('forbidden')
  expect(await clock.run(host.rebuild('web', { signal }))).toBe('forbidden')
  expect(about('problem/raised')).toEqual(['problem/raised sync.web.build watch/stopped'])
  expect(calls('build', 'start', 'restart', 'create')).toEqual([])
  await send('start')
  expect(calls('build')).toEqual(['build demo-web'])
  expect(runtime.byName('demo-web-1').id).not.toBe(first)
  expect(runtime.byName('demo-web-1').state).toBe('running')
  expect(state.unbuilt.size).toBe(0)
})

test('a rebuild that fails leaves the container, and the next good one mends it', async () => {
  const { clock, runtime, host, first, about } = await aSession()
  runtime.fail(
    'build',
    new StackError('engine/build-failed', { what: 'service "web"', why: 'exit code: 1', output: '' }),
  )
  const { signal } = new AbortController()
  expect(await clock.run(host.rebuild('web', { signal }))).toBe('failed')
  expect(runtime.byName('demo-web-1')).toMatchObject({ id: first, state: 'running' })
  expect(about('failed')).toEqual(['step/ended web/build failed engine/build-failed'])
  expect(await clock.run(host.rebuild('web', { signal }))).toBe('done')
  expect(runtime.byName('demo-web-1').id).not.toBe(first)
})

test('a build that is left off leaves a lock that says that nothing is in flight', async () => {
  const inner = aLock()
  const released: (boolean | undefined)[] = []
  const lock: Lock = {
    acquire: async (name, wanted) => {
      const held = await inner.acquire(name, wanted)
      return { ...held, release: async (how) => (released.push(how?.isFinished), held.release(how)) }
    },
  }
  const { clock, host } = await aSession({ lock })
  released.length = 0
  const newer = new AbortController()
  const rebuild = host.rebuild('web', { signal: newer.signal })
  await clock.advance(1000)
  newer.abort(new Error('newer'))
  await clock.run(rebuild)
  expect(released).toEqual([true])
})

describe('a rebuild that --no-build forbids', () => {
  test('is not made, which is told once, until a person makes it', async () => {
    const { clock, host, state, lines, calls } = await aSession({ forbidsBuild: true })
    const { signal } = new AbortController()
    expect(await host.rebuild('web', { signal })).toBe('forbidden')
    expect(await host.rebuild('web', { signal })).toBe('forbidden')
    expect(calls('build')).toEqual([])
    expect(lines).toEqual(['problem/raised sync.web.build watch/build-forbidden'])
    handleCommand(state, { type: 'rebuild', services: ['web'] }, { onReloaded: async () => {} })
    await clock.advance(20_000)
    expect(calls('build')).toEqual(['build demo-web'])
    expect(lines.slice(-2)).toEqual(['problem/cleared', 'command/ended done'])
    expect(await host.rebuild('web', { signal })).toBe('forbidden')
    expect(lines.at(-1)).toBe('problem/raised sync.web.build watch/build-forbidden')
  })
})

describe('whether many deleted files shall go from a service', () => {
  const question = { service: 'web', source: '/work/src', deleted: 480, known: 500 }
  const asked =
    'question/asked 480 of 500 files in /work/src were deleted at once. Shall they go from service "web", too?'

  test.each([true, false])('is asked, and answered: %s', async (yes) => {
    const { host, state, lines } = await aSession({ confirm: 'ask' })
    const answer = host.ask(question, { signal: new AbortController().signal })
    expect(lines).toEqual([asked])
    handleCommand(state, { type: 'answer', id: 'question.1', yes }, { onReloaded: async () => {} })
    expect(await answer).toBe(yes)
    expect(lines).toEqual([asked, 'question/answered'])
  })

  test('is no where nobody can be asked', async () => {
    const { host, lines } = await aSession({ confirm: 'no' })
    expect(await host.ask(question, { signal: new AbortController().signal })).toBe(false)
    expect(lines).toEqual([])
  })

  test('is taken back when the files are there again', async () => {
    const { host, lines } = await aSession({ confirm: 'ask' })
    const back = new AbortController()
    const answer = host.ask(question, { signal: back.signal })
    const reason = new Error('they are back')
    back.abort(reason)
    await expect(answer).rejects.toBe(reason)
    expect(lines).toEqual([asked, 'question/answered'])
  })
})
