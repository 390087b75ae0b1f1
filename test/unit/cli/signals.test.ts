import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createSignals } from '../../../src/cli/signals.ts'

/** What a series of signals, each with its time in milliseconds, comes to. */
const receive = (signals: readonly (readonly [number, string])[], { handled = true } = {}): readonly string[] => {
  const told: string[] = []
  const process = new EventEmitter()
  let time = 0
  const source = Object.assign(process, { exit: (code: number) => void told.push(`exit ${code}`) }) as never
  const made = createSignals({ source, now: () => time })
  if (handled) made.handle(({ signal, count }) => told.push(`${signal} ${count}`))
  made.abortSignal.addEventListener('abort', () => told.push('abort'))
  for (const [at, signal] of signals) {
    time = at
    process.emit(signal)
  }
  made.dispose()
  expect(process.eventNames()).toEqual([])
  return told
}

test('the first signal ends gracefully, the second by force, and the third leaves at once', () => {
  expect(
    receive([
      [0, 'SIGINT'],
      [1000, 'SIGINT'],
      [2500, 'SIGTERM'],
    ]),
  ).toEqual(['SIGINT 1', 'SIGINT 2', 'exit 143'])
  expect(
    receive(
      [
        [0, 'SIGTERM'],
        [1500, 'SIGTERM'],
      ],
      { handled: false },
    ),
  ).toEqual(['abort', 'exit 143'])
})

test('signals within a second are one, as npm, make and timeout hand them on', () => {
  expect(
    receive([
      [0, 'SIGINT'],
      [3, 'SIGINT'],
      [400, 'SIGTERM'],
      [999, 'SIGINT'],
    ]),
  ).toEqual(['SIGINT 1'])
  expect(
    receive([
      [0, 'SIGINT'],
      [600, 'SIGINT'],
      [1200, 'SIGINT'],
    ]),
  ).toEqual(['SIGINT 1', 'SIGINT 2'])
})

test('a hang-up never becomes force, however often it comes', () => {
  expect(
    receive([
      [0, 'SIGHUP'],
      [5, 'SIGHUP'],
      [5000, 'SIGHUP'],
      [9000, 'SIGHUP'],
    ]),
  ).toEqual(['SIGHUP 1'])
  expect(
    receive([
      [0, 'SIGINT'],
      [5000, 'SIGHUP'],
    ]),
  ).toEqual(['SIGINT 1'])
  expect(
    receive([
      [0, 'SIGHUP'],
      [5000, 'SIGINT'],
    ]),
  ).toEqual(['SIGHUP 1', 'SIGINT 2'])
})

test('work that cannot be interrupted from inside is left to the system to end, unless somebody handles signals', () => {
  const source = new EventEmitter()
  const signals = createSignals({ source: source as never })
  expect(signals.atOnce(() => source.listenerCount('SIGTERM'))).toBe(0)
  expect(source.listenerCount('SIGTERM')).toBe(1)
  expect(() =>
    signals.atOnce(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(source.listenerCount('SIGINT')).toBe(1)
  const release = signals.handle(() => undefined)
  expect(signals.atOnce(() => source.listenerCount('SIGTERM'))).toBe(1)
  release()
  signals.beforeForcedExit(() => undefined)
  expect(signals.atOnce(() => source.listenerCount('SIGTERM'))).toBe(1)
  signals.dispose()
})
