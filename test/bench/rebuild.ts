import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { createTimes, type Row } from './measure.ts'
import type { StackOptions } from './stacks.ts'
import { dockerfileOf, visibleAfter, type Watched, whileWatching, writeProject } from './watched.ts'

/** The page begins with the seconds that its image takes to be built. */
const slowBuild = dockerfileOf('RUN read -r seconds rest < /www/page.txt; sleep "$seconds"')
const SLOW = 8

/** When the second save comes: before the reference, which waits for half a second of quiet, begins to build, and after. */
const moments = [
  { command: 'saved again after 0.3 s', bar: 1, overtaken: () => pause(300) },
  {
    command: 'saved again while it is built',
    bar: 0.5,
    overtaken: (watched: Watched, from: number) => building(watched, from),
  },
]

/** A save that takes long to build, and a second one that does not: from the second save to its page. */
export const measureRebuild = async ({ root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const times = createTimes()
  const files = { rule: 'action: rebuild', command: 'exec httpd -f -p 80 -h /www', dockerfile: slowBuild }
  const rounds = Math.min(repeats, 3)
  for (const tool of tools.filter((one) => one !== 'bare')) {
    const project = await writeProject('bench-rebuild', { root, files })
    await whileWatching(tool, project, async (watched) => {
      for (const { command, overtaken } of moments) {
        for (let round = 1; round <= rounds; round += 1) {
          const printed = watched.output().length
          await writeFile(join(project.folder, 'www/page.txt'), `${SLOW} ${tool} ${performance.now()}`)
          await overtaken(watched, printed)
          times.add(command, tool, await visibleAfter(watched, { text: `0 ${tool} ${performance.now()}` }))
        }
      }
    })
    say(`rebuild: ${tool}`)
  }
  return moments.map(({ command, bar }) => ({ case: 'rebuild', command, times: times.of(command), bar }))
}

/** Until the tool has said that it builds, and well into that. */
const building = async ({ output }: Watched, from: number): Promise<void> => {
  await eventually(() => {
    if (!/build/i.test(output().slice(from))) throw new Error(`no build has begun:\n${output().slice(from)}`)
  })
  await pause(1_500)
}
