import type { EventBody } from '../core/events/event.ts'
import type { Emit } from './emitter.ts'

/** What has been begun of a run, as far as it decides what an end of the run leaves behind. */
export type Overtaking = {
  readonly emit: Emit
  /** Ends the run. */
  readonly signal: AbortSignal
  /** A step was begun that touches more than an image. */
  readonly hasTouched: () => boolean
}

type Asked = { readonly emit: Emit; readonly overtaken?: AbortSignal }

/**
 * Listens to a run, so that something newer may take its place: that ends it as long as images alone are brought, for whose
 * containers nothing has happened then. Once a container is being made anew the run goes on to its end: what it was begun for is
 * nearly there, and a service between two containers is of use to nobody.
 */
export const listenForOvertaking = ({ emit, overtaken }: Asked, signal: AbortSignal): Overtaking => {
  const controller = new AbortController()
  let hasTouched = false
  const overtake = (): void => {
    if (!hasTouched) controller.abort(overtaken?.reason)
  }
  overtaken?.addEventListener('abort', overtake, { once: true })
  if (overtaken?.aborted === true) overtake()
  return {
    emit: (event) => {
      if (event.type === 'step/started' && !bringsImage(event.kind)) hasTouched = true
      emit(controller.signal.aborted ? toOvertaken(event) : event)
    },
    signal: overtaken === undefined ? signal : AbortSignal.any([signal, controller.signal]),
    hasTouched: () => hasTouched,
  }
}

const bringsImage = (kind: string): boolean => kind === 'image/pull' || kind === 'image/build'

const toOvertaken = (event: EventBody): EventBody =>
  event.type === 'step/ended' && event.because === 'cancelled' ? { ...event, because: 'overtaken' } : event
