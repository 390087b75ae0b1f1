import { describe, expect, test } from 'vitest'
import { filesOf, loadAndFollow, reloadOnEdit } from '../../../src/cli/reload-on-edit.ts'
import type { Command } from '../../../src/core/events/event.ts'
import type { WatchBatch, Watcher } from '../../../src/engine/ports.ts'
import type { Session } from '../../../src/engine/session.ts'
import { createChannel } from '../../support/channel.ts'
import { projectOf } from '../plan/world.ts'

type Watch = { readonly roots: readonly string[]; readonly signal: AbortSignal; ready(): void; notice(batch: WatchBatch): void }

const start = (files: readonly string[]) => {
  const sent: Command[] = []
  const watches: Watch[] = []
  const watcher: Watcher = {
    watch: (roots, { signal, onReady }) => {
      const channel = createChannel<WatchBatch>(signal)
      watches.push({ roots, signal, ready: () => onReady?.(), notice: channel.push })
      return channel.iterate(() => {})
    },
  }
  const got = Promise.withResolvers<void>()
  const session: Session = {
    subscribe: () => () => undefined,
    send: (command) => {
      sent.push(command)
      got.resolve()
    },
    done: Promise.resolve({ exit: 0 }),
  }
  return { sent, watches, got: got.promise, edits: reloadOnEdit(session, { watcher, files }) }
}

test('an edit of any file that the project was made from loads it again; standard input is no file', async () => {
  const project = projectOf({ web: {} })
  const files = filesOf({ ...project, context: { ...project.context, files: ['/shop/stack.yaml', '-'], envFiles: ['/shop/.env'], inputs: ['/shop/base.yaml', '/shop/stack.yaml'] } })
  const { sent, watches, got, edits } = start(files)
  expect(watches.map(({ roots }) => roots)).toEqual([['/shop/stack.yaml', '/shop/.env', '/shop/base.yaml']])
  watches[0]?.notice({ paths: [], rescan: false })
  watches[0]?.notice({ paths: ['/shop/stack.yaml'], rescan: false })
  await got
  edits.close()
  expect(sent).toEqual([{ type: 'reload' }])
})

describe('after an edit that changes which files there are', () => {
  test('the new ones are watched, and the old ones until then', () => {
    const { watches, edits } = start(['/shop/stack.yaml'])
    edits.renew(['/shop/stack.yaml', '/shop/more.yaml'])
    expect(watches.map(({ roots, signal }) => [roots, signal.aborted])).toEqual([[['/shop/stack.yaml'], false], [['/shop/stack.yaml', '/shop/more.yaml'], false]])
    watches[1]?.ready()
    expect(watches.map(({ signal }) => signal.aborted)).toEqual([true, false])
    edits.close()
    edits.renew(['/shop/other.yaml'])
    expect(watches.map(({ signal }) => signal.aborted)).toEqual([true, true])
  })

  test('the same files are not watched anew', () => {
    const { watches, edits } = start(['/shop/stack.yaml', '/shop/.env'])
    edits.renew(['/shop/.env', '/shop/stack.yaml', '-'])
    expect(watches).toHaveLength(1)
    edits.close()
  })

  test('a file that makes loading fail is watched, so that its repair is seen', async () => {
    const { watches, edits } = start(['/shop/stack.yaml'])
    const texts = new Map([['/shop/stack.yaml', ''], ['/shop/broken.yaml', '']])
    await expect(loadAndFollow(() => Promise.reject(new Error('broken')), { texts, watch: () => edits })).rejects.toThrow('broken')
    expect(watches.at(-1)?.roots).toEqual(['/shop/stack.yaml', '/shop/broken.yaml'])
    edits.close()
  })
})
