import { StackError } from '../../core/errors/stack-error.ts'
import type { EngineDeps } from '../deps.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'
import { type StandingProblems, tellStanding } from './standing-problems.ts'

/** Rebuilds of one service: the newest wish counts, and takes the place of one that is under way. */
export type Builder = {
  begin(wish: { readonly paths: ReadonlySet<string>; readonly since: number }): void
  readonly isBusy: () => boolean
  close(): Promise<void>
}

/**
 * How a rebuild ended. `aborted`: a newer wish has taken its place, and nothing of the containers was touched. `forbidden`: this
 * session builds nothing, and has said so.
 */
export type Rebuilt = 'done' | 'failed' | 'aborted' | 'forbidden'

type BuilderDeps = Pick<EngineDeps, 'clock'> & { readonly emit: Emit; readonly signal: AbortSignal }
type BuilderOptions = {
  readonly service: string
  readonly standing: StandingProblems
  readonly rebuild: (options: { readonly signal: AbortSignal }) => Promise<Rebuilt>
  readonly onEnd: () => void
}

export const createBuilder = (deps: BuilderDeps, { service, standing, rebuild, onEnd }: BuilderOptions): Builder => {
  const id = `sync.${service}.build`
  const paths = new Set<string>()
  let since = 0
  let isWanted = false
  let overtaking = new AbortController()
  let building: Promise<void> | undefined

  const tell = (error?: unknown): void => {
    const problem = error === undefined ? undefined : toProblem(error)
    tellStanding({ ...deps, standing }, { id, service, problem })
    deps.emit({
      type: 'reload/ended',
      service,
      action: 'rebuild',
      files: paths.size,
      ms: deps.clock.now() - since,
      ...(problem === undefined ? {} : { problem }),
    })
    paths.clear()
  }
  const build = async (): Promise<void> => {
    while (isWanted && !deps.signal.aborted) {
      isWanted = false
      overtaking = new AbortController()
      try {
        const result = await rebuild({ signal: AbortSignal.any([deps.signal, overtaking.signal]) })
        if (result === 'aborted') continue
        // What was saved meanwhile is built next, and told with that.
        if (result === 'done' && isWanted) continue
        // The other side has said why.
        if (result === 'forbidden') paths.clear()
        else if (result === 'done') tell()
        else tell(new StackError('sync/failed', { service, what: 'rebuilt', why: 'see the steps above' }))
      } catch (error) {
        if (deps.signal.aborted) return
        tell(error)
      }
    }
  }
  return {
    begin: (wish) => {
      if (paths.size === 0) since = wish.since
      for (const path of wish.paths) paths.add(path)
      isWanted = true
      overtaking.abort()
      building ??= build().finally(() => {
        building = undefined
        onEnd()
      })
    },
    isBusy: () => building !== undefined,
    close: async () => {
      isWanted = false
      overtaking.abort()
      await building
    },
  }
}
