import { rmSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRepository } from '../support/git-repository.ts'
import { arrivalAfter, unpackedBare, type Wanted } from './inside.ts'
import { createTimes, type Row, timeCommand } from './measure.ts'
import type { StackOptions } from './stacks.ts'
import { lastOfEachFolder, type Tree, writeTree } from './trees.ts'
import { dockerfileOf, engine, restBetweenEdits, type Watched, whileWatching, writeProject } from './watched.ts'

const branches = ['one', 'two'] as const
type Branch = (typeof branches)[number]

/** Of 10,000 files 9,000 are others on the other branch, and 1,000 are in other folders. */
const treesOf = (branch: Branch): readonly [Tree, Tree] => {
  const kind = { perFolder: 20, size: branch === 'one' ? 1_001 : 1_002, line: `branch ${branch}` }
  return [
    { folders: 450, ...kind },
    { folders: 50, prefix: branch, ...kind },
  ]
}

/**
 * A switch of branches: from the end of git until the container holds the other one. The bare way unpacks an archive of all
 * of its files.
 */
export const measureGitSwitch = async ({ root, repeats, tools, say }: StackOptions): Promise<readonly Row[]> => {
  const times = createTimes()
  const files = { rule: 'target: /www, action: sync', dockerfile: dockerfileOf() }
  const project = await writeProject('bench-git', { root, files })
  await commitBranches(project.folder)
  const watching = tools.filter((one) => one !== 'bare')
  for (const tool of watching) {
    await whileWatching(tool, project, async (watched) => {
      // What the reference needs is not judged, and takes long: one switch shows it.
      const rounds = tool === 'stack' ? repeats : 0
      for (let round = 0; round <= rounds; round += 1) {
        await restBetweenEdits(round)
        const took = await switchTo(otherBranch(round), watched)
        if (round > 0 || rounds === 0) times.add('switch', tool, took)
        if (took === Number.POSITIVE_INFINITY) break
        if (round > 0 && tool === watching[0] && tools.includes('bare'))
          times.add('switch', 'bare', await bareOf(otherBranch(round), watched))
      }
    })
    await timeCommand(['git', 'switch', '-q', 'one'], project.folder)
    say(`git-switch: ${tool}`)
  }
  return [{ case: 'git-switch', command: '10,000 files, from the end of git', times: times.of('switch'), most: 1_500 }]
}

const otherBranch = (round: number): Branch => (round % 2 === 0 ? 'two' : 'one')

/** The work tree is on branch `one` at the end, as every tool finds it. */
const commitBranches = async (folder: string) => {
  await writeFile(join(folder, '.dockerignore'), '.git\n')
  const { git } = await makeRepository(folder)
  for (const branch of branches) {
    git('checkout', '-q', '-B', branch)
    rmSync(treeFolder(folder), { recursive: true, force: true })
    for (const tree of treesOf(branch)) writeTree(treeFolder(folder), tree)
    git('add', '.')
    git('commit', '-q', '-m', branch)
  }
  git('switch', '-q', 'one')
}

const treeFolder = (folder: string) => join(folder, 'www/tree')

const switchTo = async (branch: Branch, { container, folder }: Watched): Promise<number> => {
  const change = async () => {
    await timeCommand(['git', 'switch', '-q', branch], folder)
    return performance.now()
  }
  return arrivalAfter(change, { container, here: treeFolder(folder), wanted: wantedOf(branch) })
}

const wantedOf = (branch: Branch): Wanted => {
  const trees = treesOf(branch)
  const [{ size, line }] = trees
  const count = trees.reduce((total, tree) => total + tree.folders * tree.perFolder, 0)
  return { folder: '/www/tree', count, size, line, marks: trees.flatMap(lastOfEachFolder) }
}

/** Where nobody watches. */
const bareOf = async (branch: Branch, { container, folder }: Watched): Promise<number> => {
  const here = join(folder, 'tree')
  await cp(treeFolder(folder), here, { recursive: true })
  try {
    return await unpackedBare({ container, here, wanted: wantedOf(branch) })
  } finally {
    await rm(here, { recursive: true })
    await engine.exec(container, ['rm', '-rf', '/bare'])
  }
}
