import { Box, useApp, useWindowSize } from 'ink'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Store } from '../core/state/store.ts'
import type { AppProps, Suspension } from './app-props.ts'
import { toLogWidth } from './layout.ts'
import { selectNextAge } from './next-age.ts'
import { Pane } from './pane.tsx'
import type { Suspend } from './perform.ts'
import { composeScreen, type Screen } from './screen.ts'
import { useCalmNews, useGround, useMouse, useWatched } from './terminal/use-terminal.ts'
import { useAsked, useRevealed } from './use-asked.ts'
import { useKeys } from './use-keys.ts'
import { selectAsked } from './view/asked.ts'
import { selectLogServices, type ViewState } from './view/view-state.ts'

/** The dashboard: reads the store, keeps what belongs to the screen, and turns keys into commands. */
export const App = (props: AppProps) => {
  const { store, now, onView, input, toTheme } = props
  const { columns, rows } = useWindowSize()
  const [view, setView] = useState(props.initial)
  useEffect(() => onView?.(view), [onView, view])
  const subscribe = useCalmNews(store, input)
  const state = useSyncExternalStore(subscribe, store.getState)
  const isLight = useGround(input)
  const theme = useMemo(() => toTheme(isLight), [toTheme, isLight])
  const services = selectLogServices(view, state)
  useLogVersion(store, { services, subscribe })
  const moment = now()
  useTick(toNextTick(selectNextAge(state, moment), view))
  useExitWith(state.exit)
  const isWatched = useWatched(input)
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
    theme,
    unicode: props.unicode,
    revealed,
    formatTime: props.formatTime,
  })
  const asked = selectAsked({ view, state, hasInspector: screen.layout.inspector > 0 })
  useAsked(asked, props.send)
  useKeys(props, { setView, screen, suspend })
  useMouse(input, view.mouse)
  useMeasured(props, isAway || !isWatched ? [] : screen.shown)
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
const useLogVersion = (
  store: Store,
  { services, subscribe }: { readonly services: readonly string[] | undefined; readonly subscribe: Store['subscribe'] },
) => {
  const [, setVersion] = useState(() => store.logs.version(services))
  const names = services?.join('\n')
  useEffect(() => {
    const read = () => setVersion(store.logs.version(names?.split('\n')))
    read()
    return subscribe(read)
  }, [store, subscribe, names])
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
