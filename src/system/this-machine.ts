import { Buffer } from 'node:buffer'
import { readFile, realpath, stat } from 'node:fs/promises'
import type { Listener, Machine } from '../engine/ports/machine.ts'
import { kernelFiles, readKernelUsage } from './kernel-usage.ts'

/** Where Linux tells which ports are taken, and the state of a socket there that listens. */
const tables = [
  { file: '/proc/net/tcp', protocol: 'tcp', listening: '0A' },
  { file: '/proc/net/tcp6', protocol: 'tcp', listening: '0A' },
  { file: '/proc/net/udp', protocol: 'udp', listening: '07' },
  { file: '/proc/net/udp6', protocol: 'udp', listening: '07' },
] as const

/** This machine, looked at without touching it: no port is opened to find out whether it is free. */
export const createMachine = (): Machine => ({
  kindOf: async (path) => {
    try {
      const found = await stat(path)
      if (found.isDirectory()) return 'folder'
      // The device that is always empty stands for no file.
      return found.isFile() || path === '/dev/null' ? 'file' : 'special'
    } catch (error) {
      // What cannot be looked at may be there all the same.
      return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'missing' : 'file'
    }
  },
  isEngineHere: async (socketPath) => {
    if (socketPath === undefined) return false
    if (process.platform !== 'linux') return true // Docker Desktop and its like share files and ports
    const [listed, real] = await Promise.all([
      readTable('/proc/net/unix'),
      realpath(socketPath).catch(() => socketPath),
    ])
    return hasSocket(listed, new Set([socketPath, real]))
  },
  listeners: async () => {
    const texts = await Promise.all(tables.map(({ file }) => readTable(file)))
    return tables.flatMap(({ protocol, listening }, index) =>
      parseListeners(texts[index] ?? '', { protocol, listening }),
    )
  },
  usageOf: (container) => readKernelUsage(container, { files: kernelFiles, now: () => performance.now() }),
})

const readTable = (file: string): Promise<string> => readFile(file, 'latin1').catch(() => '')

/** The kernel lists the sockets of our own network only: one that somebody mounted into our container is not among them. */
const hasSocket = (text: string, paths: ReadonlySet<string>): boolean =>
  text.split('\n').some((line) => {
    const fields = line.trim().split(/\s+/)
    const path = fields[7]
    return (
      path !== undefined &&
      (paths.has(path) || paths.has(path.replace(/^\/var\/run\//, '/run/'))) &&
      fields[3] === '00010000'
    )
  })

/** Lines such as `0: 0100007F:1F90 00000000:0000 0A …`. */
export const parseListeners = (
  text: string,
  { protocol, listening }: { readonly protocol: Listener['protocol']; readonly listening: string },
): readonly Listener[] =>
  text.split('\n').flatMap((line) => {
    const [, , address = '', port = '', state] =
      /^\s*(\d+): ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? []
    return state === listening ? [{ protocol, port: Number.parseInt(port, 16), address: toAddress(address) }] : []
  })

/** Words of four bytes, each with its last byte first. */
const toAddress = (hex: string): string => {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].toReversed())
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  const mapped = bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255'
  return mapped ? bytes.slice(12).join('.') : (hex.match(/.{4}/g) ?? []).join(':').toLowerCase()
}
