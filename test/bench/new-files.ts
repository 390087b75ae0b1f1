import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { arrivalAfter, unpackedBare, type Wanted } from './inside.ts'
import { createTimes, type Row } from './measure.ts'
import type { StackOptions } from './stacks.ts'
import { lastOfEachFolder, type Tree, writeTree } from './trees.ts'
import { restBetweenEdits, type Watched, whileWatching, writeProject } from './watched.ts'

/**
 * Two thousand files in a hundred new folders: from the end of the program that writes them until the container holds
 * them all. The bare way unpacks an archive of them that is there already.
 */
export const measureNewFiles = async ({ root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const times = createTimes()
  const watching = tools.filter((tool) => tool !== 'bare')
  for (const tool of watching) {
    const project = await writeProject('bench-new-files', { root, files: { rule: 'target: /www, action: sync' } })
    const withBare = tool === watching[0] && tools.includes('bare')
    await whileWatching(tool, project, async (watched) => {
      for (let round = 0; round <= repeats; round += 1) {
        await restBetweenEdits(round)
        const took = await newFiles(watched, round)
        if (round > 0) times.add('new-files', tool, took)
        const bare = withBare ? await unpacked(watched, round) : 0
        if (withBare && round > 0) times.add('new-files', 'bare', bare)
      }
    })
    say(`new-files: ${tool}`)
  }
  const command = '2,000 files, from the last write'
  return [{ case: 'new-files', command, times: times.of('new-files'), bar: 0.25, aboveBare: 150 }]
}

const nameOf = (tool: string, round: number) => `${tool}-${round}`

const treeOf = (name: string): Tree => ({ folders: 100, perFolder: 20, size: 2_048, line: name })

const wantedOf = (tree: Tree, folder: string): Wanted => ({
  folder,
  count: tree.folders * tree.perFolder,
  size: tree.size,
  line: tree.line,
  marks: lastOfEachFolder(tree),
})

const newFiles = async ({ tool, folder, container }: Watched, round: number): Promise<number> => {
  const name = nameOf(tool, round)
  const [tree, here] = [treeOf(name), join(folder, 'www', name)]
  const write = async () => {
    writeTree(here, tree)
    return performance.now()
  }
  return arrivalAfter(write, { container, here, wanted: wantedOf(tree, `/www/${name}`) })
}

const unpacked = async ({ tool, folder, container }: Watched, round: number): Promise<number> => {
  const name = nameOf(tool, round)
  // A file that is made beside it would be a change.
  const here = join(folder, name)
  writeTree(here, treeOf(name))
  try {
    return await unpackedBare({ container, here, wanted: wantedOf(treeOf(name), '') })
  } finally {
    await rm(here, { recursive: true })
  }
}
