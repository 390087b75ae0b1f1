import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readApiLogins, toSocketPath } from '../../../src/docker/api-socket.ts'
import { planBuild } from '../../../src/docker/image-build/build-plan.ts'
import { readProxyEnvironment, toProxyEnvironment } from '../../../src/docker/proxy-environment.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-config-'))
})
afterEach(() => rm(folder, { recursive: true }))

const configure = async (config: object): Promise<{ environment: Record<string, string | undefined> }> => {
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  return { environment: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` } }
}
const loginsOf = async (config: object): Promise<unknown> =>
  JSON.parse(Buffer.from(await readApiLogins(await configure(config))).toString('utf8'))

describe('logins for a service that works the engine', () => {
  const auth = Buffer.from('me:pass:word').toString('base64')

  test('are those of the file, and nothing else of it', async () => {
    const config = {
      auths: { 'registry.example': { auth }, 'token.example': { identitytoken: 'abc' }, 'empty.example': {} },
      psFormat: 'x',
      proxies: {},
    }
    expect(await loginsOf(config)).toEqual({
      auths: { 'registry.example': { auth }, 'token.example': { identitytoken: 'abc' } },
    })
  })

  test('come from the store and from the helpers of single registries', async () => {
    const helper = join(folder, 'docker-credential-stacktest')
    await writeFile(
      helper,
      `#!/bin/sh\nif [ "$1" = list ]; then echo '{"one.example":"me"}'; else read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"pass:word\\"}"; fi\n`,
    )
    await chmod(helper, 0o755)
    expect(await loginsOf({ credsStore: 'stacktest', credHelpers: { 'two.example': 'stacktest' } })).toEqual({
      auths: { 'one.example': { auth }, 'two.example': { auth } },
    })
  })

  test('are none where nobody has signed in', async () => {
    expect(
      JSON.parse(Buffer.from(await readApiLogins({ environment: { DOCKER_CONFIG: folder } })).toString('utf8')),
    ).toEqual({ auths: {} })
  })

  test('need an engine whose socket can be mounted', () => {
    expect(
      toSocketPath({ kind: 'unix', host: 'unix:///run/x.sock', socketPath: '/run/x.sock', source: 'DOCKER_HOST' }),
    ).toBe('/run/x.sock')
    expect(
      toSocketPath({ kind: 'tcp', host: 'tcp://h:1', hostname: 'h', port: 1, source: 'DOCKER_HOST' }),
    ).toBeUndefined()
  })
})

describe('proxies', () => {
  const proxies = {
    default: { httpProxy: 'http://p', noProxy: 'near', unknown: 'x', ftpProxy: '' },
    'tcp://h:1': { allProxy: 'socks://q' },
  }

  test('become variables in both spellings', () => {
    expect(toProxyEnvironment({ proxies }, 'unix:///var/run/docker.sock')).toEqual({
      HTTP_PROXY: 'http://p',
      http_proxy: 'http://p',
      NO_PROXY: 'near',
      no_proxy: 'near',
    })
  })

  test('of one engine are instead of the default ones', () => {
    expect(toProxyEnvironment({ proxies }, 'tcp://h:1')).toEqual({ ALL_PROXY: 'socks://q', all_proxy: 'socks://q' })
  })

  test('of a configuration that cannot be read are none', async () => {
    await writeFile(join(folder, 'config.json'), '{')
    expect(
      await readProxyEnvironment({
        address: { kind: 'tcp', host: 'tcp://h:1', source: '' },
        environment: { DOCKER_CONFIG: folder },
      }),
    ).toEqual({})
  })

  test('are arguments of builds, below those of the file', () => {
    const spec = {
      image: 'x',
      build: { context: '.', args: { HTTP_PROXY: 'mine', FROM_HERE: null } },
      projectName: 'p',
      serviceName: 's',
      secrets: {},
      directory: '/x',
      environment: { FROM_HERE: 'v' },
      labels: {},
      serviceImages: {},
    }
    expect(
      planBuild(spec, { proxies: { HTTP_PROXY: 'theirs', http_proxy: 'theirs', no_proxy: 'theirs' } }).args,
    ).toEqual({ HTTP_PROXY: 'mine', no_proxy: 'theirs', FROM_HERE: 'v' })
  })
})
