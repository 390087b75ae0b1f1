import { useInput, usePaste } from 'ink'
import { useRef } from 'react'
import type { State } from '../core/state/state.ts'
import type { AppProps } from './app-props.ts'
import { perform, type Suspend } from './perform.ts'
import { findUiCommand, keyOf, type Keymap } from './keys/keymap.ts'
import { toControlName, toKeyName } from './keys/key-names.ts'
import type { Screen } from './screen.ts'
import { useReports } from './terminal/use-terminal.ts'
import type { CommandContext, Handled } from './view/handled.ts'
import { selectLogQuery } from './view/log-query.ts'
import { pointAt } from './view/mouse-commands.ts'
import { withTyped } from './view/typing.ts'
import { updateView } from './view/update-view.ts'
import { selectKeyScope, type ViewState } from './view/view-state.ts'

type Screening = {
  readonly setView: (view: ViewState) => void
  readonly screen: Screen
  readonly suspend: Suspend
}

/** Keys, what is pasted and the mouse: each works on what the one before it left. */
export const useKeys = (props: AppProps, { setView, screen, suspend }: Screening) => {
  const { store } = props
  // Keys come faster than frames: each works on what the one before it left.
  const latest = useRef(props.initial)

  const change = (next: (view: ViewState) => ViewState) => {
    latest.current = next(latest.current)
    setView(latest.current)
  }

  const toContext = (state: State): CommandContext => ({
    view: latest.current,
    state,
    keys: props.keys,
    logs: store.logs,
    query: selectLogQuery(latest.current, state),
    now: props.now(),
    formatTime: props.formatTime,
    logHeight: screen.logHeight,
    screen: { height: screen.layout.overlay, length: screen.overlayLength },
    canOpen: props.openUrl !== undefined,
  })
  const take = (handled: Handled) => {
    latest.current = handled.view
    for (const effect of handled.effects) perform(effect, props, { suspend, change })
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
    take(updateView(command, toContext(state)))
  }

  /** Pasted text is no key: it goes into the filter that is being typed, or nowhere. */
  const paste = (text: string) => {
    const isTyping = selectKeyScope(latest.current, store.getState()) === 'typing'
    const [line = ''] = text.split(/[\r\n]/)
    if (isTyping) act(undefined, line.replaceAll(/\p{Cc}/gu, ''))
    else latest.current = { ...latest.current, notice: toPasteNotice(props.keys) }
    setView(latest.current)
  }

  useReports(props.input, (report) => {
    if (report.kind !== 'click' && report.kind !== 'wheelUp' && report.kind !== 'wheelDown') return
    take(pointAt(report, toContext(store.getState()), screen))
    setView(latest.current)
  })
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
