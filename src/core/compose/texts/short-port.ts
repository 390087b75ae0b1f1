import type { Port } from '../../project/service.ts'
import { isIpAddress } from './ip-address.ts'

export type ShortPort =
  | { readonly ok: true; readonly ports: readonly Port[] }
  | { readonly ok: false; readonly message: string }

type Range = { readonly start: number; readonly end: number }

/**
 * Reads `[[ip:]host[-range]:]container[-range][/protocol]`. Ranges of equal length pair up one to one; a host range before
 * a single container port stays one entry from which the engine picks. The ports of a range come in the order of their
 * text, which is the reference's.
 */
export const parseShortPort = (text: string): ShortPort => {
  const { ip: writtenIp, host, container: rest } = splitFields(text)
  const [container = '', writtenProtocol = ''] = rest.split('/')
  if (container === '') return failure(text, 'it names no container port')
  const protocol = writtenProtocol === '' ? 'tcp' : writtenProtocol.toLowerCase()
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') {
    return failure(text, `its protocol is "${writtenProtocol}", and only tcp, udp and sctp exist`)
  }
  const ip = readIp(writtenIp)
  if (ip === undefined) {
    const advice = writtenIp.includes(':') ? '; an IPv6 address stands in brackets' : ''
    return failure(text, `"${writtenIp}" is no IP address${advice}`)
  }
  const target = readRange(container)
  if (target?.start === 0) return failure(text, 'there is no container port 0')
  if (target === undefined)
    return failure(text, `"${container}" is no container port (0 to 65535, or a range such as 80-85)`)
  const published = host === '' ? undefined : readRange(host)
  if (host !== '' && published === undefined) {
    return failure(text, `"${host}" is no host port (0 to 65535, or a range such as 8000-8005)`)
  }
  if (published !== undefined && target.end !== target.start && length(published) !== length(target)) {
    return failure(
      text,
      `the host range ${host} has ${length(published)} ports and the container range ${container} has ${length(target)}`,
    )
  }
  return { ok: true, ports: expand(target, published, { protocol, ...(ip === '' ? {} : { host_ip: ip }) }) }
}

const failure = (text: string, why: string): ShortPort => ({
  ok: false,
  message: `The port "${text}" cannot be read: ${why}.`,
})

const splitFields = (text: string): { ip: string; host: string; container: string } => {
  const parts = text.split(':')
  const container = parts.pop() ?? ''
  const host = parts.pop() ?? ''
  return { ip: parts.join(':'), host, container }
}

const readIp = (written: string): string | undefined => {
  if (written === '') return ''
  const bracketed = /^\[([^[\]]*)\]$/.exec(written)
  if (bracketed === null && written.includes(':')) return undefined
  const ip = bracketed?.[1] ?? written
  return ip === '' || isIpAddress(ip) ? ip : undefined
}

const readRange = (text: string): Range | undefined => {
  const [first = '', second] = text.split('-')
  const start = readPort(first)
  const end = second === undefined ? start : readPort(second)
  if (start === undefined || end === undefined || end < start) return undefined
  return { start, end }
}

const readPort = (text: string): number | undefined => {
  if (!/^\d+$/.test(text)) return undefined
  const port = Number(text)
  return port <= 65_535 ? port : undefined
}

const length = ({ start, end }: Range): number => end - start + 1

const expand = (
  target: Range,
  published: Range | undefined,
  common: { protocol: string; host_ip?: string },
): readonly Port[] => {
  const ports: Port[] = []
  for (let port = target.start; port <= target.end; port += 1) {
    const host = published === undefined ? undefined : publishedText(published, port - target.start, length(target))
    ports.push({ mode: 'ingress', ...common, target: port, ...(host === undefined ? {} : { published: host }) })
  }
  return ports.length === 1 ? ports : ports.toSorted((a, b) => (String(a.target) < String(b.target) ? -1 : 1))
}

const publishedText = (published: Range, offset: number, count: number): string =>
  count === 1 && published.end !== published.start
    ? `${published.start}-${published.end}`
    : String(published.start + offset)
