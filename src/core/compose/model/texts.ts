import type { Ulimit } from '../../project/service.ts'
import { scalarText } from '../steps/merge.ts'
import type { Node } from '../tree/node.ts'
import { cleanPath } from '../texts/paths.ts'
import { parseShellWords } from '../texts/shell-words.ts'
import { plainRecord } from '../tree/to-plain.ts'
import { formatDuration, parseBytes, parseDuration } from '../../project/units.ts'
import {
  type At,
  below,
  type Codec,
  type Format,
  itemText,
  listOf,
  readText,
  scalarCodec,
  sortedKeys,
  wrong,
} from './codec.ts'

const texts = listOf(itemText)

/** A text, or a list of them. */
export const textList: Codec = {
  decode: (node, at) => {
    if (node.kind !== 'scalar') return texts.decode(node, at)
    return node.value === null ? undefined : [scalarText(node)]
  },
}

/** A command: null is the image's own, a text is split into words, and an empty one overrides with nothing. */
export const command: Codec = {
  decode: (node, at) => {
    if (node.kind === 'seq') return node.items.map(scalarText)
    if (node.kind === 'map' || node.value === null) return undefined
    const parsed = parseShellWords(scalarText(node))
    return parsed.ok ? parsed.words : wrong(node, at, parsed.message)
  },
}

export const healthTest: Codec = {
  decode: (node, at) =>
    node.kind === 'scalar'
      ? node.value === null
        ? undefined
        : ['CMD-SHELL', scalarText(node)]
      : texts.decode(node, at),
}

const durationOf = (node: Node, at: At): string | undefined => {
  const text = scalarText(node)
  const nanoseconds = parseDuration(text)
  if (nanoseconds !== undefined) return formatDuration(nanoseconds)
  return wrong(node, at, `"${text}" is no duration.`, 'Durations are numbers with units: 90s, 1m30s, 500ms.')
}

/** A duration; one that is written as zero counts. */
export const duration: Codec = scalarCodec(durationOf)
/** A duration for which zero is as good as nothing. */
export const durationOrNothing: Codec = scalarCodec((node, at) => {
  const text = durationOf(node, at)
  return text === '0s' ? undefined : text
})

const bytesOf = (node: Node & { kind: 'scalar' }, at: At): string | undefined => {
  // Of a number with a fraction, the reference takes nothing at all.
  if (node.type === 'float') return '0'
  if (typeof node.value === 'number' || typeof node.value === 'bigint') return node.value.toString()
  const text = scalarText(node)
  const bytes = parseBytes(text)
  if (bytes !== undefined) return BigInt(bytes).toString()
  return wrong(node, at, `"${text}" is no size in bytes.`, 'Sizes are numbers with an optional unit: 512m, 1gb, 2048.')
}

/** A size in bytes as decimal text; 0 is as good as nothing. */
export const bytes: Codec = scalarCodec((node, at) => {
  const text = bytesOf(node, at)
  return text === '0' ? undefined : text
})

const pairs = (node: Node, bare: string | null): Record<string, string | null> | undefined => {
  if (node.kind === 'scalar') return undefined
  const found = new Map<string, string | null>()
  if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) {
      found.set(key, value.kind === 'scalar' && value.value === null ? bare : scalarText(value))
    }
  } else {
    for (const one of node.items) {
      const text = scalarText(one)
      const cut = text.indexOf('=')
      found.set(cut === -1 ? text : text.slice(0, cut), cut === -1 ? bare : text.slice(cut + 1))
    }
  }
  if (found.size === 0) return undefined
  return plainRecord([...found.keys()].sort().map((key) => [key, found.get(key)!])) as Record<string, string | null>
}

/** Decoded in the order of JSON, and printed in that of the format. */
const printSorted = (value: unknown, format: Format): unknown => {
  if (format === 'json') return value
  const record = value as Readonly<Record<string, unknown>>
  return plainRecord(sortedKeys(Object.keys(record), format).map((key) => [key, record[key]]))
}

/** `KEY=value` pairs as a mapping or list; a bare name has no value: null. In a list, no space stands before the `=`. */
export const environment: Codec = {
  decode: (node, at) => {
    for (const one of node.kind === 'seq' ? node.items : []) {
      const name = scalarText(one).split('=', 1)[0]!
      if (/[\t\n\v\f\r \u0085\u00a0]$/.test(name))
        wrong(one, at, `The variable "${name}" ends with a space.`, `Write ${name.trim()}=… without the space.`)
    }
    return pairs(node, null)
  },
  print: printSorted,
}
/** Pairs for which a bare name has the empty value. */
export const labels: Codec = { decode: (node) => pairs(node, ''), print: printSorted }

/** Host names with addresses, printed as the list `host=address`. */
export const extraHosts: Codec = {
  decode: (node, at) => {
    const hosts: string[] = []
    const add = (host: string, address: string, place: Node): void => {
      if (host.trim() === '') wrong(place, at, 'An extra host needs a name before its address.', 'Write host=address.')
      else hosts.push(`${host}=${address.replace(/^\[(.+)\]$/, '$1')}`)
    }
    if (node.kind === 'map') {
      for (const [host, { value }] of node.entries) {
        for (const one of value.kind === 'seq' ? value.items : [value]) add(host, scalarText(one), one)
      }
    }
    if (node.kind === 'seq') {
      for (const one of node.items) {
        const text = scalarText(one)
        const cut = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
        if (cut === -1) wrong(one, at, `"${text}" is no extra host.`, 'Write host=address.')
        else add(text.slice(0, cut), text.slice(cut + 1), one)
      }
    }
    const isEmpty = node.kind === 'scalar' || (node.kind === 'map' ? node.entries.size : node.items.length) === 0
    return isEmpty ? undefined : hosts.sort()
  },
}

/** A path in the container, cleaned; nothing at all is the folder that the container is in. */
export const mountTarget: Codec = scalarCodec((node) => cleanPath(scalarText(node)))

/** A mode of a file as octal text. */
export const fileMode: Codec = scalarCodec((node, at) => {
  const isOctal = node.type === 'str' && /^[-+]?[0-7]+$/.test(String(node.value))
  const value = node.type === 'int' ? Number(node.value) : isOctal ? Number.parseInt(String(node.value), 8) : Number.NaN
  return Number.isNaN(value)
    ? wrong(node, at, `"${scalarText(node)}" is no file mode.`, 'File modes are octal: 0440.')
    : `0${value.toString(8)}`
})

/** How many devices: a number, or `all`, which is -1. */
export const deviceCount: Codec = scalarCodec((node, at) => {
  const text = scalarText(node)
  if (text.toLowerCase() === 'all') return -1
  return /^-?\d+$/.test(text)
    ? Number(text) || undefined
    : wrong(node, at, `"${text}" is no number of devices.`, 'Write a number, or all.')
})

/** SSH agents as `id` or `id=path`. */
export const sshKeys: Codec = {
  decode: (node) => {
    if (node.kind !== 'map' || node.entries.size === 0) return undefined
    return [...node.entries]
      .map(([id, { value }]) => (value.kind === 'scalar' && value.value === null ? id : `${id}=${scalarText(value)}`))
      .sort()
  },
}

/** Options whose values are texts. */
export const options: Codec = {
  decode: (node) => {
    if (node.kind !== 'map' || node.entries.size === 0) return undefined
    return plainRecord([...node.entries.keys()].sort().map((key) => [key, scalarText(node.entries.get(key)!.value)]))
  },
  print: printSorted,
}

/** Options whose values are texts or whole numbers. */
export const textOptions: Codec = {
  decode: (node, at) => {
    if (node.kind === 'map') for (const [key, { value }] of node.entries) readText(value, below(at, key))
    return options.decode(node, at)
  },
  print: printSorted,
}

/** Options that may have several values each. */
export const multiOptions: Codec = {
  decode: (node) => {
    if (node.kind !== 'map' || node.entries.size === 0) return undefined
    return plainRecord(
      [...node.entries.keys()].sort().map((key) => {
        const value = node.entries.get(key)!.value
        return [key, value.kind === 'seq' ? value.items.map(scalarText) : [scalarText(value)]]
      }),
    )
  },
  print: printSorted,
}

/** One number for both limits, or `soft` and `hard`. */
export const ulimit: Codec = {
  decode: (node, at) => {
    const numberOf = (one: Node | undefined): number => {
      if (one?.kind === 'scalar' && one.type === 'float')
        return wrong(one, at, `"${scalarText(one)}" is no whole number.`) ?? 0
      return one === undefined ? 0 : Number(scalarText(one))
    }
    if (node.kind === 'scalar') {
      const value = numberOf(node)
      return Number.isNaN(value) ? wrong(node, at, `"${scalarText(node)}" is no whole number.`) : value
    }
    if (node.kind === 'seq') return undefined
    return { soft: numberOf(node.entries.get('soft')?.value), hard: numberOf(node.entries.get('hard')?.value) }
  },
  print: (value, format) => printUlimit(value as Ulimit, format),
}

/** Zeros are left out of JSON wherever they stand, and a single one becomes two in YAML: that is how the reference prints them. */
const printUlimit = (value: Ulimit, format: Format): unknown => {
  if (format === 'yaml') return value === 0 ? { soft: 0, hard: 0 } : value
  if (typeof value === 'number') return value === 0 ? {} : value
  return Object.fromEntries(Object.entries(value).filter(([, limit]) => limit !== 0))
}
