import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerAsAgent } from '../../../src/docker/image-build/ssh/key-agent.ts'
import { parseSshKey, type SshKey } from '../../../src/docker/image-build/ssh/ssh-key.ts'
import { readSshSources } from '../../../src/docker/image-build/ssh/ssh-sources.ts'
import { readSsh } from '../../../src/docker/image-build/ssh/ssh-wire.ts'
import { field, makeKey, sshKinds, toOpensshFile, toPublicBlob, type SshKind } from '../../support/ssh-keys.ts'

const ask = async (keys: readonly SshKey[], ...parts: readonly Buffer[]): Promise<readonly Buffer[]> => {
  const answers: Buffer[] = []
  const requests = async function* () { yield* parts } // prettier-ignore
  for await (const answer of answerAsAgent(keys, requests())) answers.push(readSsh(answer).field())
  return answers
}

const list = field(Buffer.from([11]))
const toSign = (key: Buffer, data: string, flags = 0): Buffer =>
  field(Buffer.concat([Buffer.from([13]), field(key), field(data), Buffer.from([0, 0, 0, flags])]))

const hashes: Readonly<Record<string, string>> = {
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
  'ssh-rsa': 'sha1',
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
}

/** The kind of a signature, once it is known to be right. */
const checkSignature = (answer: Buffer, { key, data }: { readonly key: KeyObject; readonly data: string }): string => {
  expect(answer[0]).toBe(14)
  const signature = readSsh(readSsh(answer.subarray(1)).field())
  const kind = signature.text()
  const bytes = signature.field()
  const publicKey = createPublicKey(key)
  if (!kind.startsWith('ecdsa')) {
    expect(verify(hashes[kind] ?? null, Buffer.from(data), publicKey, bytes)).toBe(true)
    return kind
  }
  const length = { nistp256: 32, nistp384: 48, nistp521: 66 }[kind.slice('ecdsa-sha2-'.length)] ?? 0
  const numbers = readSsh(bytes)
  const fixed = Buffer.concat(
    [numbers.field(), numbers.field()].map((one) => Buffer.concat([Buffer.alloc(length), one]).subarray(-length)),
  )
  expect(verify(hashes[kind] ?? null, Buffer.from(data), { key: publicKey, dsaEncoding: 'ieee-p1363' }, fixed)).toBe(
    true,
  )
  return kind
}

describe('an agent of our own', () => {
  test.each(sshKinds)('lists a key of kind %s from a file of ssh-keygen, and signs with it', async (kind: SshKind) => {
    const key = makeKey(kind)
    const parsed = parseSshKey(toOpensshFile(key, { comment: 'me@here' }), 'a file')
    expect(parsed.publicKey).toEqual(toPublicBlob(key))
    const [listed = Buffer.alloc(0), signed = Buffer.alloc(0)] = await ask(
      [parsed],
      list,
      toSign(parsed.publicKey, 'a challenge'),
    )
    const fields = readSsh(listed.subarray(1))
    expect([listed[0], fields.uint32(), fields.field(), fields.text()]).toEqual([12, 1, parsed.publicKey, 'me@here'])
    expect(checkSignature(signed, { key, data: 'a challenge' })).toBe(
      { ed25519: 'ssh-ed25519', rsa: 'ssh-rsa' }[kind as string] ?? `ecdsa-sha2-${kind}`,
    )
  })

  test.each([
    [0, 'ssh-rsa'],
    [2, 'rsa-sha2-256'],
    [4, 'rsa-sha2-512'],
  ] as const)('signs with RSA as the flags %i say: %s', async (flags, kind) => {
    const key = makeKey('rsa')
    const parsed = parseSshKey(toOpensshFile(key), 'a file')
    const [signed = Buffer.alloc(0)] = await ask([parsed], toSign(parsed.publicKey, 'x', flags))
    expect(checkSignature(signed, { key, data: 'x' })).toBe(kind)
  })

  test.each([
    ['pkcs8', makeKey('ed25519')],
    ['pkcs1', makeKey('rsa')],
    ['sec1', makeKey('nistp256')],
    ['pkcs8', makeKey('rsa')],
  ] as const)('reads PEM of the form %s', (type, key) => {
    const parsed = parseSshKey(key.export({ type: type as 'pkcs8', format: 'pem' }) as string, 'its path')
    expect(parsed).toMatchObject({ publicKey: toPublicBlob(key), comment: 'its path' })
  })

  test('many keys of a curve, whose numbers are of any length, are read right', () => {
    for (let count = 0; count < 300; count += 1) {
      const key = makeKey('nistp256')
      expect(parseSshKey(toOpensshFile(key), '').publicKey).toEqual(toPublicBlob(key))
    }
  })

  test('refuses what is not about using keys, a key that it does not have, and nonsense; and goes on', async () => {
    const parsed = parseSshKey(toOpensshFile(makeKey('ed25519')), '')
    const other = parseSshKey(toOpensshFile(makeKey('ed25519')), '')
    const answers = await ask(
      [parsed],
      ...[17, 19, 22, 27].map((kind) => field(Buffer.from([kind]))),
      toSign(other.publicKey, 'x'),
      field(Buffer.from([13, 0, 0, 0, 99])),
      field(''),
      list,
    )
    expect(answers.map(([kind]) => kind)).toEqual([5, 5, 5, 5, 5, 5, 5, 12])
  })

  test('understands requests in any pieces', async () => {
    const parsed = parseSshKey(toOpensshFile(makeKey('ed25519')), '')
    const bytes = Buffer.concat([list, list])
    expect((await ask([parsed], ...[...bytes].map((byte) => Buffer.from([byte])))).length).toBe(2)
    expect((await ask([parsed], bytes)).length).toBe(2)
  })

  test('leaves who announces more than any message holds', async () => {
    expect(await ask([], Buffer.from([255, 0, 0, 0]), list)).toEqual([])
  })
})

describe('what build.ssh names', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stack-ssh-'))
    const passphrase = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
    const files = {
      good: toOpensshFile(makeKey('ed25519')), second: toOpensshFile(makeKey('nistp256')),
      locked: toOpensshFile(makeKey('ed25519'), { cipher: 'aes256-ctr' }), 'locked.pem': makeKey('rsa').export(passphrase),
      'public.pub': 'ssh-ed25519 AAAA me', cut: toOpensshFile(makeKey('ed25519')).replace(/(.{40}\n)[\s\S]*(-----END)/, '$1$2'),
      x448: generateKeyPairSync('x448').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    } // prettier-ignore
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const read = (...names: readonly string[]) =>
    readSshSources({ default: names.map((name) => join(folder, name)) }, 'web')

  test('is key files, one or several', async () => {
    expect(await read('good')).toMatchObject({ default: { keys: [{ comment: join(folder, 'good') }] } })
    expect(await read('good', 'second')).toMatchObject({ default: { keys: [{}, {}] } })
  })

  test('is an agent when it is a socket, which cannot stand beside anything', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(folder, 'agent.sock'), resolve))
    expect(await read('agent.sock')).toEqual({ default: { socket: join(folder, 'agent.sock') } })
    await expect(read('good', 'agent.sock')).rejects.toMatchObject({ code: 'build/ssh-unusable' })
    server.close()
  })

  test.each([
    ['nothing', [], 'no path is given and SSH_AUTH_SOCK'],
    ['what is not there', ['missing'], 'there is no {folder}/missing'],
    ['a folder', ['.'], "is neither an agent's socket nor a key file"],
    ['a key with a passphrase', ['locked'], 'the key {folder}/locked cannot be read: it has a passphrase'],
    ['a PEM with a passphrase', ['locked.pem'], 'it has a passphrase'],
    ['a public key', ['public.pub'], 'it is no private key'],
    ['half a key', ['cut'], 'cut cannot be read: '],
    ['a key that ssh does not know', ['x448'], 'keys of the kind x448 are not supported'],
  ])('%s is refused in words', async (_, names, words) => {
    await expect(read(...names)).rejects.toMatchObject({
      code: 'build/ssh-unusable',
      message: expect.stringContaining(words.replace('{folder}', folder)),
      hint: expect.stringContaining('ssh-add'),
    })
  })
})
