import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Command } from '../core/events/event.ts'
import type { Store } from '../core/state/store.ts'
import { toLogWidth } from './layout.ts'
import { findUiCommand, keyOf, type Keymap } from './keys/keymap.ts'
import { toControlName, toKeyName } from './keys/key-names.ts'
import { selectNextAge } from './next-age.ts'
import { Pane } from './pane.tsx'
import { composeScreen, type Screen } from './screen.ts'
import { plural } from './text/format.ts'
import type { Theme } from './theme.ts'
import { type ReadVariables, useAsked, useRevealed } from './use-asked.ts'
import type { Effect } from './view/effect.ts'
import { selectAsked } from './view/asked.ts'
import { selectLogQuery } from './view/log-query.ts'
import { withTyped } from './view/typing.ts'
import { updateView } from './view/update-view.ts'
import { selectKeyScope, selectLogServices, type ViewState } from './view/view-state.ts'

export type AppProps = {
  readonly store: Store
  readonly send: (command: Command) => void
  readonly keys: Keymap
  /** What the screen begins with. */
  readonly initial: ViewState
  readonly onView: ((view: ViewState) => void) | undefined
  readonly theme: Theme
  readonly unicode: boolean
  readonly now: () => number
  readonly formatTime: (at: number) => string
  readonly openUrl: ((url: string) => void) | undefined
  readonly copyText: (text: string) => void
  /** Writes lines into a file, and tells where it is. Absent: there is nowhere to write. */
  readonly saveLines: ((name: string, lines: readonly string[]) => Promise<string>) | undefined
  /** Absent: what is hidden stays so. */
  readonly readVariables: ReadVariables | undefined
  readonly suspension: Suspension
  readonly showProjects: (() => void) | undefined
}

/** Steps aside for a while: the terminal is as it was before, and the dashboard's again when the promise resolves. */
export type Suspension = {
  /** Stops the process, and resolves when it goes on. Absent: nobody can stop it. */
  readonly stop: (() => Promise<void>) | undefined
  /** Told how the terminal is given away until something has happened. */
  readonly register: (suspend: Suspend) => void
}
export type Suspend = (until: () => Promise<void>) => Promise<void>

/** The dashboard: reads the store, keeps what belongs to the screen, and turns keys into commands. */
export const App = (props: AppProps) => {
  const { store, now, onView } = props
  const { columns, rows } = useWindowSize()
  const [view, setView] = useState(props.initial)
  useEffect(() => onView?.(view), [onView, view])
  const state = useSyncExternalStore(store.subscribe, store.getState)
  const services = selectLogServices(view, state)
  useLogVersion(store, services)
  const moment = now()
  useTick(toNextTick(selectNextAge(state, moment), view))
  useExitWith(state.exit)
  const { suspend, isAway } = useSuspension(props.suspension)
  const revealed = useRevealed({ view, state, readVariables: props.readVariables })

  const screen = composeScreen({
    state,
    view,
    keys: props.keys,
    logs: store.logs,
    columns,
    rows,
    now: moment,
    theme: props.theme,
    unicode: props.unicode,
    revealed,
    formatTime: props.formatTime,
  })
  const asked = selectAsked({ view, state, hasInspector: screen.layout.inspector > 0 })
  useAsked(asked, props.send)
  useKeys(props, { setView, screen, suspend })
  useMeasured(props, isAway ? [] : screen.shown)
  return <Panes screen={screen} />
}

const Panes = ({ screen }: { readonly screen: Screen }) => {
  const { layout } = screen
  const { columns } = layout
  return (
    <Box flexDirection="column" width={columns}>
      <Pane rows={screen.header} height={layout.header} width={columns} />
      {layout.gap > 0 && <Box height={layout.gap} flexShrink={0} />}
      <Pane rows={screen.overlay} height={layout.overlay} width={columns} />
      <Pane rows={screen.table} height={layout.table} width={columns} />
      <Pane rows={screen.activities} height={layout.activities} width={columns} />
      {layout.logGap > 0 && <Box height={layout.logGap} flexShrink={0} />}
      {layout.logs > 0 && (
        <Box flexDirection="row" height={layout.logs} flexShrink={0} columnGap={1}>
          <Pane rows={screen.logs} height={layout.logs} width={toLogWidth(layout)} />
          <Pane rows={screen.inspector} height={layout.logs} width={layout.inspector} />
          <Pane rows={screen.aside} height={layout.logs} width={layout.aside} />
        </Box>
      )}
      <Pane rows={screen.prompt} height={layout.prompt} width={columns} />
      <Pane rows={screen.problem} height={layout.problem} width={columns} />
      <Pane rows={screen.hints} height={layout.hints} width={columns} />
    </Box>
  )
}

/**
 * Draws again when the store tells of new lines of these services. The version is read then and at no other time: read
 * while drawing, it would be another one each time in a flood, and each frame would ask for one more.
 */
const useLogVersion = (store: Store, services: readonly string[] | undefined) => {
  const [, setVersion] = useState(() => store.logs.version(services))
  const names = services?.join('\n')
  useEffect(() => {
    const read = () => setVersion(store.logs.version(names?.split('\n')))
    read()
    return store.subscribe(read)
  }, [store, names])
}

/** Lines say how long ago they were written only while somebody asks for that. */
const toNextTick = (age: number | undefined, { log }: ViewState): number | undefined =>
  log.times === 'relative' ? Math.min(age ?? 1000, 1000) : age

/** Draws again when an age on the screen changes, and at no other time. */
const useTick = (ms: number | undefined) => {
  const [, setTick] = useState(0)
  useEffect(() => {
    if (ms === undefined) return undefined
    const timer = setTimeout(() => setTick((tick) => tick + 1), ms)
    return () => clearTimeout(timer)
  })
}

const useExitWith = (exitCode: number | undefined) => {
  const { exit } = useApp()
  useEffect(() => {
    if (exitCode !== undefined) exit()
  }, [exit, exitCode])
}

/** What nobody sees is not measured. */
const useMeasured = ({ send }: AppProps, services: readonly string[]) => {
  const names = services.toSorted().join('\n')
  useEffect(() => send({ type: 'measure', services: names === '' ? [] : names.split('\n') }), [send, names])
  useEffect(() => () => send({ type: 'measure', services: [] }), [send])
}

const useSuspension = ({ register }: Suspension): { readonly suspend: Suspend; readonly isAway: boolean } => {
  const { suspendTerminal } = useApp()
  const [isAway, setAway] = useState(false)
  const away = useRef(false)
  const suspend = useCallback<Suspend>(
    async (until) => {
      if (away.current) return
      away.current = true
      setAway(true)
      await suspendTerminal(until).finally(() => {
        away.current = false
        setAway(false)
      })
    },
    [suspendTerminal],
  )
  useEffect(() => register(suspend), [register, suspend])
  return { suspend, isAway }
}

type Screening = {
  readonly setView: (view: ViewState) => void
  readonly screen: Screen
  readonly suspend: Suspend
}

const useKeys = (props: AppProps, { setView, screen, suspend }: Screening) => {
  const { store } = props
  // Keys come faster than frames: each works on what the one before it left.
  const latest = useRef(props.initial)

  const tell = (notice: string) => {
    latest.current = { ...latest.current, notice }
    setView(latest.current)
  }

  const act = (key: string | undefined, text: string) => {
    const current = latest.current
    const state = store.getState()
    const scope = selectKeyScope(current, state)
    if (scope === 'typing' && key === undefined) {
      latest.current = withTyped(current, (typed) => typed + text)
      return
    }
    const command = findUiCommand(props.keys, { key: key ?? text, scope, pane: current.pane })
    if (command === undefined) return
    const handled = updateView(command, {
      view: current,
      state,
      keys: props.keys,
      logs: store.logs,
      query: selectLogQuery(current, state),
      now: props.now(),
      formatTime: props.formatTime,
      logHeight: screen.logHeight,
      screen: { height: screen.layout.overlay, length: screen.overlayLength },
      canOpen: props.openUrl !== undefined,
    })
    latest.current = handled.view
    for (const effect of handled.effects) perform(effect, props, { suspend, tell })
  }

  /** Pasted text is no key: it goes into the filter that is being typed, or nowhere. */
  const paste = (text: string) => {
    const isTyping = selectKeyScope(latest.current, store.getState()) === 'typing'
    const [line = ''] = text.split(/[\r\n]/)
    if (isTyping) act(undefined, line.replaceAll(/\p{Cc}/gu, ''))
    else latest.current = { ...latest.current, notice: toPasteNotice(props.keys) }
    setView(latest.current)
  }

  usePaste(paste)
  useInput((input, key) => {
    const name = toKeyName(input, key)
    if (name === undefined && isPasted(input)) return paste(input)
    if (name !== undefined) act(name, '')
    else if (!key.ctrl && !key.meta) {
      // One chunk may hold several keys: held keys, over a slow line.
      for (const char of input) act(toControlName(char), char)
    }
    setView(latest.current)
  })
}

const toPasteNotice = (keys: Keymap): string => {
  const key = keyOf(keys, 'filter')
  return `Pasted text is no command.${key === undefined ? '' : ` "${key}" takes it as a filter.`}`
}

/** A terminal that does not mark what is pasted sends it as one chunk of many different characters; keys that are held make chunks of few. */
const isPasted = (input: string): boolean => input.length >= 8 && new Set(input).size > 3

const perform = (
  effect: Effect,
  props: AppProps,
  { suspend, tell }: { readonly suspend: Suspend; readonly tell: (notice: string) => void },
) => {
  switch (effect.kind) {
    case 'send':
      return props.send(effect.command)
    case 'open':
      return props.openUrl?.(effect.text)
    case 'copy':
      return props.copyText(effect.text)
    case 'save':
      return void save(effect, props).then(tell)
    case 'projects':
      return props.showProjects?.()
    case 'suspend':
      return props.suspension.stop === undefined ? undefined : void suspend(props.suspension.stop)
  }
}

const save = async ({ name, lines }: Extract<Effect, { kind: 'save' }>, { saveLines }: AppProps): Promise<string> => {
  if (saveLines === undefined) return 'There is nowhere to save to.'
  try {
    const all = lines()
    return `Saved ${plural(all.length, 'line')} to ${await saveLines(name, all)}`
  } catch (error) {
    return `Not saved: ${(error as Error).message}`
  }
}
