import { describe, expect, test } from 'vitest'
import { toLoadError } from '../../../src/cli/load.ts'
import { filesOf, loadAndFollow, reloadOnEdit } from '../../../src/cli/up/reload-on-edit.ts'
import type { Command } from '../../../src/core/events/event.ts'
import type { WatchBatch, Watcher } from '../../../src/engine/ports/watcher.ts'
import type { Session } from '../../../src/engine/session.ts'
import { createChannel } from '../../support/channel.ts'
import { projectOf } from '../plan/world.ts'

type Watch = {
  readonly roots: readonly string[]
  readonly signal: AbortSignal
  ready(): void
  notice(batch: WatchBatch): void
}

const start = (files: readonly string[], modified: Readonly<Record<string, number>> = {}) => {
  const sent: Command[] = []
  const watches: Watch[] = []
  const watcher: Watcher = {
    watch: (roots, { signal, onReady }) => {
      const channel = createChannel<WatchBatch>(signal)
      watches.push({ roots, signal, ready: () => onReady?.(), notice: channel.push })
      return channel.iterate(() => {})
    },
  }
  const host = {
    stat: async (path: string) =>
      modified[path] === undefined
        ? undefined
        : { path, kind: 'file' as const, mode: 0o644, size: 1, mtimeMs: modified[path] },
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
  return { sent, watches, got: got.promise, edits: reloadOnEdit(session, { watcher, host, files, readAt: 1000 }) }
}

test('an edit of any file that the project was made from loads it again; standard input is no file', async () => {
  const project = projectOf({ web: {} })
  const files = filesOf({
    ...project,
    context: {
      ...project.context,
      files: ['/shop/stack.yaml', '-'],
      envFiles: ['/shop/.env'],
      inputs: ['/shop/base.yaml', '/shop/stack.yaml'],
    },
  })
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
    edits.renew(['/shop/stack.yaml', '/shop/more.yaml'], { readAt: 2000 })
    expect(watches.map(({ roots, signal }) => [roots, signal.aborted])).toEqual([
      [['/shop/stack.yaml'], false],
      [['/shop/stack.yaml', '/shop/more.yaml'], false],
    ])
    watches[1]?.ready()
    expect(watches.map(({ signal }) => signal.aborted)).toEqual([true, false])
    edits.close()
    edits.renew(['/shop/other.yaml'], { readAt: 3000 })
    expect(watches.map(({ signal }) => signal.aborted)).toEqual([true, true])
  })

  test('one that was saved before it was watched, and after it was read, is loaded again', async () => {
    const { sent, watches, got, edits } = start(['/shop/stack.yaml'], {
      '/shop/stack.yaml': 5000,
      '/shop/old.yaml': 1500,
      '/shop/more.yaml': 2001,
    })
    edits.renew(['/shop/stack.yaml', '/shop/old.yaml'], { readAt: 2000 })
    edits.renew(['/shop/stack.yaml', '/shop/old.yaml', '/shop/more.yaml'], { readAt: 2000 })
    watches[1]?.ready()
    watches[2]?.ready()
    await got
    expect(sent).toEqual([{ type: 'reload' }])
    edits.close()
  })

  test('the same files are not watched anew', () => {
    const { watches, edits } = start(['/shop/stack.yaml', '/shop/.env'])
    edits.renew(['/shop/.env', '/shop/stack.yaml', '-'], { readAt: 2000 })
    expect(watches).toHaveLength(1)
    edits.close()
  })

  test('a file that makes loading fail is watched, so that its repair is seen', async () => {
    const { watches, edits } = start(['/shop/stack.yaml'])
    const broken = toLoadError({ problems: [], files: ['/shop/stack.yaml', '/shop/broken.yaml'] })
    await expect(loadAndFollow(() => Promise.reject(broken), { watch: () => edits, now: () => 2000 })).rejects.toThrow(
      broken,
    )
    expect(watches.at(-1)?.roots).toEqual(['/shop/stack.yaml', '/shop/broken.yaml'])
    edits.close()
  })
})
