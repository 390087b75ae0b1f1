import type { IncomingMessage } from 'node:http'
import type { Ask, EngineFailure, Query } from './ask.ts'
import { readAll } from '../../wire/read-body.ts'

/** What dockerode hands to its modem for one call. */
type DialOptions = {
  readonly path: string
  readonly method: Ask['method']
  readonly options?: { readonly _query?: Query; readonly _body?: object; readonly abortSignal?: AbortSignal }
  readonly abortSignal?: AbortSignal
  readonly isStream?: boolean
}
type DialCallback = (error: EngineFailure | null, data: unknown) => void

/**
 * dockerode's way to the engine in place of docker-modem, over our own connection. Only `_query` reaches the URL and only
 * `_body` the body: docker-modem sends a call's whole options in both, secrets in the URL included. An abort rejects with the
 * signal's reason, paths always carry the negotiated version, and ssh uses the user's own `ssh`.
 */
export const createModem = ({ open }: { open(ask: Ask): Promise<IncomingMessage> }): object => {
  const call = async ({ path, method, options, abortSignal, isStream }: DialOptions): Promise<unknown> => {
    const signal = abortSignal ?? options?.abortSignal
    const json = options?._body
    const response = await open({
      method,
      path: path.replace(/\?$/, ''),
      query: options?._query,
      signal,
      ...(json === undefined ? {} : { json }),
    })
    if (isStream === true) return response
    const text = (await readAll(response, signal)).toString('utf8')
    return text === '' ? undefined : parseAnswer(text)
  }
  return {
    dial(options: DialOptions, callback: DialCallback) {
      call(options).then(
        (data) => callback(null, data),
        (error: EngineFailure) => callback(error, null),
      )
    },
  }
}

const parseAnswer = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
