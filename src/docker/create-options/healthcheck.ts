import type { Duration, Healthcheck } from '../../core/project/service.ts'
import { parseDuration } from '../../core/project/units.ts'
import { isAtLeast, type ApiVersion } from '../connection/negotiate.ts'

/** What is not said stays out: the image's value holds then, or the engine's default. Nanoseconds. */
export const toHealthcheck = (check: Healthcheck | undefined, api: ApiVersion): object | undefined => {
  if (check === undefined) return undefined
  if (check.disable === true) return { Test: ['NONE'] }
  const time = (key: string, value: Duration | undefined) => {
    const ns = value === undefined ? undefined : parseDuration(value)
    return ns === undefined ? {} : { [key]: ns }
  }
  return {
    ...(check.test === undefined ? {} : { Test: check.test }),
    ...time('Interval', check.interval),
    ...time('Timeout', check.timeout),
    ...time('StartPeriod', check.start_period),
    ...(isAtLeast(api, 1, 44) ? time('StartInterval', check.start_interval) : {}),
    ...(check.retries === undefined ? {} : { Retries: check.retries }),
  }
}
