import type { HttpAsk } from '../../wire/http-transport.ts'

/** Values of a query: objects are sent as JSON, lists as repeated keys, `undefined` not at all. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | object | undefined>>

/** One call to the engine. */
export type Ask = Omit<HttpAsk, 'body' | 'path'> & {
  /** Without the version: `/containers/json`. */
  readonly path: string
  readonly query?: Query | undefined
  /** Sent as JSON. What may hold a secret goes here and never into the query. */
  readonly json?: object
  readonly body?: Exclude<HttpAsk['body'], undefined>
}

/** An answer that is no success, or a connection that failed, before it is translated for people. */
export type EngineFailure = NodeJS.ErrnoException & { readonly statusCode?: number }
