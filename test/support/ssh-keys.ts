import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'

export const sshKinds = ['ed25519', 'rsa', 'nistp256', 'nistp384', 'nistp521'] as const
export type SshKind = (typeof sshKinds)[number]

const curves = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' } as const

export const makeKey = (kind: SshKind): KeyObject => {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return generateKeyPairSync('ec', { namedCurve: curves[kind] }).privateKey
}

const uint32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
export const field = (value: Uint8Array | string): Buffer =>
  Buffer.concat([uint32(Buffer.from(value).length), Buffer.from(value)])
const number = (text: string | undefined): Buffer => {
  const bytes = Buffer.from(text ?? '', 'base64url')
  const from = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0),
  )
  const kept = bytes.subarray(from)
  return field((kept[0] ?? 0) >= 128 ? Buffer.concat([Buffer.alloc(1), kept]) : kept)
}
const raw = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

/** The public key as `ssh-keygen` has it in base64. */
export const toPublicBlob = (key: KeyObject): Buffer => {
  const jwk = createPublicKey(key).export({ format: 'jwk' })
  if (jwk.kty === 'OKP') return Buffer.concat([field('ssh-ed25519'), field(raw(jwk.x))])
  if (jwk.kty === 'RSA') return Buffer.concat([field('ssh-rsa'), number(jwk.e), number(jwk.n)])
  const name = nameOf(jwk)
  return Buffer.concat([field(`ecdsa-sha2-${name}`), field(name), field(toPoint(jwk))])
}

const nameOf = ({ crv }: JsonWebKey): string => Object.entries(curves).find(([, one]) => one === crv)?.[0] ?? ''
const toPoint = ({ x, y }: JsonWebKey): Buffer => Buffer.concat([Buffer.from([4]), raw(x), raw(y)])

const toPrivateFields = (jwk: JsonWebKey): Buffer => {
  if (jwk.kty === 'OKP')
    return Buffer.concat([field('ssh-ed25519'), field(raw(jwk.x)), field(Buffer.concat([raw(jwk.d), raw(jwk.x)]))])
  if (jwk.kty === 'RSA')
    return Buffer.concat([field('ssh-rsa'), ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(number)])
  const name = nameOf(jwk)
  return Buffer.concat([field(`ecdsa-sha2-${name}`), field(name), field(toPoint(jwk)), number(jwk.d)])
}

/** A private key file as `ssh-keygen` writes it (OpenSSH, PROTOCOL.key). `cipher` only names one: such a file is refused before it matters. */
export const toOpensshFile = (key: KeyObject, { comment = '', cipher = 'none' } = {}): string => {
  const check = uint32(0x12345678)
  const inner = Buffer.concat([check, check, toPrivateFields(key.export({ format: 'jwk' })), field(comment)])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field(cipher),
    field('none'),
    field(''),
    uint32(1),
    field(toPublicBlob(key)),
    field(Buffer.concat([inner, padding])),
  ])
  const lines = whole.toString('base64').replace(/.{70}/g, '$&\n')
  const edge = (word: string): string => `-----${word} OPENSSH PRIVATE KEY-----`
  return `${edge('BEGIN')}\n${lines}\n${edge('END')}\n`
}
