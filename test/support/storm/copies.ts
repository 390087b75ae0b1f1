import { setTimeout as pause } from 'node:timers/promises'
import type { EngineApi, Inspected } from '../engine-api.ts'
import { serviceOf } from '../engine-api.ts'
import { toMessage } from '../eventually.ts'
import { type ExecShell, openShell } from '../exec-shell.ts'
import type { Command, Scenario } from '../scenario.ts'
import type { Running } from '../tool.ts'
import { compareTrees, type Comparison, readContainer, readFolder, readThroughEngine, type Tree } from '../trees.ts'

/** Where the containers of a service shall hold what a folder holds. */
export interface Copy extends Comparison {
  readonly service: string
  /** So many containers there are at least (1). */
  readonly count?: number
  /** A path of the container, in letters that a shell leaves alone. */
  readonly target: string
  readonly isLeftOut?: (path: string) => boolean
  /** Its files are read through the engine. */
  readonly hasNoShell?: boolean
  /** As seen from the scenario's folder. */
  readonly source?: string
}

export interface Copies {
  /** Waits until every container holds what the source holds: how many milliseconds that took. Throws what differs at the end. */
  readonly settle: (limit?: number) => Promise<number>
  /** What a script prints in every container, as root. */
  readonly ask: (script: string) => Promise<readonly string[]>
  readonly close: () => void
}

interface World {
  readonly engine: EngineApi
  readonly project: string
  readonly folder: string
  /** Where the engine answers, when it is not the one of this run. */
  readonly host?: string
}

/** Looks into the containers of the project that run, through a shell in each that stays. */
export const openCopies = (world: World, copies: readonly Copy[]): Copies => {
  const shells = new Map<string, ExecShell>()
  const shellOf = async (id: string): Promise<ExecShell> => {
    const known = shells.get(id)
    if (known !== undefined) return known
    const opened = await openShell(id, world.host)
    shells.set(id, opened)
    return opened
  }
  const forget = (id: string): void => {
    shells.get(id)?.close()
    shells.delete(id)
  }
  const inContainer = async <T>(id: string, look: (shell: ExecShell) => Promise<T>): Promise<T> => {
    try {
      return await look(await shellOf(id))
    } catch (error) {
      forget(id) // it was stopped, or what its tar read moved meanwhile
      throw error
    }
  }
  const find = async (): Promise<readonly Inspected[]> => {
    const found = (await world.engine.containers(world.project)).filter(({ State }) => State.Status === 'running')
    for (const { service, count = 1 } of copies) {
      const run = found.filter((each) => serviceOf(each) === service).length
      if (run < count) throw new Error(`${run} containers of ${service} run`)
    }
    return found
  }
  const compare = async (copy: Copy, { Id, Name }: Inspected, source: Tree): Promise<readonly string[]> => {
    try {
      const held = copy.hasNoShell
        ? await readThroughEngine(world.engine, Id, copy.target)
        : await inContainer(Id, (shell) => readContainer(shell, copy.target))
      return compareTrees(source, held, copy).map((each) => `${Name.slice(1)}:${copy.target} ${each}`)
    } catch (error) {
      return [`${Name.slice(1)} cannot be read: ${toMessage(error)}`]
    }
  }
  const readSource = ({ source = 'src', isLeftOut }: Copy): Tree => readFolder(`${world.folder}/${source}`, isLeftOut)
  let known: readonly Inspected[] = []
  const compareAll = async (sources: readonly Tree[]): Promise<readonly string[]> => {
    try {
      if (known.length === 0) known = await find()
      const looks = copies.flatMap((copy, index) =>
        known
          .filter((each) => serviceOf(each) === copy.service)
          .map((each) => compare(copy, each, sources[index] ?? new Map())),
      )
      return (await Promise.all(looks)).flat()
    } catch (error) {
      return [toMessage(error)]
    }
  }

  return {
    async settle(limit = 40_000) {
      const began = performance.now()
      const sources = copies.map(readSource)
      for (let wait = 10; ; wait = Math.min(wait * 1.4, 250)) {
        const differences = await compareAll(sources)
        const took = performance.now() - began
        if (differences.length === 0) return took
        if (wait > 60) known = [] // there may be others by now
        if (took > limit) throw new Error(showSome(differences, limit))
        await pause(wait)
      }
    },
    ask: async (script) =>
      Promise.all(
        (await find()).map(({ Id, Name }) =>
          inContainer(Id, async (shell) => `${Name.slice(1)}: ${(await shell.run(script)).toString()}`),
        ),
      ),
    close: () => shells.forEach((shell) => shell.close()),
  }
}

export interface Watching {
  readonly tool: Running
  readonly copies: Copies
}

/** Starts a watch, waits until everything is there for the first time, and looks into the containers while `tell` goes on. */
export const whileWatching = async (
  s: Scenario,
  { copies: wanted, command = 'watch' }: { readonly copies: readonly Copy[]; readonly command?: Command },
  tell: (watching: Watching) => Promise<void>,
): Promise<void> => {
  const tool = s.start('watch', command)
  const copies = openCopies(s, wanted)
  try {
    await tool.prints(/Watching/, 60_000)
    await copies.settle(30_000)
    await tell({ tool, copies })
  } catch (error) {
    const printed = tool.output().trimEnd().split('\n').slice(-20)
    throw new Error([toMessage(error), 'what the watch printed last:', ...printed].join('\n  '), { cause: error })
  } finally {
    copies.close()
  }
}

const showSome = (differences: readonly string[], limit: number): string =>
  [
    `after ${limit} ms ${differences.length} paths differ:`,
    ...differences.slice(0, 20).map((each) => `  ${each}`),
    ...(differences.length > 20 ? ['  …'] : []),
  ].join('\n')
