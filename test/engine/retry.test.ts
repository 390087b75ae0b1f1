import { describe, expect, test } from 'vitest'
import { StackError } from '../../src/core/errors/stack-error.ts'
import { withRetry } from '../../src/engine/retry.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const lost = (): StackError => new StackError('engine/connection-lost', { what: 'list containers' })

describe('withRetry', () => {
  test('repeats what fails for a moment, with longer and longer pauses, and says so', async () => {
    const clock = createVirtualClock(0)
    const notes: string[] = []
    const at: number[] = []
    const call = async (): Promise<string> => {
      at.push(clock.now())
      if (at.length < 4) throw lost()
      return 'there'
    }
    expect(await clock.run(withRetry(call, { clock, random: () => 0.5, onRetry: (note) => notes.push(note) }))).toBe(
      'there',
    )
    expect(at).toEqual([0, 100, 300, 700])
    expect(notes.map((note) => note.slice(0, 15))).toEqual(['retrying (2/4):', 'retrying (3/4):', 'retrying (4/4):'])
  })

  test('gives up after the fourth attempt', async () => {
    const clock = createVirtualClock(0)
    let calls = 0
    await expect(
      clock.run(
        withRetry(
          async () => {
            calls += 1
            throw lost()
          },
          { clock, random: () => 0.5 },
        ),
      ),
    ).rejects.toThrow('connection to the engine was lost')
    expect(calls).toBe(4)
  })

  test('a refusal that will stay is not repeated', async () => {
    const clock = createVirtualClock(0)
    let calls = 0
    await expect(
      clock.run(
        withRetry(
          async () => {
            calls += 1
            throw new StackError('engine/refused', { what: 'start web', why: 'no such device' })
          },
          { clock, random: () => 0.5 },
        ),
      ),
    ).rejects.toThrow('no such device')
    expect(calls).toBe(1)
  })

  test('an abort ends the pause', async () => {
    const clock = createVirtualClock(0)
    const controller = new AbortController()
    const work = withRetry(
      async () => {
        throw lost()
      },
      { clock, random: () => 0.5, signal: controller.signal, onRetry: () => controller.abort(new Error('enough')) },
    )
    await expect(clock.run(work)).rejects.toThrow('enough')
    expect(clock.now()).toBe(0)
  })
})
