import { Box, render, useApp, useInput, useWindowSize } from 'ink'
import { useEffect, useRef, useState } from 'react'
import type { ListedProject } from '../core/plan/listed-projects.ts'
import { createKeymap } from './keys/create-keymap.ts'
import { findUiCommand, type Keymap, type UiCommand } from './keys/keymap.ts'
import { toControlName, toKeyName } from './keys/key-names.ts'
import { Pane } from './pane.tsx'
import { selectProject, toProjectRows } from './rows/project-rows.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { createChosenTheme, type Theme } from './theme.ts'
import { releaseAfter, type TerminalInput } from './terminal/terminal-input.ts'
import { useGround } from './terminal/use-terminal.ts'

export type ProjectsOptions = {
  /** Tells the projects, now and whenever they are others; the result ends that. */
  readonly follow: (onChange: (projects: readonly ListedProject[]) => void) => () => void
  /** The project that was looked at before. */
  readonly current?: string
  readonly notice?: string
  readonly input: TerminalInput
  readonly stdout: NodeJS.WriteStream
  readonly colour: boolean
  readonly unicode: boolean
  /** What a person has chosen; absent: as it is delivered. */
  readonly settings?: Settings
}

export type ProjectsScreen = {
  /** The name of the project that was chosen; undefined: none. */
  readonly chosen: Promise<string | undefined>
  readonly unmount: () => void
}

/** Shows all projects of the engine, until one is chosen or somebody leaves. */
export const mountProjects = (options: ProjectsOptions): ProjectsScreen => {
  const { input, settings = defaultSettings } = options
  let chosen: string | undefined
  input.take()
  const instance = render(
    <Projects
      {...options}
      keys={createKeymap(settings.keys)}
      toTheme={(isLight) => createChosenTheme(settings.theme, { ...options, isLight })}
      onChoice={(name) => void (chosen = name)}
    />,
    {
      stdin: input.stdin,
      stdout: options.stdout,
      alternateScreen: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  )
  return {
    chosen: releaseAfter(input, instance.waitUntilExit()).then(() => chosen),
    unmount: () => instance.unmount(),
  }
}

type Props = Omit<ProjectsOptions, 'settings'> & {
  readonly keys: Keymap
  readonly toTheme: (isLight: boolean) => Theme
  readonly onChoice: (name: string) => void
}

/** How far a command goes in the list, in rows. */
const toStep = (command: UiCommand | undefined, page: number): number | undefined => {
  switch (command) {
    case 'up':
    case 'down':
      return command === 'up' ? -1 : 1
    case 'pageUp':
    case 'pageDown':
      return command === 'pageUp' ? -page : page
    case 'halfUp':
    case 'halfDown':
      return Math.floor(page / 2) * (command === 'halfUp' ? -1 : 1)
    case 'top':
    case 'bottom':
      return command === 'top' ? -Infinity : Infinity
    default:
      return undefined
  }
}

const Projects = ({ follow, current, notice, keys, unicode, input, toTheme, onChoice }: Props) => {
  const { columns, rows } = useWindowSize()
  const { exit } = useApp()
  const [projects, setProjects] = useState<readonly ListedProject[]>()
  const [selected, setSelected] = useState(current)
  const theme = toTheme(useGround(input))
  useEffect(() => follow(setProjects), [follow])
  // Keys come faster than frames.
  const latest = useRef(selected)

  const move = (by: number) => {
    const at = projects?.indexOf(selectProject(projects, latest.current)!) ?? -1
    latest.current = projects?.[Math.max(0, Math.min(projects.length - 1, at + by))]?.name
    setSelected(latest.current)
  }
  const onKey = (key: string) => {
    const command = findUiCommand(keys, { key, scope: 'screen', pane: 'services' })
    const step = toStep(command, rows)
    if (step !== undefined) return move(step)
    if (command === 'back' || command === 'interrupt') return exit()
    if (command !== 'choose') return undefined
    const project = selectProject(projects, latest.current)
    if (project === undefined) return undefined
    onChoice(project.name)
    return exit()
  }
  useInput((text, key) => {
    const name = toKeyName(text, key)
    if (name !== undefined) return onKey(name)
    // One chunk may hold several keys.
    for (const char of text) onKey(toControlName(char) ?? char)
    return undefined
  })
  // A frame as high as the terminal makes it scroll.
  const height = Math.max(1, rows - 1)
  const shown = toProjectRows({ projects, selected, current, notice, keys, unicode, theme }, { width: columns, height })
  return (
    <Box flexDirection="column" width={columns}>
      <Pane rows={shown} height={height} width={columns} />
    </Box>
  )
}
