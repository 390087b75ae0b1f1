import { isPassingReason } from '../../core/errors/passing-reason.ts'
import { isStackError, StackError } from '../../core/errors/stack-error.ts'
import type { EngineAddress } from '../../engine/ports/engine-address.ts'
import type { EngineFailure } from './ask.ts'
import { describeUnreachable } from '../../wire/describe-unreachable.ts'
import { describeFault } from '../../wire/named-file.ts'
import type { ObjectNames } from './object-names.ts'
import { containerRefusals } from './refusals/container-refusals.ts'
import { objectRefusals } from './refusals/object-refusals.ts'
import { portRefusals } from './refusals/port-refusals.ts'
import { findWords } from './refusals/refusal.ts'

export type FailureContext = {
  /** What the engine was asked to do, after "could not": `start container web-1`. */
  readonly what: string
  readonly address: EngineAddress
  /** For refusals that name an object only by what we called it. */
  readonly subject?: string | undefined
  /** What the objects are called that the engine knows by their ids. */
  readonly names?: ObjectNames
}

/** What was thrown on the way to the engine → an error of the catalogue. What is one already stays as it is. */
export const translateError = (error: unknown, context: FailureContext): StackError => {
  if (isStackError(error)) return error
  const failure = error as EngineFailure
  if (isLocalFile(failure))
    return new StackError(
      'engine/refused',
      {
        what: context.what,
        why: `${failure.path}, a file of this machine, cannot be read: ${describeFault(failure)}.`,
      },
      { cause: error },
    )
  return failure.statusCode === undefined ? translateConnection(failure, context) : translateRefusal(failure, context)
}

/** A file that was to be read for a call is no socket, whatever its error is called. */
const isLocalFile = ({ path, syscall, statusCode }: EngineFailure): boolean =>
  statusCode === undefined && path !== undefined && syscall !== 'connect' && syscall?.startsWith('spawn') !== true

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
        : new StackError('engine/refused', { what, said: toQuotation(error.message) }, { cause: error })
  }
}

type Rule = readonly [
  pattern: RegExp,
  toError: (match: RegExpExecArray, context: FailureContext, error: EngineFailure) => StackError,
]

/** The engine tells what went wrong only in words; these are the words of engines 20.10 to 29 and of Podman. */
const rules: readonly Rule[] = [
  [
    /Bind for (\S*):(\d+) failed: port is already allocated|failed to bind host port(?: for)? (\S*?):(\d+)[:/][^\n]*: address already in use|listen (?:tcp|udp|sctp)[46]? (\S*):(\d+): bind: address already in use/,
    (match, { address: { kind } }, cause) => {
      const address = match[1] ?? match[3] ?? match[5] ?? ''
      return new StackError(
        'engine/port-in-use',
        {
          address: isEveryAddress(address) ? '' : address,
          port: Number(match[2] ?? match[4] ?? match[6]),
          holder: `another program on ${kind === 'unix' || kind === 'npipe' ? 'this' : "the engine's"} machine`,
        },
        { cause },
      )
    },
  ],
  [
    /The container name "\/?([^"]+)" is already in use by container "?([^\s".]+)?/,
    (match, _context, cause) =>
      new StackError(
        'engine/name-in-use',
        {
          what: 'container',
          name: match[1] ?? '',
          holder: match[2] === undefined ? '' : `container ${match[2]}`,
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
    /conflict: unable to (?:remove repository reference|delete) "?\S+?"? \([a-z ]+\) - (?:image is (?:being )?used by \w+ container |container )(\S+)/,
    (match, { subject }, cause) =>
      new StackError('engine/in-use', { what: subject ?? 'The image', by: `container ${match[1] ?? ''}` }, { cause }),
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
  const show = context.names?.show ?? ((text: string) => text)
  const message = show(error.message)
  const known = {
    ...context,
    what: show(context.what),
    ...(context.subject === undefined ? {} : { subject: show(context.subject) }),
  }
  for (const [pattern, toError] of rules) {
    const match = pattern.exec(message)
    if (match !== null) return toError(match, known, error)
  }
  const { what, subject } = known
  const more = { cause: error }
  const missing = error.statusCode === 404 ? findMissing(message) : undefined
  if (missing !== undefined) return new StackError('engine/not-found', { what: missing }, more)
  for (const rows of [portRefusals, objectRefusals, containerRefusals]) {
    const words = findWords(rows, message)
    if (words !== undefined) return new StackError('engine/refused', { what, ...words }, more)
  }
  const said = toQuotation(message)
  if (error.statusCode === 404)
    return new StackError('engine/not-found', subject === undefined ? { what, said } : { what: subject }, more)
  if (error.statusCode === 429 || error.statusCode === 503 || isPassingReason(error.message))
    return new StackError('engine/busy', { what, said }, more)
  return new StackError('engine/refused', { what, said }, more)
}

/** What the engine says is not there, where it says nothing else. */
const findMissing = (message: string): string | undefined => {
  for (const [pattern, kind] of missings) {
    const [, name, other] = pattern.exec(message) ?? []
    if (name !== undefined) return `${kind} ${name}${other === undefined ? '' : ` in container ${other}`}`
  }
  return undefined
}

/** The second of a kind is Podman's. */
const missings: readonly (readonly [RegExp, string])[] = [
  [/^No such container: (\S+)$/i, 'container'],
  [/^no container with (?:name or ID|ID or name) "([^"]+)" found/i, 'container'],
  [/^(?:No such network: |network )(\S+?)(?: not found)?$/i, 'network'],
  [/^unable to find network with name or ID (\S+?):/i, 'network'],
  [/^(?:get (\S+?): )no such volume$/i, 'volume'],
  [/^no volume with name "([^"]+)" found/i, 'volume'],
  [/^No such exec instance: (\S+)$/i, 'command'],
  [/^Could not find the file (.+) in container (\S+)$/, 'file'],
]

/** A sentence of the engine as it is quoted: on one line, without what would close the quotation. */
export const toQuotation = (message: string): string =>
  message
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('"', "'")

const isEveryAddress = (address: string): boolean => ['', '0.0.0.0', '::', '[::]', ':::'].includes(address)

/** Ids are long; names in `name:"web-1" id:"…"` (engine 28) are what helps. */
const describeHolders = (text: string): string => {
  const named = [...text.matchAll(/name:"([^"]+)"/g)].map((match) => match[1])
  const holders = named.length > 0 ? named : text.split(',').map((one) => one.trim())
  const known = holders.filter((one) => one !== '')
  return known.length === 0 ? '' : `container ${known.join(', ')}`
}
