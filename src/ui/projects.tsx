import { Box, render, useApp, useInput, useWindowSize } from 'ink'
import { useEffect, useRef, useState } from 'react'
import type { ListedProject } from '../core/plan/listed-projects.ts'
import { toControlName, toKeyName } from './keys/key-names.ts'
import { Pane } from './pane.tsx'
import { selectProject, toProjectRows } from './rows/project-rows.ts'
import type { ThemeName } from './settings.ts'
import { createChosenTheme, type Theme } from './theme.ts'

export type ProjectsOptions = {
  /** Tells the projects, now and whenever they are others; the result ends that. */
  readonly follow: (onChange: (projects: readonly ListedProject[]) => void) => () => void
  /** The project that was looked at before. */
  readonly current?: string
  readonly notice?: string
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly colour: boolean
  readonly unicode: boolean
  /** Absent: `auto`. */
  readonly theme?: ThemeName
  readonly isLight?: boolean
}

export type ProjectsScreen = {
  /** The name of the project that was chosen; undefined: none. */
  readonly chosen: Promise<string | undefined>
  readonly unmount: () => void
}

/** Shows all projects of the engine, until one is chosen or somebody leaves. */
export const mountProjects = (options: ProjectsOptions): ProjectsScreen => {
  let chosen: string | undefined
  const theme = createChosenTheme(options.theme ?? 'auto', options)
  const instance = render(<Projects {...options} theme={theme} onChoice={(name) => void (chosen = name)} />, {
    stdin: options.stdin,
    stdout: options.stdout,
    alternateScreen: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  return {
    chosen: instance.waitUntilExit().then(() => chosen),
    unmount: () => instance.unmount(),
  }
}

type Props = Omit<ProjectsOptions, 'theme'> & { readonly theme: Theme; readonly onChoice: (name: string) => void }

const Projects = ({ follow, current, notice, theme, onChoice }: Props) => {
  const { columns, rows } = useWindowSize()
  const { exit } = useApp()
  const [projects, setProjects] = useState<readonly ListedProject[]>()
  const [selected, setSelected] = useState(current)
  useEffect(() => follow(setProjects), [follow])
  // Keys come faster than frames.
  const latest = useRef(selected)

  const move = (by: number) => {
    const at = projects?.indexOf(selectProject(projects, latest.current)!) ?? -1
    latest.current = projects?.[Math.max(0, Math.min(projects.length - 1, at + by))]?.name
    setSelected(latest.current)
  }
  const onKey = (key: string) => {
    if (key === 'up' || key === 'k') return move(-1)
    if (key === 'down' || key === 'j') return move(1)
    if (key === 'home' || key === 'g') return move(-Infinity)
    if (key === 'end' || key === 'G') return move(Infinity)
    if (key === 'pageup' || key === 'pagedown') return move(key === 'pageup' ? -rows : rows)
    if (key === 'esc' || key === 'q' || key === 'ctrl-c' || key === 'd') return exit()
    if (key !== 'enter') return undefined
    const project = selectProject(projects, latest.current)
    if (project === undefined) return undefined
    onChoice(project.name)
    return exit()
  }
  useInput((input, key) => {
    const name = toKeyName(input, key)
    if (name !== undefined) return onKey(name)
    // One chunk may hold several keys.
    for (const char of input) onKey(toControlName(char) ?? char)
    return undefined
  })
  // A frame as high as the terminal makes it scroll.
  const height = Math.max(1, rows - 1)
  const shown = toProjectRows({ projects, selected, current, notice, theme }, { width: columns, height })
  return (
    <Box flexDirection="column" width={columns}>
      <Pane rows={shown} height={height} width={columns} />
    </Box>
  )
}
