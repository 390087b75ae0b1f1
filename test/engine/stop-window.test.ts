import { describe, expect, test } from 'vitest'
import { createStopWindow } from '../../src/engine/stop-window.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

/** When each of `count` stops began, in milliseconds, each of which takes `ms`. */
const begins = async (count: number, ms: number): Promise<readonly number[]> => {
  const clock = createVirtualClock(0)
  const window = createStopWindow(clock, { width: 4, patienceMs: 150 })
  const at: number[] = []
  const stop = async (): Promise<void> => {
    at.push(clock.now())
    await clock.sleep(ms)
  }
  await clock.run(Promise.all(Array.from({ length: count }, () => window.run(stop))))
  expect(clock.sleepers()).toBe(0)
  return at
}

describe('createStopWindow', () => {
  test('lets four through at a time while they end', async () => {
    expect(await begins(9, 100)).toEqual([0, 0, 0, 0, 100, 100, 100, 100, 200])
  })

  test('doubles when nothing ends, so that slow applications hold up nobody for long', async () => {
    expect(await begins(13, 10_000)).toEqual([0, 0, 0, 0, 150, 150, 150, 150, 300, 300, 300, 300, 300])
  })

  test('few are let through at once', async () => {
    expect(await begins(4, 10_000)).toEqual([0, 0, 0, 0])
  })

  test('goes on after a stop that fails', async () => {
    const clock = createVirtualClock(0)
    const window = createStopWindow(clock, { width: 1 })
    const first = window.run(() => Promise.reject(new Error('no such container')))
    const second = window.run(async () => 'stopped')
    await expect(first).rejects.toThrow('no such container')
    expect(await clock.run(second)).toBe('stopped')
    expect(clock.sleepers()).toBe(0)
  })

  test('waits patiently again when it is needed again', async () => {
    const clock = createVirtualClock(0)
    const window = createStopWindow(clock, { width: 1, patienceMs: 150 })
    const at: number[] = []
    const stop = async (): Promise<void> => {
      at.push(clock.now())
      await clock.sleep(1000)
    }
    await clock.run(Promise.all([window.run(stop), window.run(stop)]))
    await clock.run(Promise.all([window.run(stop), window.run(stop), window.run(stop)]))
    expect(at).toEqual([0, 150, 1150, 1150, 1300])
  })
})
