import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Store } from '../../core/state/store.ts'
import type { TerminalReport } from './reports.ts'
import type { TerminalInput } from './terminal-input.ts'

/** What the terminal says. */
export const useReports = (input: TerminalInput, hear: (report: TerminalReport) => void): void => {
  const latest = useRef(hear)
  useEffect(() => void (latest.current = hear))
  useEffect(() => input.subscribe((report) => latest.current(report)), [input])
}

/** The ground as it is known now. */
export const useGround = (input: TerminalInput): boolean => useSyncExternalStore(input.subscribe, input.isLight)

/** Clicks and the wheel are told while somebody wants them. */
export const useMouse = (input: TerminalInput, on: boolean): void => {
  useEffect(() => {
    input.setMouse(on)
    return () => input.setMouse(false)
  }, [input, on])
}

/** With the second for ages that changes once in it, four frames a second. */
const restMs = 334

/** News of the store, three times a second while the person is elsewhere; all that waits is told when they are back. */
export const useCalmNews = (store: Store, input: TerminalInput): Store['subscribe'] =>
  useMemo(() => (listener: () => void) => followCalmly(store.subscribe, input, listener), [store, input])

export const followCalmly = (
  subscribe: Store['subscribe'],
  input: Pick<TerminalInput, 'isFocused' | 'subscribe'>,
  listener: () => void,
): (() => void) => {
  let resting: ReturnType<typeof setTimeout> | undefined
  let isNew = false
  const wake = (): void => {
    clearTimeout(resting)
    resting = undefined
    if (isNew) tell()
  }
  const tell = (): void => {
    isNew = false
    if (!input.isFocused()) resting = setTimeout(wake, restMs)
    listener()
  }
  const ends = [
    subscribe(() => {
      isNew = true
      if (resting === undefined) tell()
    }),
    input.subscribe((report) => {
      if (report.kind === 'focus' && report.focused) wake()
    }),
    () => clearTimeout(resting),
  ]
  return () => ends.forEach((end) => end())
}

/** Who looks elsewhere for so long is not measured for; beside an editor the numbers go on for a while. */
const watchedMs = 30_000

/** Whether somebody may be looking. */
export const useWatched = (input: TerminalInput): boolean => {
  const isFocused = useSyncExternalStore(input.subscribe, input.isFocused)
  const [isLeft, setLeft] = useState(false)
  useEffect(() => {
    if (isFocused) return undefined
    const timer = setTimeout(() => setLeft(true), watchedMs)
    return () => {
      clearTimeout(timer)
      setLeft(false)
    }
  }, [isFocused])
  return isFocused || !isLeft
}
