import { Buffer } from 'node:buffer'
import { createPrivateKey, createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readSsh, toField, toInteger, type SshReader } from './ssh-wire.ts'

export type SshKey = {
  /** As ssh writes public keys: the kind, and the numbers. */
  readonly publicKey: Buffer
  readonly comment: string
  /** `flags` of a request to sign (RFC draft-miller-ssh-agent): which hash an RSA key is to use. */
  sign(data: Buffer, flags: number): Buffer
}

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/

/** A private key as `ssh-keygen` writes it, or in PEM. @throws an Error that says why it cannot be used */
export const parseSshKey = (text: string, name: string): SshKey => {
  const own = OPENSSH.exec(text)?.[1]
  if (own !== undefined) return parseOpenssh(Buffer.from(own, 'base64'), name)
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw new Error('it is no private key')
  if (/ENCRYPTED/.test(text)) throw new Error(PROTECTED)
  return toSshKey(createPrivateKey(text), name)
}

const PROTECTED = 'it has a passphrase'

/** OpenSSH's PROTOCOL.key. */
const parseOpenssh = (bytes: Buffer, name: string): SshKey => {
  const magic = Buffer.from('openssh-key-v1\0')
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('it is no key of OpenSSH')
  const outer = readSsh(bytes.subarray(magic.length))
  const cipher = outer.text()
  if (cipher !== 'none') throw new Error(PROTECTED)
  outer.field() // how a key is made of the passphrase
  outer.field()
  if (outer.uint32() !== 1) throw new Error('it holds more than one key')
  outer.field() // the public key: it is made of the private one here
  const inner = readSsh(outer.field())
  if (inner.uint32() !== inner.uint32()) throw new Error('it is damaged')
  const jwk = readPrivate(inner)
  const comment = inner.text()
  return toSshKey(createPrivateKey({ key: jwk, format: 'jwk' }), comment === '' ? name : comment)
}

const curves: Readonly<Record<string, { readonly crv: string; readonly hash: string; readonly bytes: number }>> = {
  nistp256: { crv: 'P-256', hash: 'sha256', bytes: 32 },
  nistp384: { crv: 'P-384', hash: 'sha384', bytes: 48 },
  nistp521: { crv: 'P-521', hash: 'sha512', bytes: 66 },
}

const readPrivate = (fields: SshReader): JsonWebKey => {
  const kind = fields.text()
  if (kind === 'ssh-ed25519') {
    const publicPart = fields.field()
    return { kty: 'OKP', crv: 'Ed25519', x: toBase64(publicPart), d: toBase64(fields.field().subarray(0, 32)) }
  }
  if (kind === 'ssh-rsa') {
    const [n, e, d, qi, p, q] = [
      fields.field(),
      fields.field(),
      fields.field(),
      fields.field(),
      fields.field(),
      fields.field(),
    ] as const
    const remainder = (prime: Buffer): string =>
      toNumberText(Buffer.from(toHex(toNumber(d) % (toNumber(prime) - 1n)), 'hex'))
    return {
      kty: 'RSA',
      n: toNumberText(n),
      e: toNumberText(e),
      d: toNumberText(d),
      p: toNumberText(p),
      q: toNumberText(q),
      dp: remainder(p),
      dq: remainder(q),
      qi: toNumberText(qi),
    }
  }
  const curve = kind.startsWith('ecdsa-sha2-') ? curves[fields.text()] : undefined
  if (curve === undefined) throw new Error(`keys of the kind ${kind} are not supported`)
  const point = fields.field()
  const d = fields.field()
  const padded = Buffer.concat([Buffer.alloc(curve.bytes), d]).subarray(-curve.bytes)
  return {
    kty: 'EC',
    crv: curve.crv,
    x: toBase64(point.subarray(1, 1 + curve.bytes)),
    y: toBase64(point.subarray(1 + curve.bytes)),
    d: toBase64(padded),
  }
}

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`)
const toHex = (value: bigint): string => {
  const digits = value.toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}

/** Of keys and points of curves, whose length is fixed. */
const toBase64 = (bytes: Buffer): string => bytes.toString('base64url')

/** Of a number, which has no zero before it in a JSON Web Key. */
const toNumberText = (bytes: Buffer): string => toBase64(bytes[0] === 0 ? bytes.subarray(1) : bytes)

const fromBase64 = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

const toSshKey = (key: KeyObject, comment: string): SshKey => {
  const { x, y, n, e, crv } = createPublicKey(key).export({ format: 'jwk' })
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return {
        comment,
        publicKey: Buffer.concat([toField('ssh-ed25519'), toField(fromBase64(x))]),
        sign: (data) => toSignature('ssh-ed25519', sign(null, data, key)),
      }
    case 'rsa':
      return {
        comment,
        publicKey: Buffer.concat([toField('ssh-rsa'), toInteger(fromBase64(e)), toInteger(fromBase64(n))]),
        sign: (data, flags) => signWithRsa(key, { data, flags }),
      }
    case 'ec': {
      const [name, curve] = Object.entries(curves).find(([, one]) => one.crv === crv) ?? []
      if (name === undefined || curve === undefined) break
      const kind = `ecdsa-sha2-${name}`
      const publicKey = Buffer.concat([
        toField(kind),
        toField(name),
        toField(Buffer.concat([Buffer.from([4]), fromBase64(x), fromBase64(y)])),
      ])
      return {
        comment,
        publicKey,
        sign: (data) => toSignature(kind, toTwoIntegers(sign(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }))),
      }
    }
    default:
  }
  throw new Error(`keys of the kind ${key.asymmetricKeyType} are not supported`)
}

const RSA_SHA2_256 = 2
const RSA_SHA2_512 = 4

const signWithRsa = (key: KeyObject, { data, flags }: { readonly data: Buffer; readonly flags: number }): Buffer => {
  if ((flags & RSA_SHA2_512) !== 0) return toSignature('rsa-sha2-512', sign('sha512', data, key))
  return (flags & RSA_SHA2_256) !== 0
    ? toSignature('rsa-sha2-256', sign('sha256', data, key))
    : toSignature('ssh-rsa', sign('sha1', data, key))
}

const toSignature = (kind: string, bytes: Buffer): Buffer => Buffer.concat([toField(kind), toField(bytes)])

const toTwoIntegers = (signature: Buffer): Buffer =>
  Buffer.concat([
    toInteger(signature.subarray(0, signature.length / 2)),
    toInteger(signature.subarray(signature.length / 2)),
  ])
