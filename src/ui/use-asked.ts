import { useEffect, useRef, useState } from 'react'
import type { Command } from '../core/events/event.ts'
import type { State } from '../core/state/state.ts'
import type { Asked } from './view/asked.ts'
import { selectChosen, type ViewState } from './view/view-state.ts'

export type ReadVariables = (service: string) => Promise<Readonly<Record<string, string>>>

/** Milliseconds for which a cursor that moves on is not asked for: a key that is held repeats thirty times a second. */
const restOfCursor = 120

/**
 * Asks for what the screen shows, when it begins to show it and when that may have changed. The first is asked for at
 * once; of what comes soon after the one before, only what stays on the screen.
 */
export const useAsked = (asked: Asked | undefined, send: (command: Command) => void) => {
  const latest = useRef(asked)
  useEffect(() => void (latest.current = asked))
  const lastAt = useRef(-Infinity)
  const key = asked === undefined ? undefined : `${asked.command.type} ${asked.key}`
  const everyMs = asked?.everyMs
  useEffect(() => {
    if (key === undefined) return undefined
    const ask = () => latest.current !== undefined && send(latest.current.command)
    const isSoon = performance.now() - lastAt.current < restOfCursor
    lastAt.current = performance.now()
    if (!isSoon) ask()
    const first = isSoon ? setTimeout(ask, restOfCursor) : undefined
    const repeated = everyMs === undefined ? undefined : setInterval(ask, everyMs)
    return () => {
      clearTimeout(first)
      clearInterval(repeated)
    }
  }, [key, everyMs, send])
}

export type RevealInput = {
  readonly view: ViewState
  readonly state: State
  readonly readVariables: ReadVariables | undefined
}

/** The variables of the chosen service as they are, while somebody wants to see them. They are kept here and nowhere else. */
export const useRevealed = ({ view, state, readVariables }: RevealInput) => {
  const [found, setFound] = useState<{ readonly key: string; readonly values: Readonly<Record<string, string>> }>()
  const service = view.reveals ? selectChosen(view, state) : undefined
  const at = state.services.find(({ name }) => name === service)?.inspected?.at
  const key = service === undefined ? undefined : `${service} ${at ?? ''}`
  useEffect(() => {
    if (service === undefined || key === undefined || readVariables === undefined) return undefined
    let isCurrent = true
    readVariables(service).then(
      (values) => {
        if (isCurrent) setFound({ key, values })
      },
      () => {}, // the engine is away: what is hidden stays so
    )
    return () => void (isCurrent = false)
  }, [service, key, readVariables])
  return key !== undefined && found?.key === key ? found.values : undefined
}
