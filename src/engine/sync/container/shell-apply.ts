import type { Frame, Put, Refused } from '../container-files.ts'
import { relativeTo } from '../paths.ts'
import { removeScript } from './frame-script.ts'
import { isInterrupted } from './interruptions.ts'
import { joinPath, quote } from './quote.ts'
import { settlePieces, toWhy, withoutRefused } from './settle-pieces.ts'
import { askThere, bring, keepMissing } from './shell-bring.ts'
import { lookByShell } from './shell-look.ts'
import type { ShellTools, Work } from './shell-tools.ts'

/** Everything that a frame asks for below a root that is a folder. Those that were refused come back, with the tools' own words. */
export const applyBelow = async (work: Work, frame: Pick<Frame, 'remove' | 'put'>): Promise<readonly Refused[]> => {
  const held = frame.put.filter(({ stream }) => stream === undefined)
  const first = await bring(work, held, frame.remove)
  const refused = [...first.refused]
  if (!first.ok) {
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

/** What is too big to be held. Where it cannot be read to its end the shell waits for the rest, and another is opened. */
const bringAlone = async (work: Work, put: Put): Promise<readonly Refused[]> => {
  try {
    const { ok, words, refused } = await bring(work, [put], [])
    if (ok || refused.length > 0) return refused
    return [{ path: put.path, why: toWhy(words), isFinal: false }]
  } catch (error) {
    if (!isInterrupted(error, 'SourceFailed')) throw error
    await work.shell.renew()
    return [{ path: put.path, why: (error as Error).message, isFinal: false }]
  }
}

/** The removals that were not done, each tried alone for the words that tell why. */
const settleRemovals = async (work: Work, paths: readonly string[]): Promise<readonly Refused[]> => {
  const left = work.greeting.missing.has('stat') ? paths : (await lookByShell(work.shell, work.root, paths)).keys()
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
  if (!greeting.mounts.some(({ path }) => relativeTo(at, path) !== undefined)) return false
  return (await shell.ask(`b ${quote(at)}||c=1`)).ok
}
