import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listEngineCandidates, resolveEngineAddress } from '../../../src/system/engines/engine-candidates.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stack-test-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const write = (file: string, content: unknown): void => {
  mkdirSync(dirname(join(home, file)), { recursive: true })
  writeFileSync(join(home, file), typeof content === 'string' ? content : JSON.stringify(content))
}

const writeContext = (name: string, host: string, files: Readonly<Record<string, string>> = {}): void => {
  const id = createHash('sha256').update(name).digest('hex')
  write(`.docker/contexts/meta/${id}/meta.json`, {
    Name: name,
    Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
  })
  for (const [file, text] of Object.entries(files)) write(`.docker/contexts/tls/${id}/docker/${file}`, text)
}

const describeCandidates = (env: Readonly<Record<string, string>>): readonly string[] =>
  listEngineCandidates({ HOME: home, ...env }).map((candidate) => {
    const { source } = candidate.kind === 'place' ? candidate.address : candidate.attempt
    const place =
      candidate.kind === 'place' ? candidate.address.host : `${candidate.attempt.address}: ${candidate.attempt.failure}`
    return `${source}: ${place.replaceAll(home, '~')}`
  })

describe('an explicit choice is the only place', () => {
  test('DOCKER_HOST wins over every context', () => {
    write('.docker/config.json', { currentContext: 'remote' })
    expect(describeCandidates({ DOCKER_HOST: 'tcp://10.0.0.5:2375', DOCKER_CONTEXT: 'other' })).toEqual([
      'DOCKER_HOST: tcp://10.0.0.5:2375',
    ])
  })

  test('DOCKER_CONTEXT wins over the current context', () => {
    write('.docker/config.json', { currentContext: 'remote' })
    writeContext('other', 'ssh://ann@far')
    expect(describeCandidates({ DOCKER_CONTEXT: 'other' })).toEqual(['DOCKER_CONTEXT: ssh://ann@far'])
  })

  test.each([
    ...['', '{', 'null'].map((text) => [
      text,
      'there is no such context (~/.docker/contexts/meta/ID/meta.json cannot be read)',
    ]),
    ...[
      '5',
      '[]',
      '{"Endpoints": null}',
      '{"Endpoints": {"docker": {"Host": 5}}}',
      '{"Endpoints": {"docker": {"Host": null}}}',
    ].map((text) => [text, 'the context names no Docker endpoint']),
  ])('a context that holds %j leads nowhere', (text, why) => {
    const id = createHash('sha256').update('odd').digest('hex')
    write(`.docker/contexts/meta/${id}/meta.json`, text)
    expect(describeCandidates({ DOCKER_CONTEXT: 'odd' })).toEqual([
      `DOCKER_CONTEXT: context "odd": ${why.replace('ID', id)}`,
    ])
  })

  test('the current context is read with its certificates', () => {
    write('.docker/config.json', { currentContext: 'remote' })
    writeContext('remote', 'tcp://10.0.0.5', { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' })
    expect(resolveEngineAddress({ HOME: home })).toEqual({
      kind: 'tcp',
      host: 'tcp://10.0.0.5:2376',
      hostname: '10.0.0.5',
      port: 2376,
      source: 'context "remote"',
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY', skipVerify: false },
    })
  })

  test('a context that is not there is said to be missing', () => {
    expect(describeCandidates({ DOCKER_CONTEXT: 'gone' })[0]).toMatch(
      /^DOCKER_CONTEXT: context "gone": there is no such context \(~\/\.docker\/contexts\/meta\/[0-9a-f]{64}\/meta\.json cannot be read\)$/,
    )
  })

  test('DOCKER_TLS_VERIFY counts whatever it says, and DOCKER_CERT_PATH tells where', () => {
    write('certs/ca.pem', 'CA')
    const address = resolveEngineAddress({
      HOME: home,
      DOCKER_HOST: 'tcp://far',
      DOCKER_TLS_VERIFY: '0',
      DOCKER_CERT_PATH: join(home, 'certs'),
    })
    expect(address).toMatchObject({ port: 2376, tls: { ca: 'CA', skipVerify: false } })
  })
})

describe('without a choice the usual sockets are looked at', () => {
  test('all of them are named, in order', () => {
    expect(describeCandidates({ XDG_RUNTIME_DIR: '/run/user/1000' })).toMatchInlineSnapshot(`
      [
        "usual socket: unix:///var/run/docker.sock",
        "usual socket: unix:///run/user/1000/docker.sock",
        "usual socket: unix://~/.docker/run/docker.sock",
        "usual socket: unix://~/.docker/desktop/docker.sock",
        "usual socket: unix://~/.orbstack/run/docker.sock",
        "usual socket: unix://~/.colima/default/docker.sock",
        "usual socket: unix://~/.rd/docker.sock",
        "usual socket: unix:///run/user/1000/podman/podman.sock",
        "usual socket: unix:///run/podman/podman.sock",
      ]
    `)
  })

  test('DOCKER_CONTEXT=default means them, whatever config.json says', () => {
    write('.docker/config.json', { currentContext: 'remote' })
    expect(describeCandidates({ DOCKER_CONTEXT: 'default' })[0]).toBe('usual socket: unix:///var/run/docker.sock')
  })

  test('a config.json that cannot be read is as if it were not there', () => {
    write('.docker/config.json', 'not JSON')
    expect(describeCandidates({})[0]).toBe('usual socket: unix:///var/run/docker.sock')
  })
})
