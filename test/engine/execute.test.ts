import { describe, expect, test } from 'vitest'
import { executeSteps, type Outcome } from '../../src/engine/execute.ts'

type Node = { readonly id: string; readonly needs: readonly string[]; readonly after?: readonly string[] }

const node = (id: string, needs: readonly string[] = [], after: readonly string[] = []): Node => ({ id, needs, after })
const toText = (outcomes: ReadonlyMap<string, Outcome>): readonly string[] =>
  [...outcomes].map(
    ([id, outcome]) => `${id} ${outcome.status}${outcome.status === 'skipped' ? ` because ${outcome.because}` : ''}`,
  )

const run = async (
  nodes: readonly Node[],
  options: {
    readonly fails?: readonly string[]
    readonly limit?: number
    readonly settled?: ReadonlyMap<string, Outcome>
  } = {},
) => {
  const log: string[] = []
  let running = 0
  let most = 0
  const outcomes = await executeSteps(
    nodes,
    async ({ id }) => {
      running += 1
      most = Math.max(most, running)
      log.push(id)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      if (options.fails?.includes(id) === true) throw new Error(`${id} failed`)
    },
    { signal: new AbortController().signal, ...options },
  )
  return { log, most, outcomes: toText(outcomes) }
}

describe('executeSteps', () => {
  test('runs a step when all that it needs is done', async () => {
    const { log } = await run([node('a'), node('b', ['a']), node('c', ['a']), node('d', ['b', 'c'])])
    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })

  test('a failure skips what needs it, however far, and nothing more', async () => {
    const { outcomes } = await run([node('a'), node('b', ['a']), node('c', ['b']), node('x'), node('y', ['x'])], {
      fails: ['a'],
    })
    expect(outcomes.toSorted()).toEqual(['a failed', 'b skipped because a', 'c skipped because a', 'x done', 'y done'])
  })

  test('what comes after a step does not mind its failure', async () => {
    const { outcomes } = await run([node('a'), node('b', [], ['a'])], { fails: ['a'] })
    expect(outcomes).toEqual(['a failed', 'b done'])
  })

  test('runs no more steps at once than the limit', async () => {
    const { most, log } = await run(
      ['a', 'b', 'c', 'd', 'e'].map((id) => node(id)),
      { limit: 2 },
    )
    expect(most).toBe(2)
    expect(log).toHaveLength(5)
  })

  test('knows the outcomes of an earlier round', async () => {
    const settled = new Map<string, Outcome>([
      ['old', { status: 'done' }],
      ['bad', { status: 'failed', error: new Error('no') }],
    ])
    const { outcomes } = await run([node('a', ['old']), node('b', ['bad']), node('c', ['b'])], { settled })
    expect(outcomes.toSorted()).toEqual(['a done', 'b skipped because bad', 'c skipped because bad'])
  })

  test('an abort starts nothing new and waits for what runs', async () => {
    const controller = new AbortController()
    const ended: string[] = []
    const outcomes = await executeSteps(
      [node('a'), node('b', ['a']), node('c')],
      async ({ id }) => {
        if (id === 'a') controller.abort(new Error('enough'))
        await new Promise((resolve) => setImmediate(resolve))
        ended.push(id)
        if (id === 'c') throw controller.signal.reason
      },
      { signal: controller.signal },
    )
    expect(ended).toEqual(['a'])
    expect(toText(outcomes).toSorted()).toEqual([
      'a done',
      'b skipped because cancelled',
      'c skipped because cancelled',
    ])
  })

  test('a step that passes its mark lets those go on for whom that is enough, and nobody else', async () => {
    const log: string[] = []
    await executeSteps(
      [node('a'), node('early', ['a']), node('late', ['a']), node('both', ['a', 'b']), node('b')],
      async ({ id }, pass) => {
        log.push(`${id} begins${pass === undefined ? '' : ', awaited'}`)
        pass?.()
        pass?.()
        await new Promise((resolve) => setImmediate(resolve))
        log.push(`${id} ends`)
      },
      { signal: new AbortController().signal, isEnough: (need, step) => need.id === 'a' && step.id !== 'late' },
    )
    expect(log).toEqual([
      'a begins, awaited',
      'b begins',
      'early begins',
      'b ends',
      'both begins',
      'early ends',
      'a ends',
      'late begins',
      'both ends',
      'late ends',
    ])
  })

  test('who fails after its mark skips those that wait for its end', async () => {
    const outcomes = await executeSteps(
      [node('a'), node('early', ['a']), node('late', ['a'])],
      async ({ id }, pass) => {
        pass?.()
        await new Promise((resolve) => setImmediate(resolve))
        if (id === 'a') throw new Error('a failed')
      },
      { signal: new AbortController().signal, isEnough: (_, step) => step.id === 'early' },
    )
    expect(toText(outcomes).toSorted()).toEqual(['a failed', 'early done', 'late skipped because a'])
  })

  test('an empty plan is done at once', async () => {
    expect((await run([])).outcomes).toEqual([])
  })

  test('a need that is nowhere is a bug, and so is a circle', async () => {
    await expect(run([node('a', ['b'])])).rejects.toThrow('step "a" needs "b", which is not in the plan')
    await expect(run([node('a', ['b']), node('b', ['a'])])).rejects.toThrow('waits for itself')
  })

  test('takes time in proportion to the steps', async () => {
    const wide = Array.from({ length: 20_000 }, (_, index) =>
      node(`n${index}`, index === 0 ? [] : [`n${Math.floor((index - 1) / 2)}`]),
    )
    const outcomes = await executeSteps(wide, async () => {}, { signal: new AbortController().signal })
    expect(outcomes.size).toBe(20_000)
  }, 2000)
})
