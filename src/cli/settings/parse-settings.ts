import type { Problem } from '../../core/errors/problem.ts'
import { type Entry, isNull, type MapNode, type Node, textOf } from '../../core/compose/tree/node.ts'
import { didYouMean } from '../../core/compose/tree/nearest.ts'
import { createProblemList, type ProblemList } from '../../core/compose/tree/problem-list.ts'
import { parseYaml } from '../../core/compose/yaml/parse-yaml.ts'
import { defaultSettings, type Settings, type ThemeName, themeNames } from '../../ui/settings.ts'
import { parseKeys } from './parse-keys.ts'

/** A person's settings, and all that is wrong with them: then the rest counts. */
export type ReadSettings = { readonly settings: Settings; readonly problems: readonly Problem[] }

/**
 * Settings from the text of their file. What is wrong there is told as a warning with its place, and counts as not written:
 * nobody is kept from the stack by a setting.
 */
export const parseSettings = (file: string, text: string): ReadSettings => {
  const problems = createProblemList()
  const [document] = parseYaml({ file, text }, problems) ?? []
  const settings = document?.root === undefined ? defaultSettings : toSettings(document.root, problems)
  const found = [...problems.list('error', [file]), ...problems.list('warning', [file])]
  return { settings, problems: found.map((problem) => ({ ...problem, severity: 'warning' })) }
}

const names = {
  theme: 'theme',
  keys: 'keys',
  timestamps: 'timestamps',
  wrap: 'wrap',
  mouse: 'mouse',
  'screen-reader': 'screenReader',
} as const satisfies Record<string, keyof Settings>

/** What can be set, as it is written. */
export const settingNames = Object.keys(names)

const toSettings = (root: Node, problems: ProblemList): Settings => {
  if (root.kind !== 'map') {
    problems.warn(root, 'settings/bad-value', 'Settings are written as "name: value", one a line.')
    return defaultSettings
  }
  warnOfOthers(root, problems)
  const flag = (name: keyof typeof names, otherwise: boolean): boolean =>
    toFlag(root.entries.get(name), { name, otherwise, problems })
  return {
    theme: toTheme(root.entries.get('theme'), problems),
    keys: parseKeys(root.entries.get('keys')?.value, problems),
    timestamps: flag('timestamps', defaultSettings.timestamps),
    wrap: flag('wrap', defaultSettings.wrap),
    mouse: flag('mouse', defaultSettings.mouse),
    screenReader: flag('screen-reader', defaultSettings.screenReader),
  }
}

const warnOfOthers = (root: MapNode, problems: ProblemList): void => {
  for (const [name, { key }] of root.entries)
    if (!Object.hasOwn(names, name))
      problems.warn(key, 'settings/unknown-name', `There is no setting "${name}".`, {
        path: name,
        hint: () => didYouMean(name, settingNames) ?? `Settings are ${settingNames.join(', ')}.`,
      })
}

const toTheme = (entry: Entry | undefined, problems: ProblemList): ThemeName => {
  if (entry === undefined || isNull(entry.value)) return defaultSettings.theme
  const text = textOf(entry.value)
  const theme = themeNames.find((name) => name === text)
  if (theme !== undefined) return theme
  problems.warn(entry.value, 'settings/bad-value', `The theme is one of ${themeNames.join(', ')}.`, {
    path: 'theme',
    hint: () => (text === undefined ? undefined : didYouMean(text, themeNames)),
  })
  return defaultSettings.theme
}

const toFlag = (
  entry: Entry | undefined,
  { name, otherwise, problems }: { readonly name: string; readonly otherwise: boolean; readonly problems: ProblemList },
): boolean => {
  if (entry === undefined || isNull(entry.value)) return otherwise
  const { value } = entry
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
  problems.warn(value, 'settings/bad-value', `"${name}" is true or false.`, { path: name })
  return otherwise
}
