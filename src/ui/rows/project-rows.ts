import type { ListedProject } from '../../core/plan/listed-projects.ts'
import type { Tone } from '../../core/state/service-status.ts'
import { textWidth } from '../../wire/cell-width.ts'
import { keyOf, type Keymap } from '../keys/keymap.ts'
import { composeRow, type Segment } from '../text/compose-row.ts'
import { fit } from '../text/fit.ts'
import type { Theme } from '../theme.ts'

export type ProjectRowsInput = {
  /** Undefined: the engine has not answered yet. */
  readonly projects: readonly ListedProject[] | undefined
  /** Name of the chosen one; absent: the first that runs. */
  readonly selected: string | undefined
  /** The one that was looked at before. */
  readonly current: string | undefined
  /** What went wrong with the last choice. */
  readonly notice: string | undefined
  readonly keys: Keymap
  readonly unicode: boolean
  readonly theme: Theme
}

/** The chosen one: that of this name, or else the first that runs, or the first. */
export const selectProject = (
  projects: readonly ListedProject[] | undefined,
  name: string | undefined,
): ListedProject | undefined =>
  projects?.find((one) => one.name === name) ?? projects?.find(({ up }) => up > 0) ?? projects?.[0]

/** The list of all projects of an engine, as a whole screen. */
export const toProjectRows = (
  input: ProjectRowsInput,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] => {
  const { projects, notice, current, keys, unicode, theme } = input
  const { ellipsis, warning, tones } = theme.symbols
  const running = projects?.filter(({ up }) => up > 0).length ?? 0
  const head = composeRow(
    [
      { text: ' stack', paint: (text) => theme.bold(theme.accent(text)) },
      { text: '   projects of this engine', paint: theme.dim },
    ],
    {
      width,
      ellipsis,
      right: projects === undefined ? [] : [{ text: `${running} of ${projects.length} running ` }],
    },
  )
  const bar = composeRow(
    [
      ...toHint(theme, theme.symbols.vertical, 'choose'),
      ...toHint(theme, keyOf(keys, 'choose', unicode), 'open'),
      ...toHint(theme, keyOf(keys, 'back', unicode), current === undefined ? 'leave' : `back to ${current}`),
    ],
    { width, ellipsis },
  )
  const word =
    notice === undefined
      ? []
      : [composeRow([{ text: ` ${tones.bad} ${notice}`, paint: theme.warn }], { width, ellipsis })]
  const room = Math.max(1, height - 4 - word.length)
  const body =
    projects === undefined
      ? [' asking the engine']
      : projects.length === 0
        ? [` ${warning} no project is there; "stack up" in the folder of a stack file makes one`]
        : toList(input, projects, { width, room })
  const blank = ' '.repeat(width)
  const filled = Array.from({ length: room }, (_, index) => body[index] ?? blank)
  return [head, blank, ...filled, ...word, blank, bar].slice(0, height)
}

const toHint = (theme: Theme, key: string | undefined, text: string): readonly Segment[] =>
  key === undefined
    ? []
    : [
        { text: ` ${key}`, paint: theme.accent },
        { text: ` ${text} `, paint: theme.dim },
      ]

const toList = (
  { selected, theme }: ProjectRowsInput,
  projects: readonly ListedProject[],
  { width, room }: { readonly width: number; readonly room: number },
): readonly string[] => {
  const { symbols } = theme
  const { ellipsis } = symbols
  const chosen = selectProject(projects, selected)
  const at = chosen === undefined ? 0 : projects.indexOf(chosen)
  const names = Math.min(
    Math.max(...projects.map(({ name }) => textWidth(name)), 7),
    Math.max(10, Math.floor(width * 0.4)),
  )
  const states = Math.max(...projects.map((one) => textWidth(toStateText(one))), 5)
  const counts = Math.max(...projects.map((one) => toUpText(one).length), 2)
  const hasFolders = width - names - states - counts >= 30
  const rows = Math.max(1, room - 1)
  const from = Math.max(0, Math.min(at - Math.floor(rows / 2), projects.length - rows))
  const heading = composeRow(
    [
      {
        text: `     ${fit('PROJECT', names)}  ${fit('UP', counts)}  ${fit('STATE', states)}  ${hasFolders ? 'FOLDER' : ''}`,
        paint: theme.dim,
      },
    ],
    { width, ellipsis },
  )
  const toRow = (project: ListedProject): string => {
    const tone = toTone(project)
    const row = composeRow(
      [
        { text: project === chosen ? ` ${symbols.selected} ` : '   ', paint: theme.accent },
        { text: `${symbols.tones[tone]} `, paint: (text) => theme.tone(tone, text) },
        { text: fit(project.name, names, { ellipsis }) },
        { text: `  ${fit(toUpText(project), counts)}` },
        { text: `  ${fit(toStateText(project), states)}`, paint: (text) => theme.tone(tone, text) },
        ...(hasFolders ? [{ text: `  ${project.directory ?? ''}`, paint: theme.dim }] : []),
      ],
      { width, ellipsis },
    )
    return project === chosen ? theme.bold(row) : row
  }
  return [heading, ...projects.slice(from, from + rows).map(toRow)]
}

const toTone = ({ up, done, bad, services }: ListedProject): Tone =>
  bad > 0 ? 'bad' : up === 0 ? 'calm' : up + done < services ? 'busy' : 'good'

/** Services: `2/3`; what ran to its end as it should counts as up, as in the dashboard. */
const toUpText = ({ up, done, services }: ListedProject): string => `${up + done}/${services}`

/** Containers: `2 running, 1 exited` */
const toStateText = ({ states }: ListedProject): string =>
  states.map(({ state, count }) => `${count} ${state}`).join(', ')
