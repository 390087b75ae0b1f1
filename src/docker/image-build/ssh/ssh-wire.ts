import { Buffer } from 'node:buffer'

/** Fields of RFC 4251, section 5, which keys and messages of ssh are made of. */
export type SshReader = {
  uint32(): number
  /** Bytes with their length before them. */ field(): Buffer
  text(): string
  rest(): Buffer
}

/** @throws an Error when there is less than is asked for */
export const readSsh = (bytes: Buffer): SshReader => {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('it ends too early')
    at += length
    return bytes.subarray(at - length, at)
  }
  const uint32 = (): number => take(4).readUInt32BE()
  const field = (): Buffer => take(uint32())
  return { uint32, field, text: () => field().toString('utf8'), rest: () => bytes.subarray(at) }
}

export const toUint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const toField = (value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([toUint32(bytes.length), bytes])
}

/** A positive number: no zeros before it, but for one where the first bit would make it negative. */
export const toInteger = (value: Uint8Array): Buffer => {
  const start = value.findIndex((byte) => byte !== 0)
  const bytes = start === -1 ? Buffer.alloc(0) : Buffer.from(value).subarray(start)
  return toField((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}
