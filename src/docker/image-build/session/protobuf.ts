import { Buffer } from 'node:buffer'

/**
 * As much of the protobuf wire format as BuildKit's messages use: varints, and length-delimited strings, bytes and
 * messages. Numbers are exact up to 2^53.
 */
export type Field = { readonly number: number; readonly value: number; readonly bytes: Buffer }

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

export const readFields = function* (message: Buffer): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case VARINT:
        yield { number, value: varint(), bytes: EMPTY }
        break
      case DELIMITED: {
        const length = varint()
        yield { number, value: length, bytes: message.subarray(at, at + length) }
        at += length
        break
      }
      case FIXED64:
        at += 8
        break
      case FIXED32:
        at += 4
        break
      default:
        throw new Error(`protobuf: wire type ${tag % 8} of field ${number} is not known`)
    }
  }
}

const EMPTY = Buffer.alloc(0)

export const readString = (message: Buffer, field: number): string => {
  for (const { number, bytes } of readFields(message)) if (number === field) return bytes.toString('utf8')
  return ''
}

/** A field with its value; zero and empty are left out, as protobuf 3 does. */
export type FieldValue = readonly [number: number, value: number | bigint | string | Uint8Array | undefined]

export const writeMessage = (fields: readonly FieldValue[]): Buffer =>
  Buffer.concat(fields.flatMap(([number, value]) => writeField(number, value)))

const writeField = (number: number, value: FieldValue[1]): Buffer[] => {
  if (value === undefined || value === 0 || value === 0n || value === '') return []
  if (typeof value === 'number' || typeof value === 'bigint')
    return [writeVarint(BigInt(number * 8 + VARINT)), writeVarint(BigInt(value))]
  const bytes =
    typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return [writeVarint(BigInt(number * 8 + DELIMITED)), writeVarint(BigInt(bytes.length)), bytes]
}

/** A message as a field: present even when it is empty. */
export const writeNested = (number: number, message: Buffer): Buffer =>
  Buffer.concat([writeVarint(BigInt(number * 8 + DELIMITED)), writeVarint(BigInt(message.length)), message])

/** `map<string, string>` is a list of key-value messages. */
export const writeStringMap = (number: number, map: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(
    Object.entries(map).map(([key, value]) =>
      writeNested(
        number,
        writeMessage([
          [1, key],
          [2, value],
        ]),
      ),
    ),
  )

const writeVarint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
