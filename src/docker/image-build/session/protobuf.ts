import { Buffer } from 'node:buffer'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** A field of a message: a number, exact up to 2^53, or the bytes of a string, of bytes or of a message. */
export type WireField = { readonly number: number; readonly value: number; readonly bytes: Buffer }

/**
 * The fields of a message of BuildKit, in which there are numbers, strings, bytes and messages; others are passed over.
 * @throws RangeError where the message is cut off
 */
export const readFields = function* (message: Buffer): Generator<WireField> {
  const reader = new BinaryReader(message)
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    if (type === WireType.Varint) yield { number, value: Number(reader.uint64()), bytes: EMPTY }
    else if (type === WireType.LengthDelimited) yield { number, value: 0, bytes: toBuffer(reader.bytes()) }
    else reader.skip(type, number)
  }
}

const EMPTY = Buffer.alloc(0)

const toBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

export const readString = (message: Buffer, field: number): string => {
  for (const { number, bytes } of readFields(message)) if (number === field) return bytes.toString('utf8')
  return ''
}

/** A field with its value; zero and empty are left out, as protobuf 3 does. */
export type FieldValue = readonly [number: number, value: number | bigint | string | Uint8Array | undefined]

export const writeMessage = (fields: readonly FieldValue[]): Buffer => {
  const writer = new BinaryWriter()
  for (const [number, value] of fields) {
    if (value === undefined || value === 0 || value === 0n || value === '') continue
    if (typeof value === 'number' || typeof value === 'bigint') writer.tag(number, WireType.Varint).int64(value)
    else if (typeof value === 'string') writer.tag(number, WireType.LengthDelimited).string(value)
    else writer.tag(number, WireType.LengthDelimited).bytes(value)
  }
  return toBuffer(writer.finish())
}

/** A message as a field: present even when it is empty. */
export const writeNested = (number: number, message: Buffer): Buffer => writeMessage([[number, message]])

/** `map<string, string>` is a list of key-value messages. */
export const writeStringMap = (number: number, map: Readonly<Record<string, string>>): Buffer =>
  writeMessage(
    Object.entries(map).map(([key, value]) => [
      number,
      writeMessage([
        [1, key],
        [2, value],
      ]),
    ]),
  )
