import type { Frame, Put, Refused } from '../container-files.ts'
import { isAtOrBelow } from './folder-tree.ts'
import { moveScript, planPuts, prepareScript, removeScript, stagedPaths, type PutPlan } from './frame-script.ts'
import { mountOf, type Greeting } from './greeting.ts'
import { packEntries, sizeOf, toTarEntry, type Owner } from './pack-frame.ts'
import { joinPath, quote } from './quote.ts'
import { hasArrived } from './seen.ts'
import { lookByShell, readBadFolders, RootMoved } from './shell-look.ts'
import { settlePieces, toWhy, withoutRefused, type Outcome } from './settle-pieces.ts'
import type { PlacedShell } from './shell-place.ts'
import type { Answer, Body } from './shell-session.ts'

/** What a shell works with. */
export type ShellTools = {
  readonly shell: PlacedShell
  readonly greeting: Greeting
  readonly owner: Owner
  /** The name of a hidden folder, at the root of a mount, that nobody else uses. */
  readonly stageName: string
  /** Removes the stage at the root of the container some time after the last use; absent: after every use. */
  readonly tidyLater?: (() => void) | undefined
}

/** A folder of the container, and what is to be done in it. */
type Work = ShellTools & { readonly root: string; readonly place: string }

/** So few files are moved into place whole: each folder that they go to costs a process. */
const mostStaged = { files: 50, folders: 20 }

/** Everything that a frame asks for below a root that is a folder. Those that were refused come back, with the tools' own words. */
export const applyBelow = async (work: Work, frame: Pick<Frame, 'remove' | 'put'>): Promise<readonly Refused[]> => {
  const held = frame.put.filter(({ stream }) => stream === undefined)
  const outcomes = [await bring(work, held, frame.remove)]
  const refused = [...(outcomes[0]?.refused ?? [])]
  if (outcomes[0]?.ok === false) {
    refused.push(...(await settleRemovals(work, frame.remove)))
    const settling = {
      bring: (puts: readonly Put[]) => bring(work, puts, []),
      keepMissing: (puts: readonly Put[]) => keepMissing(work, puts),
    }
    refused.push(...(await settlePieces(settling, withoutRefused(held, refused))))
  }
  for (const put of frame.put) if (put.stream !== undefined) refused.push(...(await bringAlone(work, put)))
  return refused
}

const bringAlone = async (work: Work, put: Put): Promise<readonly Refused[]> => {
  const { ok, words, refused } = await bring(work, [put], [])
  if (ok || refused.length > 0) return refused
  return [{ path: put.path, why: toWhy(words), isFinal: false }]
}

/** One attempt at all of it. */
const bring = async (work: Work, puts: readonly Put[], remove: readonly string[]): Promise<Outcome> => {
  const plan = planPuts(puts)
  const removing = removeScript(remove)
  const isSmall = puts.length <= mostStaged.files && plan.tree.nodes.length <= mostStaged.folders
  const isStaged = (isSmall || puts.some(({ stream }) => stream !== undefined)) && !work.greeting.missing.has('mv')
  const stage = stageIn(work)
  const moving = isStaged ? moveScript(plan, stage) : ''
  const staged = isStaged ? stagedPaths(plan, stage) : new Map<string, string>()
  const hasFolders = puts.some(({ entry }) => entry.kind === 'directory')
  if (puts.length === 0) return removing === '' ? nothingDone : toOutcome(plan, [await askThere(work, removing)])
  if (isStaged && !hasFolders)
    return toOutcome(plan, [await unpack(work, { plan, puts, staged, after: joinScripts(removing, moving) })])
  const prepared = await askThere(work, joinScripts(removing, prepareScript(plan)))
  const first = toOutcome(plan, [prepared])
  const rest = withoutRefused(puts, first.refused)
  if (rest.length === 0) return first
  const left = { ...plan, puts: rest }
  return toOutcome(plan, [prepared, await unpack(work, { plan: left, puts: rest, staged, after: moving })])
}

const nothingDone: Outcome = { ok: true, words: '', refused: [] }

const joinScripts = (...scripts: readonly string[]): string => scripts.filter((script) => script !== '').join(';')

/** On the file system of each folder, so that moving is renaming; and outside of what is watched where that can be. */
const stageIn =
  ({ place, greeting, stageName }: Work) =>
  (folder: string): string =>
    joinPath(mountOf(greeting.mounts, joinPath(place, folder)), stageName)

type Unpacking = {
  readonly plan: PutPlan
  readonly puts: readonly Put[]
  readonly staged: ReadonlyMap<string, string>
  readonly after: string
}

const unpack = async (work: Work, { plan, puts, staged, after }: Unpacking): Promise<Answer> => {
  const body = packEntries(
    puts.map((put) => toTarEntry(put, staged.get(put.path) ?? joinPath(work.place, put.path), work.owner)),
  )
  const stage = stageIn(work)
  const stages = new Set(staged.size === 0 ? [] : plan.tree.nodes.map(({ path }) => stage(path)))
  if (work.tidyLater !== undefined && stages.delete(joinPath('/', work.stageName))) work.tidyLater()
  const cleaning = [...stages].map((path) => quote(path)).join(' ')
  const first = `${cleaning === '' ? '' : `u=${quote(`rm -rf ${cleaning}`)};`}t ${body.size}`
  return askThere(work, after, { first, body })
}

const askThere = async (
  { shell, root, place }: Work,
  script: string,
  more: { readonly first?: string; readonly body?: Body } = {},
): Promise<Answer> => {
  const answer = await shell.askIn(root, place, { script: script === '' ? ':' : script, ...more })
  if (answer === undefined) throw new RootMoved()
  return answer
}

const toOutcome = ({ puts, tree }: PutPlan, answers: readonly Answer[]): Outcome => {
  const refused: Refused[] = []
  const words = answers.map((answer) => answer.words).join('')
  const bad = new Map(answers.flatMap((answer) => [...readBadFolders(answer)]))
  // What is below a link, or a file, was not there to be removed; for what shall be put there it is in the way.
  for (const node of tree.nodes) {
    const what = bad.get(node.index)
    if (what === undefined) continue
    const why = what === 'link' || what === 'file' ? `${node.path} is a ${what} there` : toWhy(words)
    const closed = new Set([node.path])
    for (const { path } of puts) if (isAtOrBelow(path, closed)) refused.push({ path, why, isFinal: false })
  }
  return { ok: answers.every(({ ok }) => ok), words, refused }
}

/** The removals that were not done, each tried alone for the words that tell why. */
const settleRemovals = async (work: Work, paths: readonly string[]): Promise<readonly Refused[]> => {
  const left = [...(await lookByShell(work.shell, work.root, paths)).keys()]
  const refused: Refused[] = []
  for (const path of left) {
    const { ok, words } = await askThere(work, removeScript([path]))
    if (ok || (await isBare(work, joinPath(work.place, path)))) continue
    refused.push({ path, why: toWhy(words), isFinal: false })
  }
  return refused
}

/** Whether what is left of a removed folder are places of mounts, which cannot be removed, and nothing in them. */
export const isBare = async ({ shell, greeting }: ShellTools, at: string): Promise<boolean> => {
  if (!greeting.mounts.some((mount) => mount === at || mount.startsWith(`${at}/`))) return false
  return (await shell.ask(`b ${quote(at)}||c=1`)).ok
}

const keepMissing = async ({ shell, root, greeting }: Work, puts: readonly Put[]): Promise<readonly Put[]> => {
  if (greeting.missing.has('stat')) return puts
  const seen = await lookByShell(
    shell,
    root,
    puts.map(({ path }) => path),
  )
  return puts.filter((put) => !hasArrived(put.entry, sizeOf(put), seen.get(put.path)))
}
