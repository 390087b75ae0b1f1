import { toShellText } from '../core/events/command-line.ts'
import { commandsKept } from '../core/state/state.ts'
import type { Command } from '../core/events/event.ts'
import { plural } from './text/format.ts'
import type { Effect } from './view/effect.ts'
import { type Program, toProgramWords } from './view/program.ts'
import type { ViewState } from './view/view-state.ts'

/** Programs that take the terminal while the dashboard steps aside. */
export type Aside = {
  /** The first shell that is in the running container of a service; undefined: it has none. */
  readonly findShell: (service: string) => Promise<string | undefined>
  /** Runs our own tool with these words; `stays`: what it has printed is read before the dashboard comes back. The exit code. */
  readonly run: (words: readonly string[], options: { readonly stays: boolean }) => Promise<number>
}

/** Gives the terminal away until something has happened. */
export type Suspend = (until: () => Promise<void>) => Promise<void>

/** What the world outside the screen offers; what is absent cannot be done. */
export type Outside = {
  readonly send: (command: Command) => void
  readonly openUrl: ((url: string) => void) | undefined
  readonly copyText: (text: string) => void
  /** Writes lines into a file, and tells where it is. */
  readonly saveLines: ((name: string, lines: readonly string[]) => Promise<string>) | undefined
  readonly showProjects: (() => void) | undefined
  readonly aside: Aside | undefined
  /** Stops the process, and resolves when it goes on. */
  readonly suspension: { readonly stop: (() => Promise<void>) | undefined }
  readonly now: () => number
}

export type Performing = {
  readonly suspend: Suspend
  /** Changes the view as it is by then. */
  readonly change: (change: (view: ViewState) => ViewState) => void
}

/** Does what a key asks of the world outside the screen. */
export const perform = (effect: Effect, props: Outside, performing: Performing): void => {
  const { suspend, change } = performing
  switch (effect.kind) {
    case 'send':
      return props.send(effect.command)
    case 'open':
      return props.openUrl?.(effect.text)
    case 'copy':
      return props.copyText(effect.text)
    case 'save':
      return void save(effect, props).then((notice) => change((view) => ({ ...view, notice })))
    case 'projects':
      return props.showProjects?.()
    case 'suspend':
      return props.suspension.stop === undefined ? undefined : void suspend(props.suspension.stop)
    case 'aside':
      return void stepAside(effect.program, props, performing).catch((error: unknown) =>
        change((view) => ({ ...view, notice: (error as Error).message })),
      )
  }
}

const stepAside = async (program: Program, { aside, now }: Outside, { suspend, change }: Performing) => {
  const tell = (notice: string) => change((view) => ({ ...view, notice }))
  if (aside === undefined) return tell('There is no terminal to give away.')
  const shell = program.kind === 'shell' ? await aside.findShell(program.service) : ''
  if (shell === undefined) return change((view) => offerDebug(view, program.service))
  const words = toProgramWords(program, shell)
  const line = `stack ${toShellText(words)}`
  const at = now()
  let exit = 0
  await suspend(async () => {
    exit = await aside.run(words, { stays: program.kind === 'exec' })
  })
  // How a person leaves a shell is their matter.
  const outcome = exit === 0 || program.kind !== 'exec' ? ('done' as const) : ('failed' as const)
  return change((view) => ({
    ...view,
    notice: `Back from "${line}"${exit === 0 ? '' : `, which ended with ${exit}`}.`,
    ran: [...view.ran, { id: `ran.${at}`, line, at, outcome, ms: now() - at }].slice(-commandsKept),
  }))
}

const offerDebug = (view: ViewState, service: string): ViewState => ({
  ...view,
  asking: {
    title: `${service} has no shell`,
    text: [
      `One of another image can be opened beside it, with its processes, network and volumes. The container itself stays as it is.`,
    ],
    yes: 'open it',
    effect: { kind: 'aside', program: { kind: 'debug', service } },
  },
})

const save = async ({ name, lines }: Extract<Effect, { kind: 'save' }>, { saveLines }: Outside): Promise<string> => {
  if (saveLines === undefined) return 'There is nowhere to save to.'
  try {
    const all = lines()
    return `Saved ${plural(all.length, 'line')} to ${await saveLines(name, all)}`
  } catch (error) {
    return `Not saved: ${(error as Error).message}`
  }
}
