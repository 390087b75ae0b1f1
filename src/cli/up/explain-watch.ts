import { relative } from 'node:path'
import type { BackRule } from '../../core/project/back-rules.ts'
import type { Project } from '../../core/project/project.ts'
import type { WatchRule } from '../../core/project/service.ts'
import type { Explanation, Fate } from '../../engine/sync/explain-rules.ts'
import type { ServiceRules } from '../../engine/sync/find-rules.ts'

export type ExplainView = {
  readonly project: Project
  /** Paths are told as seen from here. */
  readonly directory: string
}

/** What is watched for a service: each rule, the line that says it, and why. */
export const toRuleLines = (explanation: Explanation, view: ExplainView): readonly string[] => [
  ...toWatchLines(explanation, view),
  ...explanation.back.flatMap((rule, index) => [
    `  ${toBackText(rule, view)}`,
    `    ${placeOfBack(explanation.service, { index, view })}`,
  ]),
]

const toWatchLines = ({ service, rules, mounted }: Explanation, view: ExplainView): readonly string[] => {
  switch (rules.kind) {
    case 'none':
      return [
        `${service}: not watched, for ${rules.why.replace(/\.$/, '')}`,
        ...(rules.hint === undefined ? [] : [`    ${rules.hint}`]),
      ]
    case 'written':
      return [
        `${service}: ${rules.rules.length === 0 ? 'not watched, for its develop section has no rules' : 'watched as its develop section says'}`,
        ...rules.rules.flatMap((rule, index) => [
          `  ${toRuleText(rule, view)}`,
          `    ${placeOf(service, rules, { index, view })}`,
          ...(mounted.includes(rule.path) ? ['    it is also a bind mount, so there is nothing to copy'] : []),
        ]),
      ]
    case 'derived':
      return [
        `${service}: watched as ${rules.dockerfile === undefined ? 'the Dockerfile in the stack file' : toShown(rules.dockerfile, view)} says, for it has no develop section`,
        ...rules.rules.flatMap((one, index) => [
          `  ${toRuleText(one.rule, view)}`,
          `    ${placeOf(service, rules, { index, view })}`,
          `    ${one.why}`,
        ]),
        ...rules.left.map(({ path, mount }) => `  left to the bind mount at ${mount}: ${toShown(path, view)}`),
      ]
  }
}

/** What would happen to a path, for each service that it is anything to. */
export const toFateLines = (
  path: string,
  explanations: readonly Explanation[],
  view: ExplainView,
): readonly string[] => {
  const lines = explanations.flatMap((explanation) => {
    const { service, back, backOf, fateOf } = explanation
    const [fate, index] = [fateOf(path), backOf(path)]
    const rule = index === undefined ? undefined : back[index]
    if (index === undefined || rule === undefined) return toFate(explanation, fate, view)
    return [
      `  ${service}: ${toBackText(rule, view).replace(/ {2,}/, ' ')}`,
      `    ${placeOfBack(service, { index, view })}`,
      ...(fate.kind === 'acts' ? toFate(explanation, fate, view) : []),
    ]
  })
  return [toShown(path, view), ...(lines.length === 0 ? ['  nothing: no rule covers it'] : lines)]
}

const refusals: Readonly<Record<Extract<Fate, { kind: 'refused' }>['by'], string>> = {
  include: 'the rule includes other files only',
  git: 'it belongs to git',
  ignore: 'the rule ignores it',
  dockerignore: 'the .dockerignore keeps it out of the image',
}

const toFate = ({ service, rules }: Explanation, fate: Fate, view: ExplainView): readonly string[] => {
  switch (fate.kind) {
    case 'uncovered':
      return []
    case 'mounted':
      return [
        `  ${service}: nothing to do, for the bind mount of ${toShown(fate.source, view)} at ${fate.target} shows it`,
      ]
    case 'refused':
      return [
        `  ${service}: nothing, for ${refusals[fate.by]}`,
        `    ${placeOf(service, rules, { index: fate.rule, view })}`,
      ]
    case 'acts':
      return [
        `  ${service}: ${fate.action}${fate.targets.length === 0 ? '' : ` to ${fate.targets.join(', ')}`}`,
        ...fate.rules.flatMap((index) => [
          `    ${placeOf(service, rules, { index, view })}`,
          ...(rules.kind === 'derived' ? [`    ${rules.rules[index]?.why ?? ''}`] : []),
        ]),
      ]
  }
}

const toShown = (path: string, { directory }: ExplainView): string => {
  const shown = relative(directory, path)
  return shown === '' ? '.' : shown.startsWith('..') ? path : shown
}

/** `sync+restart src to /app/src, only *.js, without node_modules`. */
const toRuleText = ({ action, path, target, include = [], ignore = [] }: WatchRule, view: ExplainView): string =>
  [
    `${action.padEnd(12)} ${toShown(path, view)}${target === undefined ? '' : ` to ${target}`}`,
    ...toPatternTexts({ include, ignore }),
  ].join(', ')

const toPatternTexts = ({ include, ignore }: Pick<BackRule, 'include' | 'ignore'>): readonly string[] => [
  ...(include.length === 0 ? [] : [`only ${include.join(' ')}`]),
  ...(ignore.length === 0 ? [] : [`without ${ignore.join(' ')}`]),
]

/** `from         /app/generated to generated`, `both ways    lock.json and /app/lock.json`. */
const toBackText = ({ direction, path, target, include, ignore }: BackRule, view: ExplainView): string =>
  [
    direction === 'from'
      ? `${'from'.padEnd(12)} ${target} to ${toShown(path, view)}`
      : `${'both ways'.padEnd(12)} ${toShown(path, view)} and ${target}`,
    ...toPatternTexts({ include, ignore }),
  ].join(', ')

type Place = { readonly index: number; readonly view: ExplainView }

/** `web/Dockerfile:4: COPY . .`, or where the rule is written in the stack file. */
const placeOf = (service: string, rules: ServiceRules, { index, view }: Place): string => {
  if (rules.kind === 'written') return placeInFile(`services.${service}.develop.watch[${index}]`, view)
  const one = rules.kind === 'derived' ? rules.rules[index] : undefined
  if (one === undefined || rules.kind !== 'derived') return ''
  const file = rules.dockerfile === undefined ? 'dockerfile_inline' : toShown(rules.dockerfile, view)
  return one.origin.text === '' ? toShown(one.rule.path, view) : `${file}:${one.origin.line}: ${one.origin.text}`
}

const placeOfBack = (service: string, { index, view }: Place): string =>
  placeInFile(`services.${service}.x-stack.watch[${index}]`, view)

const placeInFile = (path: string, view: ExplainView): string => {
  const { findPlace } = view.project.context
  const span = findPlace(`${path}.path`) ?? findPlace(path)
  return span === undefined ? path : `${toShown(span.file, view)}:${span.line}: ${path}`
}
