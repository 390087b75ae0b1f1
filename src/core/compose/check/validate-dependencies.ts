import { maxProblems } from '../../errors/limit-problems.ts'
import { unknownHint } from '../sources/load-context.ts'
import type { CheckedProject, Contradiction } from './contradiction.ts'

/** Every dependency must exist, be switched on, and not lead back to where it started. */
export const validateDependencies = (project: CheckedProject): readonly Contradiction[] => {
  const missing = Object.entries(project.services).flatMap(([name, service]) =>
    Object.entries(service.depends_on ?? {}).flatMap(([dependency, { required }]) =>
      missingDependency({ name, dependency, required }, project),
    ),
  )
  return [...missing, ...validateOrder(project)]
}

type Edge = { readonly name: string; readonly dependency: string; readonly required: boolean }

const missingDependency = ({ name, dependency, required }: Edge, project: CheckedProject): readonly Contradiction[] => {
  if (Object.hasOwn(project.services, dependency)) return []
  const path = ['services', name, 'depends_on', dependency]
  const disabled = Object.hasOwn(project.disabled, dependency) ? project.disabled[dependency] : undefined
  if (disabled !== undefined) {
    if (!required) return []
    const profiles = disabled.profiles ?? []
    return [
      {
        path,
        at: 'key',
        needs: [['services', dependency, 'profiles']],
        code: 'service/dependency-disabled',
        message: `Service "${name}" depends on "${dependency}", which is switched off by its ${profiles.length === 1 ? 'profile' : 'profiles'}.`,
        hint: `Switch it on with --profile ${profiles[0] ?? ''}, give both the same profile, or add "required: false".`,
      },
    ]
  }
  const hint = (): string | undefined =>
    unknownHint(
      dependency,
      [...Object.keys(project.services), ...Object.keys(project.disabled)].filter((other) => other !== name),
    )
  return [
    {
      path,
      at: 'key',
      needs: [['services', dependency]],
      code: 'service/unknown-dependency',
      message: `Service "${name}" depends on "${dependency}", which does not exist.`,
      hint,
    },
  ]
}

/** Each circle once, told from its first service in the alphabet. No recursion: a chain may be thousands long. */
export const validateOrder = ({ services }: CheckedProject): readonly Contradiction[] => {
  const found: Contradiction[] = []
  const state = new Map<string, 'open' | 'done'>()
  const next = (name: string): string[] =>
    Object.keys(services[name]?.depends_on ?? {})
      .filter((dependency) => Object.hasOwn(services, dependency))
      .toSorted()
      .toReversed()
  for (const start of Object.keys(services).sort()) {
    if (state.has(start)) continue
    const trail = [{ name: start, open: next(start) }]
    state.set(start, 'open')
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const dependency = top.open.pop()
      if (dependency === undefined) {
        state.set(top.name, 'done')
        trail.pop()
      } else if (state.get(dependency) === 'open') {
        addCircle(found, trail, dependency)
      } else if (!state.has(dependency)) {
        state.set(dependency, 'open')
        trail.push({ name: dependency, open: next(dependency) })
      }
    }
  }
  return found
}

/** Where everything depends on everything there are more circles than anybody could look at. */
const addCircle = (found: Contradiction[], trail: readonly { readonly name: string }[], first: string): void => {
  if (found.length === maxProblems) return
  const names = trail.map(({ name }) => name)
  found.push(cycle(names.slice(names.indexOf(first))))
}

/** Services of a circle that are named. */
const maxShown = 20

const cycle = (names: readonly string[]): Contradiction => {
  const [first = ''] = names
  const last = names.at(-1) ?? first
  const shown = names.length > maxShown ? [...names.slice(0, maxShown - 1), '…', last] : names
  const round = [...shown, first].join(' → ')
  return {
    path: ['services', last, 'depends_on', first],
    at: 'key',
    code: 'service/dependency-cycle',
    message:
      names.length === 1
        ? `Service "${first}" depends on itself.`
        : `Services depend on each other in a circle: ${round}.`,
    hint: 'Remove one of the dependencies.',
    related: names.slice(0, Math.min(names.length - 1, maxShown)).map((name, index) => ({
      path: ['services', name, 'depends_on', names[index + 1] ?? first],
      message: `"${name}" depends on "${names[index + 1] ?? first}" here`,
    })),
  }
}
