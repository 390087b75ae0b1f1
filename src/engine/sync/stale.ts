import type { Problem } from '../../core/errors/problem.ts'
import { StackError } from '../../core/errors/stack-error.ts'
import type { Emit } from '../emitter.ts'
import { toProblem } from '../to-problem.ts'
import type { RefusedTarget } from './deliver.ts'
import type { SyncRule } from './rules.ts'
import { clearStanding, type StandingProblems, tellStanding } from './standing-problems.ts'
import type { Wanted } from './wanted.ts'

/** Most of what a rule's source held was deleted at once. */
export type SyncQuestion = {
  readonly service: string
  readonly source: string
  readonly deleted: number
  readonly known: number
}

/** What keeps a service's containers from being what its sources are, told as long as it lasts. */
export type Stale = {
  refused(all: readonly RefusedTarget[]): void
  /** No round came to its end. */
  failed(error: unknown): void
  /** One did. */
  reached(): void
  /** A restart or a command went well, or did not. */
  reacted(error?: unknown): void
  /** A rule's source is gone, or most of it was deleted; or is not any more. */
  stopped(wanted: Wanted): void
  /** What is told at the moment of files that were refused. */
  readonly problem: () => Problem | undefined
  close(): void
}

type StaleDeps = { readonly emit: Emit; readonly signal: AbortSignal; readonly wakeAt: (time: number) => void }
type StaleOptions = {
  readonly service: string
  readonly rules: readonly Pick<SyncRule, 'index'>[]
  readonly standing: StandingProblems
  readonly ask: (question: SyncQuestion, options: { readonly signal: AbortSignal }) => Promise<boolean>
}

// oxlint-disable-next-line max-lines-per-function -- the problems of one service, each raised and cleared beside the other
export const createStale = (deps: StaleDeps, { service, rules, standing, ask }: StaleOptions): Stale => {
  const asked = new Map<Wanted, AbortController>()
  const toId = (part: string): string => (part === '' ? `sync.${service}` : `sync.${service}.${part}`)
  const tell = (part: string, error: unknown): void => {
    const problem = error === undefined ? undefined : toProblem(error)
    tellStanding({ ...deps, standing }, { id: toId(part), service, problem })
  }
  const parts = new Set(rules.flatMap(({ index }) => [`source.${index}`, `deletion.${index}`].map(toId)))
  clearStanding(deps.emit, standing, (id) => /\.(source|deletion)\.\d+$/.test(id) && !parts.has(id))
  const askAbout = (wanted: Wanted, question: SyncQuestion): void => {
    const controller = new AbortController()
    asked.set(wanted, controller)
    ask(question, { signal: AbortSignal.any([deps.signal, controller.signal]) }).then(
      (isYes) => {
        if (!isYes) return
        wanted.isConfirmed = true
        deps.wakeAt(0)
      },
      () => {},
    )
  }
  return {
    refused: (all) => {
      const isKept = ({ isFinal, entry }: RefusedTarget): boolean => isFinal && entry === undefined
      const [kept, others] = [all.filter(isKept), all.filter((one) => !isKept(one))]
      const toError = (some: typeof all, code: 'sync/stale' | 'watch/needs-rebuild'): StackError | undefined => {
        const [first] = some
        if (first === undefined) return undefined
        const { target: path, why, isFinal } = first
        const data = { service, files: some.length, path }
        return code === 'sync/stale'
          ? new StackError(code, { ...data, why, isClosed: isFinal || /read-only/i.test(why) })
          : new StackError(code, data)
      }
      tell('files', toError(others, 'sync/stale'))
      tell('rebuild', toError(kept, 'watch/needs-rebuild'))
    },
    failed: (error) =>
      tell(
        '',
        error instanceof StackError
          ? error
          : new StackError('sync/failed', {
              service,
              what: 'brought up to date',
              why: error instanceof Error ? error.message : String(error),
            }),
      ),
    reached: () => tell('', undefined),
    reacted: (error) => tell('reaction', error),
    stopped: (wanted) => {
      const { stop, rule } = wanted
      const isGone = stop?.kind === 'source-gone'
      tell(
        `source.${rule.index}`,
        isGone ? new StackError('watch/source-gone', { service, source: rule.root }) : undefined,
      )
      if (stop?.kind !== 'mass-deletion') {
        tell(`deletion.${rule.index}`, undefined)
        asked.get(wanted)?.abort()
        asked.delete(wanted)
        return
      }
      const question = { service, source: rule.root, deleted: stop.gone, known: stop.total }
      tell(`deletion.${rule.index}`, new StackError('watch/mass-deletion', question))
      if (!asked.has(wanted)) askAbout(wanted, question)
    },
    problem: () => standing.get(toId('files')) ?? standing.get(toId('rebuild')),
    close: () => {
      for (const controller of asked.values()) controller.abort()
    },
  }
}
