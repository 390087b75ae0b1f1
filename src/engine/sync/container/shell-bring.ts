import { packTarInPieces } from '../../../wire/write-tar.ts'
import type { Put, Refused, Seen } from '../container-files.ts'
import { isAtOrBelow } from './folder-tree.ts'
import {
  enterScript,
  moveScript,
  ownScript,
  planPuts,
  removeScript,
  stagedPaths,
  type PutPlan,
} from './frame-script.ts'
import { mountOf } from './greeting.ts'
import { sizeOf, toTarEntry } from './pack-frame.ts'
import { interrupt } from './interruptions.ts'
import { quickPut } from './quick-put.ts'
import { joinPath, quote } from './quote.ts'
import { hasArrived } from './seen.ts'
import { lookByShell, readBadFolders } from './shell-look.ts'
import { toWhy, withoutRefused, type Outcome } from './settle-pieces.ts'
import type { Answer, Body } from './shell-session.ts'
import type { Work } from './shell-tools.ts'

/** So few files are moved into place whole: each folder that they go to costs a process. */
const mostStaged = { files: 50, folders: 20 }

/** One attempt at all of it. */
export const bring = async (work: Work, puts: readonly Put[], remove: readonly string[]): Promise<Outcome> => {
  const plan = planPuts(puts)
  const inTheWay = puts.flatMap(({ path, replacesFolder }) => (replacesFolder === true ? [path] : []))
  const removing = removeScript([...remove, ...inTheWay])
  if (puts.length === 0) return removing === '' ? nothingDone : toOutcome(plan, [await askThere(work, removing)])
  const quick = removing === '' ? quickPut(work, { plan, puts }) : undefined
  if (quick !== undefined) {
    const outcome = toOutcome(plan, [await askThere(work, quick.script, { before: quick.before })])
    if (outcome.ok && outcome.refused.length === 0) return outcome
  }
  const isSmall = puts.length <= mostStaged.files && plan.tree.nodes.length <= mostStaged.folders
  const isStaged = (isSmall || puts.some(({ stream }) => stream !== undefined)) && !work.greeting.missing.has('mv')
  const stage = stageIn(work)
  const moving = isStaged ? moveScript(plan, stage) : ''
  const staged = isStaged ? stagedPaths(plan, stage) : new Map<string, string>()
  const owning = ownLinks(work, puts, staged)
  const hasFolders = puts.some(({ entry }) => entry.kind === 'directory')
  if (isStaged && !hasFolders)
    return toOutcome(plan, [await unpack(work, { plan, puts, staged, after: joinScripts(removing, owning, moving) })])
  const first = joinScripts(removing, enterScript(plan))
  const answer = await unpack(work, { plan, puts, staged, first, after: joinScripts(owning, moving) })
  const outcome = toOutcome(plan, [answer])
  const rest = withoutRefused(puts, outcome.refused)
  if (rest.length === 0) return outcome
  if (rest.length === puts.length) {
    if (!outcome.ok && !isStaged) {
      if (owning !== '') await askThere(work, owning)
      await removeHalves(work, rest, outcome.words)
    }
    return outcome
  }
  // Nothing was unpacked, as some of it has no folder to go to.
  const next = await bring(work, rest, [])
  return {
    ok: outcome.ok && next.ok,
    words: outcome.words + next.words,
    refused: [...outcome.refused, ...next.refused],
  }
}

/** Where links are after they were unpacked. */
const ownLinks = ({ owner, place }: Work, puts: readonly Put[], staged: ReadonlyMap<string, string>): string =>
  owner.uid === 0 && owner.gid === 0
    ? ''
    : ownScript(
        puts.flatMap(({ path, entry }) => (entry.kind === 'link' ? [staged.get(path) ?? joinPath(place, path)] : [])),
      )

const nothingDone: Outcome = { ok: true, words: '', refused: [] }

const joinScripts = (...scripts: readonly string[]): string => scripts.filter((script) => script !== '').join(';')

/** On the file system of each folder, so that moving is renaming; and outside of what is watched where that can be. */
const stageIn =
  ({ place, greeting, stageName }: Work) =>
  (folder: string): string =>
    joinPath(mountOf(greeting.mounts, joinPath(place, folder)).path, stageName)

type Unpacking = {
  readonly plan: PutPlan
  readonly puts: readonly Put[]
  readonly staged: ReadonlyMap<string, string>
  /** Done below the root before it is unpacked, and what decides whether it is. */
  readonly first?: string
  readonly after: string
}

const unpack = async (work: Work, { plan, puts, staged, first, after }: Unpacking): Promise<Answer> => {
  const body = packTarInPieces(
    puts.map((put) => toTarEntry(put, staged.get(put.path) ?? joinPath(work.place, put.path), work.owner)),
  )
  const stage = stageIn(work)
  const stages = new Set(staged.size === 0 ? [] : plan.tree.nodes.map(({ path }) => stage(path)))
  if (work.tidyLater !== undefined && stages.delete(joinPath('/', work.stageName))) work.tidyLater()
  const cleaning = [...stages].map((path) => quote(path)).join(' ')
  const clean = cleaning === '' ? '' : `u=${quote(`rm -rf ${cleaning}`)};`
  if (first === undefined) return askThere(work, after, { before: `${clean}t ${body.size}`, body })
  const script = joinScripts(first, `a ${body.size}${after === '' ? '' : `&&{ ${after};}`}`)
  return askThere(work, script, { before: `${clean}:`, body: { ...body, isOptional: true } })
}

export const askThere = async (
  { shell, root, place }: Work,
  script: string,
  more: { readonly before?: string; readonly body?: Body } = {},
): Promise<Answer> => {
  const answer = await shell.askIn(root, place, { script: script === '' ? ':' : script, ...more })
  if (answer === undefined) throw interrupt('RootMoved')
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

/** Those that have not arrived, as far as can be told. */
export const keepMissing = async (work: Work, puts: readonly Put[]): Promise<readonly Put[]> => {
  if (work.greeting.missing.has('stat')) return puts
  const seen = await lookAt(work, puts)
  return puts.filter((put) => !hasArrived(put.entry, sizeOf(put), seen.get(put.path)))
}

const lookAt = ({ shell, root }: Work, puts: readonly Put[]): Promise<ReadonlyMap<string, Seen>> =>
  lookByShell(
    shell,
    root,
    puts.map(({ path }) => path),
  )

/**
 * What a tar could not write to its end, for the disk is full, is of no use to anybody and takes the place of others. GNU's
 * names it and goes on; that of BusyBox ends there.
 */
const removeHalves = async (work: Work, puts: readonly Put[], words: string): Promise<void> => {
  if (work.greeting.missing.has('stat')) return
  const seen = await lookAt(work, puts)
  const left = puts.filter((put) => !hasArrived(put.entry, sizeOf(put), seen.get(put.path)))
  const isNamed = ({ path }: Put): boolean => {
    const name = joinPath(work.place, path).slice(1)
    return words.includes(`${name}: Wrote only`) || words.includes(`${name}: Cannot write`)
  }
  const first = words.includes('tar: write error') ? left.slice(0, 1) : []
  const halves = [...first, ...left.filter(isNamed)].filter((put) => {
    const found = seen.get(put.path)
    return found?.kind === 'file' && found.size < sizeOf(put)
  })
  if (halves.length > 0) await askThere(work, removeScript(halves.map(({ path }) => path)))
}
