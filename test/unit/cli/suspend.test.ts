import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createSuspending } from '../../../src/cli/screen/suspend.ts'

const aProcess = () => {
  const source = new EventEmitter()
  const sent: unknown[] = []
  // A signal that somebody listens for stops nobody.
  const kill = (pid: number, signal?: string | number): true => {
    sent.push([pid, signal, source.listenerCount('SIGTSTP')])
    return true
  }
  return { source: Object.assign(source, { kill }) as never, emitter: source, sent }
}

test('Ctrl-Z stops the whole group, and goes on at SIGCONT', async () => {
  const { source, emitter, sent } = aProcess()
  const suspending = createSuspending(source)
  const calls: string[] = []
  const leave = suspending.attend({
    suspend: async () => void calls.push('suspend'),
    resume: async () => void calls.push('resume'),
  })
  const stopped = suspending.stop()
  expect(sent).toEqual([[0, 'SIGTSTP', 0]])
  emitter.emit('SIGCONT')
  await stopped
  // It stepped aside itself, and knows that it is back.
  expect(calls).toEqual([])
  emitter.emit('SIGTSTP')
  emitter.emit('SIGCONT')
  expect(calls).toEqual(['suspend', 'resume'])
  leave()
  expect(emitter.eventNames()).toEqual([])
})
