import { Buffer } from 'node:buffer'
import type { SshKey } from './ssh-key.ts'
import { readSsh, toField, toUint32 } from './ssh-wire.ts'

/** Message numbers of draft-miller-ssh-agent. */
const FAILURE = 5
const LIST = 11
const KEYS = 12
const SIGN = 13
const SIGNATURE = 14

/** No message of a client that only uses keys is longer: OpenSSH's own limit. */
const LONGEST = 256 * 1024

/**
 * An ssh agent for the keys of a build, in this process: nothing but us holds them, and nothing is left to end. It tells
 * its keys and signs with them; adding, removing and locking are refused.
 */
export const answerAsAgent = async function* (
  keys: readonly SshKey[],
  requests: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const part of requests) {
    held = Buffer.concat([held, part])
    while (held.length >= 4) {
      const length = held.readUInt32BE()
      if (length > LONGEST) return
      if (held.length < 4 + length) break
      yield toField(answer(keys, held.subarray(4, 4 + length)))
      held = held.subarray(4 + length)
    }
  }
}

const answer = (keys: readonly SshKey[], request: Buffer): Buffer => {
  const refused = Buffer.from([FAILURE])
  try {
    if (request[0] === LIST)
      return Buffer.concat([
        Buffer.from([KEYS]),
        toUint32(keys.length),
        ...keys.flatMap(({ publicKey, comment }) => [toField(publicKey), toField(comment)]),
      ])
    if (request[0] !== SIGN) return refused
    const fields = readSsh(request.subarray(1))
    const wanted = fields.field()
    const data = fields.field()
    const key = keys.find(({ publicKey }) => publicKey.equals(wanted))
    return key === undefined
      ? refused
      : Buffer.concat([Buffer.from([SIGNATURE]), toField(key.sign(data, fields.uint32()))])
  } catch {
    return refused
  }
}
