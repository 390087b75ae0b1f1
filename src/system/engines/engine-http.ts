import { createHttpTransport, type HttpAsk } from '../../wire/http-transport.ts'
import { readAll } from '../../wire/read-body.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'

export type EngineRequest = Pick<HttpAsk, 'path' | 'body'> & {
  readonly method?: HttpAsk['method']
  readonly contentType?: string
  readonly signal: AbortSignal
}

export type EngineResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * One plain HTTP request to an engine. For questions that must be cheap or must work before anything else does; all
 * else goes through docker/, which knows the API.
 * @throws what the connection throws (`ENOENT`, `ECONNREFUSED`, `EACCES`, a TLS failure), or the signal's reason
 */
export const requestEngine = async (
  address: EngineAddress,
  { method = 'GET', path, body, contentType, signal }: EngineRequest,
): Promise<EngineResponse> => {
  const transport = createHttpTransport(address, process.env)
  try {
    const headers = {
      // A refusal then comes before the body is sent, and not as a broken pipe in the middle of it.
      ...(body === undefined ? {} : { expect: '100-continue' }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    }
    const ask = { method, path, headers, signal, isFresh: true }
    const response = await transport.request(body === undefined ? ask : { ...ask, body })
    const text = (await readAll(response, signal)).toString('utf8')
    return { status: response.statusCode ?? 0, headers: response.headers, body: text }
  } finally {
    transport.close()
  }
}
