import { expect, test } from 'vitest'
import { reloadOnEdit } from '../../../src/cli/reload-on-edit.ts'
import type { Command } from '../../../src/core/events/event.ts'
import type { WatchBatch, Watcher } from '../../../src/engine/ports.ts'
import type { Session } from '../../../src/engine/session.ts'
import { projectOf } from '../plan/world.ts'

test('an edit of any file that the project was made from loads it again; standard input is no file', async () => {
  const sent: Command[] = []
  let watched: readonly string[] = []
  const told = Promise.withResolvers<void>()
  const watcher: Watcher = {
    watch: async function* (roots): AsyncIterable<WatchBatch> {
      watched = roots
      yield { paths: ['/shop/stack.yaml'], rescan: false }
      yield { paths: [], rescan: false }
      yield { paths: [], rescan: true }
      told.resolve()
    },
  }
  const session: Session = { subscribe: () => () => undefined, send: (command) => sent.push(command), done: Promise.resolve({ exit: 0 }) }
  const project = projectOf({ web: {} })
  const leave = reloadOnEdit(session, { watcher, project: { ...project, context: { ...project.context, files: ['/shop/stack.yaml', '-'], envFiles: ['/shop/.env'], inputs: ['/shop/base.yaml', '/shop/stack.yaml'] } } })
  await told.promise
  leave()
  expect(watched).toEqual(['/shop/stack.yaml', '/shop/.env', '/shop/base.yaml'])
  expect(sent).toEqual([{ type: 'reload' }, { type: 'reload' }])
})
