import { render } from 'ink'
import type { Command } from '../core/events/event.ts'
import type { Store } from '../core/state/store.ts'
import { App } from './app.tsx'
import type { Suspension } from './app-props.ts'
import type { Aside, Suspend } from './perform.ts'
import { createKeymap } from './keys/create-keymap.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { createRowMarks, RowMarksContext, withRows } from './row-marks.ts'
import { formatTime } from './text/format.ts'
import { createChosenTheme } from './theme.ts'
import { releaseAfter, type TerminalInput } from './terminal/terminal-input.ts'
import { initialViewState, type ViewState } from './view/view-state.ts'
import type { ReadVariables } from './use-asked.ts'

export type DashboardOptions = {
  readonly store: Store
  readonly send: (command: Command) => void
  /** Keys, and what the terminal says. */
  readonly input: TerminalInput
  readonly stdout: NodeJS.WriteStream
  /** Whether colours may be used: false for NO_COLOR. Bold and dim text stay. */
  readonly colour: boolean
  /** Whether the terminal shows more than ASCII; absent: it does. */
  readonly unicode?: boolean
  /** What a person has chosen; absent: as it is delivered. */
  readonly settings?: Settings
  /** What the screen begins with, instead of what the settings say: it was shown before. */
  readonly view?: ViewState
  /** Told what belongs to the screen, whenever it is another. */
  readonly onView?: (view: ViewState) => void
  /** A word that is shown until the first key. */
  readonly notice?: string
  /** Whether the terminal shows links (OSC 8); absent: it is not known to. */
  readonly links?: boolean
  /** Milliseconds since the epoch, for ages on the screen. */
  readonly now: () => number
  /** Time of day of a log line; absent: local time with milliseconds. */
  readonly formatTime?: (at: number) => string
  /** Write only lines that changed: cheaper for a slow line (SSH), dearer for the processor. */
  readonly incremental?: boolean
  /** Opens a browser; absent: the address is shown instead. */
  readonly openUrl?: (url: string) => void
  /** The variables of a service's container as they are, secrets too; absent: what is hidden stays so. */
  readonly readVariables?: ReadVariables
  /** Stops the process, and resolves when it goes on; absent: Ctrl-Z does nothing. */
  readonly stop?: () => Promise<void>
  /** Programs that take the terminal for a while; absent: none can. */
  readonly aside?: Aside
  /** Somebody wants to see the list of all projects. */
  readonly showProjects?: () => void
  /** Absent: the terminal is asked to copy (OSC 52). */
  readonly copyText?: (text: string) => void
  /** Writes lines into a file of that name, and tells where it is; absent: the log cannot be saved. */
  readonly saveLines?: (name: string, lines: readonly string[]) => Promise<string>
}

export type Dashboard = {
  /** Ends when the session has ended or `unmount` was called, with the terminal as it was before; fails when drawing does. */
  readonly waitUntilExit: () => Promise<void>
  readonly unmount: () => void
  /** Gives the terminal back, stops the process, and takes the terminal again when it goes on. */
  readonly suspend: () => Promise<void>
  /** Takes the terminal again: whoever stopped the process from outside has left it in another state. */
  readonly resume: () => Promise<void>
}

/**
 * Opens the dashboard on the alternate screen, with the keyboard in raw mode. Ctrl-C is then a key and becomes the
 * command `quit`; signals are the caller's business, who sends the same command and may call `unmount` at any time.
 */
export const mountDashboard = (options: DashboardOptions): Dashboard => {
  const { store, send, input, stdout, now, unicode = true, links = false, settings = defaultSettings } = options
  let suspend: Suspend = (until) => until()
  const suspension: Suspension = { stop: options.stop, register: (next) => void (suspend = next) }
  const { colour } = options
  // Before the first frame: a terminal writes what is typed where the cursor stands, until somebody takes the keys.
  input.take()
  const marks = createRowMarks()
  const instance = render(
    <RowMarksContext value={marks}>
      <App
        store={store}
        send={send}
        keys={createKeymap(settings.keys)}
        initial={options.view ?? toInitialView(settings, options.notice)}
        onView={options.onView}
        toTheme={(isLight) => createChosenTheme(settings.theme, { colour, unicode, links, isLight })}
        input={input}
        unicode={unicode}
        now={now}
        formatTime={options.formatTime ?? formatTime}
        openUrl={options.openUrl}
        suspension={suspension}
        aside={options.aside}
        saveLines={options.saveLines}
        showProjects={options.showProjects}
        readVariables={options.readVariables}
        copyText={options.copyText ?? ((text) => copyByTerminal(text, stdout))}
      />
    </RowMarksContext>,
    {
      stdin: input.stdin,
      stdout: withRows(stdout, marks),
      alternateScreen: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
      // News comes thirty times a second at most, which the store sees to. A key does not wait for as long after such a frame:
      // it is seen within a sixtieth of a second.
      maxFps: 60,
      incrementalRendering: options.incremental ?? false,
    },
  )
  return {
    waitUntilExit: () => releaseAfter(input, instance.waitUntilExit()),
    unmount: () => instance.unmount(),
    suspend: () => suspend(options.stop ?? (async () => {})),
    resume: () => suspend(async () => {}),
  }
}

/** Works over SSH, too; terminals that do not know it, or do not allow it, ignore it. */
const copyByTerminal = (text: string, stdout: NodeJS.WriteStream) => {
  const bytes = new TextEncoder().encode(text)
  stdout.write(`\u001b]52;c;${btoa(String.fromCharCode(...bytes))}\u0007`)
}

const toInitialView = ({ wrap, timestamps, mouse }: Settings, notice: string | undefined): ViewState => ({
  ...initialViewState,
  mouse,
  log: { ...initialViewState.log, wrap, times: timestamps ? 'absolute' : 'off' },
  ...(notice === undefined ? {} : { notice }),
})
