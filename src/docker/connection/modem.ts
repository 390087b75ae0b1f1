import type { Ask, EngineFailure, Query } from './ask.ts'
import type { EngineConnection } from './engine-connection.ts'
import { toHeaderValue } from './header-value.ts'
import { readAll } from '../../wire/read-body.ts'

/** What dockerode hands to its modem for one call. */
type Dial = {
  /** Ends with `?` where the options are a query. */
  readonly path: string
  readonly method: Ask['method']
  readonly options?: Query & { readonly abortSignal?: AbortSignal; readonly _query?: Query; readonly _body?: object }
  readonly abortSignal?: AbortSignal
  readonly isStream?: boolean
  readonly hijack?: boolean
  readonly file?: Ask['body']
  readonly authconfig?: { readonly base64?: string }
  readonly registryconfig?: object
}

/** What dockerode calls the engine through. */
export type Modem = { dial(dial: Dial, callback: (error: EngineFailure | null, data: unknown) => void): void }

/** Not followed, a log is as long all the same. */
const LOGS = /^\/containers\/[^/]+\/logs\?$/
/** Their options are a body in spite of the `?`. */
const CREATE = /^\/(?:networks|volumes)\/create\?$/

/**
 * dockerode's way to the engine in place of docker-modem, over our own connection. docker-modem sends a call's options in
 * the URL and again in the body, secrets included; here they go into one of them. An abort rejects with the signal's reason,
 * paths always carry the negotiated version, and ssh uses the user's own `ssh`.
 */
export const createModem = (connection: EngineConnection): Modem => {
  const call = async (dial: Dial): Promise<unknown> => {
    const ask = toAsk(dial)
    if (dial.hijack === true) return connection.hijack(ask)
    const response = await connection.open(ask)
    if (dial.isStream === true || LOGS.test(dial.path)) return response
    const text = (await readAll(response, ask.signal)).toString('utf8')
    return text === '' ? undefined : parseAnswer(text)
  }
  return {
    dial(dial, callback) {
      call(dial).then(
        (data) => callback(null, data),
        (error: EngineFailure) => callback(error, null),
      )
    },
  }
}

const toAsk = ({ path, method, authconfig, registryconfig, ...dial }: Dial): Ask => {
  const { abortSignal, _query, _body, hijack: _, authconfig: __, ...options } = dial.options ?? {}
  const file = dial.file === '' ? undefined : dial.file
  const isBody = CREATE.test(path) || (method === 'POST' && !path.endsWith('?'))
  const json = _body ?? (isBody && Object.keys(options).length > 0 ? options : undefined)
  return {
    method,
    path: path.replace(/\?$/, ''),
    query: isBody ? undefined : (_query ?? options),
    signal: dial.abortSignal ?? abortSignal,
    headers: {
      ...(file === undefined ? {} : { 'content-type': 'application/x-tar' }),
      ...(authconfig?.base64 === undefined ? {} : { 'x-registry-auth': authconfig.base64 }),
      ...(registryconfig === undefined || Object.keys(registryconfig).length === 0
        ? {}
        : { 'x-registry-config': toHeaderValue(registryconfig) }),
    },
    isFresh: path === '/_ping',
    ...(file === undefined ? {} : { body: file }),
    ...(json === undefined ? {} : { json }),
  }
}

const parseAnswer = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
