import { isPassingReason } from '../../core/errors/passing-reason.ts'
import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import type { EngineFailure } from './ask.ts'
import { describeUnreachable } from '../../wire/describe-unreachable.ts'

export type FailureContext = {
  /** What the engine was asked to do, after "could not": `start container web-1`. */
  readonly what: string
  readonly address: EngineAddress
  /** For refusals that name an object only by what we called it. */
  readonly subject?: string | undefined
}

/** What was thrown on the way to the engine → an error of the catalogue. What is one already stays as it is. */
export const translateError = (error: unknown, context: FailureContext): StackError => {
  if (isStackError(error)) return error
  const failure = error as EngineFailure
  return failure.statusCode === undefined ? translateConnection(failure, context) : translateRefusal(failure, context)
}

const translateConnection = (error: EngineFailure, { address, what }: FailureContext): StackError => {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'EACCES':
    case 'EPERM':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new StackError(
        'engine/unreachable',
        { attempts: `  ${address.host} (${address.source}): ${describeUnreachable(error)}` },
        { cause: error },
      )
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'ERR_HTTP2_SESSION_ERROR':
      return new StackError('engine/connection-lost', { what }, { cause: error })
    default:
      return address.kind === 'ssh' && error.message.startsWith('ssh: ')
        ? new StackError(
            'engine/unreachable',
            { attempts: `  ${address.host} (${address.source}): ${error.message}` },
            { cause: error },
          )
        : new StackError('engine/refused', { what, why: error.message }, { cause: error })
  }
}

type Rule = readonly [
  pattern: RegExp,
  toError: (match: RegExpExecArray, context: FailureContext, error: EngineFailure) => StackError,
]

/** The engine tells what went wrong only in words; these are the words of engines 20.10 to 29 and of Podman. */
const rules: readonly Rule[] = [
  [
    /Bind for (\S*):(\d+) failed: port is already allocated|failed to bind host port(?: for)? (\S*?):(\d+)[:/][^\n]*|listen (?:tcp|udp|sctp)[46]? (\S*):(\d+): bind: address already in use/,
    (match, _context, cause) => {
      const address = match[1] ?? match[3] ?? match[5] ?? ''
      return new StackError(
        'engine/port-in-use',
        { address: isEveryAddress(address) ? '' : address, port: Number(match[2] ?? match[4] ?? match[6]), holder: '' },
        { cause },
      )
    },
  ],
  [
    /The container name "\/?([^"]+)" is already in use by container "?([0-9a-f]+)?/,
    (match, _context, cause) =>
      new StackError(
        'engine/name-in-use',
        {
          what: 'container',
          name: match[1] ?? '',
          holder: match[2] === undefined ? '' : `container ${match[2].slice(0, 12)}`,
        },
        { cause },
      ),
  ],
  [
    // The second: engines before API 1.44 know two networks of one name, and do not know which is meant.
    /network with name (\S+) already exists|network (\S+) is ambiguous \(\d+ matches found/,
    (match, _context, cause) =>
      new StackError(
        'engine/name-in-use',
        { what: 'network', name: match[1] ?? match[2] ?? '', holder: 'another network' },
        { cause },
      ),
  ],
  [
    /No such image: ([^\s,]+)|^([^\s:]+(?::[^\s:]+)?): image not known/,
    (match, _context, cause) =>
      new StackError('engine/image-missing', { image: match[1] ?? match[2] ?? '', looked: 'on the engine' }, { cause }),
  ],
  [/no space left on device/, (_match, { what }, cause) => new StackError('engine/no-space', { what }, { cause })],
  [
    /bind source path does not exist: (\S.*)$|statfs (\S+): no such file or directory/,
    (match, { what }, cause) =>
      new StackError('engine/bind-source-missing', { path: (match[1] ?? match[2] ?? '').trim(), what }, { cause }),
  ],
  [
    /non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted|could not find free subnet/,
    (_match, { subject }, cause) =>
      new StackError('engine/address-pool-exhausted', { network: subject ?? 'a network' }, { cause }),
  ],
  [
    /has active endpoints(?: \((.*)\))?|volume is in use(?: - \[(.*)\])?|volume is being used by the following container\(s\): (.*)/,
    (match, { subject }, cause) =>
      new StackError(
        'engine/in-use',
        { what: subject ?? 'The object', by: describeHolders(match[1] ?? match[2] ?? match[3] ?? '') },
        { cause },
      ),
  ],
  [
    /client version (\S+) is too (old|new)\. (?:Minimum|Maximum) supported API version is (\d+\.\d+)/,
    (match, _context, cause) =>
      new StackError(
        'engine/unsupported',
        {
          what: 'This engine',
          needs: `API ${match[2] === 'old' ? 'at least' : 'at most'} ${match[3]}`,
          has: `a client that speaks ${match[1]}`,
        },
        { cause },
      ),
  ],
]

const translateRefusal = (error: EngineFailure, context: FailureContext): StackError => {
  for (const [pattern, toError] of rules) {
    const match = pattern.exec(error.message)
    if (match !== null) return toError(match, context, error)
  }
  const { what, subject } = context
  if (error.statusCode === 404)
    return new StackError(
      'engine/not-found',
      { what: subject ?? lowerFirst(error.message.replace(/^No such /i, '')) },
      { cause: error },
    )
  if (error.statusCode === 429 || error.statusCode === 503 || isPassingReason(error.message))
    return new StackError('engine/busy', { what, why: error.message }, { cause: error })
  return new StackError('engine/refused', { what, why: error.message }, { cause: error })
}

const isEveryAddress = (address: string): boolean => ['', '0.0.0.0', '::', '[::]', ':::'].includes(address)

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** Ids are long; names in `name:"web-1" id:"…"` (engine 28) are what helps. */
const describeHolders = (text: string): string => {
  const named = [...text.matchAll(/name:"([^"]+)"/g)].map((match) => match[1])
  const holders =
    named.length > 0 ? named : text.split(',').map((one) => one.trim().replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1'))
  const known = holders.filter((one) => one !== '')
  return known.length === 0 ? '' : `container ${known.join(', ')}`
}
