import type { Problem } from '../../../core/errors/problem.ts'
import type { Emit } from '../../emitter.ts'
import type { Direction, ConflictReason } from './decide.ts'
import type { Conflict } from './reconcile.ts'

/** What is wrong now: what was wrong before and is not any more is cleared, and nothing is told twice. */
export type BackProblems = { show(problems: readonly ShownProblem[]): void }

export type ShownProblem = { /** Of the rule. */ readonly id: string; readonly problem: Problem }

export const createBackProblems = (emit: Emit, service: string, rule: string): BackProblems => {
  let shown = new Map<string, string>()
  return {
    show: (problems) => {
      const next = new Map(problems.map(({ id, problem }) => [id, problem.message]))
      for (const id of shown.keys()) if (!next.has(id)) emit({ type: 'problem/cleared', id: toId(service, rule, id) })
      for (const { id, problem } of problems)
        if (shown.get(id) !== problem.message)
          emit({ type: 'problem/raised', id: toId(service, rule, id), service, problem })
      shown = next
    },
  }
}

const toId = (service: string, rule: string, id: string): string => `back.${service}.${rule}.${id}`

const maxShown = 20

export type Where = {
  readonly service: string
  readonly container: string
  readonly direction: Direction
  /** On this machine, and in the container. */
  readonly toPlaces: (path: string) => { readonly host: string; readonly container: string }
}

const reasons: Readonly<Record<ConflictReason, string>> = {
  'never-agreed': 'they differ, and were never the same',
  'both-changed': 'both were changed',
  'host-changed': 'it comes from the container alone, and was changed here',
}

/** Nothing is lost: both stay as they are until somebody has decided. */
export const toConflictProblems = (conflicts: readonly Conflict[], where: Where): readonly ShownProblem[] => {
  const shown = conflicts.slice(0, conflicts.length > maxShown ? maxShown - 1 : maxShown)
  const left = conflicts.length - shown.length
  return [
    ...shown.map(({ path, why }) => {
      const { host, container } = where.toPlaces(path)
      return {
        id: `conflict.${path}`,
        problem: {
          severity: 'warning' as const,
          code: 'watch/conflict',
          message: `${host} and ${container} of ${where.container} are left as they are: ${reasons[why]}.`,
          hint: toHint(host, container, where),
        },
      }
    }),
    ...(left === 0
      ? []
      : [
          {
            id: 'conflict',
            problem: {
              severity: 'warning' as const,
              code: 'watch/conflict',
              message: `${left} more files of service "${where.service}" are left as they are, for both sides differ.`,
              hint: 'Delete, on one side, those that are not to stay.',
            },
          },
        ]),
  ]
}

const toHint = (host: string, container: string, { service, direction }: Where): string =>
  direction === 'both'
    ? `Delete the one that is not to stay, and the other one takes its place: "rm ${host}", or "stack exec ${service} rm ${container}".`
    : `Delete ${host}, and that of the container takes its place.`

export const toHaltProblem = (halted: 'host' | 'container', where: Where): ShownProblem => {
  const { host, container } = where.toPlaces('')
  const [empty, other] =
    halted === 'host' ? [host, `${container} of ${where.container}`] : [`${container} of ${where.container}`, host]
  return {
    id: 'halted',
    problem: {
      severity: 'warning',
      code: 'watch/emptied',
      message: `All that ${empty} had is gone, so nothing is deleted in ${other}.`,
      hint: 'Delete it there, too, if that is meant. It goes on by itself when files are there again.',
    },
  }
}

export const toOutsideProblems = (links: readonly string[], where: Where): readonly ShownProblem[] =>
  links.slice(0, maxShown).map((path) => ({
    id: `outside.${path}`,
    problem: {
      severity: 'warning',
      code: 'watch/link-outside',
      message: `The link ${where.toPlaces(path).container} of ${where.container} leads out of its folder, and is not brought back.`,
      hint: 'Name it under "ignore" of the rule, or let it be a relative link to a file of the same folder.',
    },
  }))

export const toRefusedProblems = (
  refused: ReadonlyMap<string, string>,
  where: Where,
  to: 'host' | 'container',
): readonly ShownProblem[] =>
  [...refused].slice(0, maxShown).map(([path, why]) => ({
    id: `refused.${to}.${path}`,
    problem: {
      severity: 'warning',
      code: 'watch/not-brought',
      message:
        to === 'host'
          ? `${where.toPlaces(path).host} cannot be written: ${why.replace(/\.$/, '')}.`
          : `${where.toPlaces(path).container} of ${where.container} cannot be written: ${why.replace(/\.$/, '')}.`,
    },
  }))
