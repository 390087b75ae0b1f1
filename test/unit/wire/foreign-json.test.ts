import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { toSecurityOptions } from '../../../src/docker/create-options/security-options.ts'
import { findCredentials, listCredentials } from '../../../src/docker/registry/registry-auth.ts'
import { findCliPlugin } from '../../../src/system/cli-plugins.ts'
import { parseForeignJson } from '../../../src/wire/foreign-json.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-json-'))
})
afterEach(() => rm(folder, { recursive: true }))

const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it was taken',
    (error: Error) => error.message.replaceAll(folder, '~'),
  )

const answer = z.object({ name: z.string(), sizes: z.optional(z.array(z.number())) })

test.each([
  ['{"name": "a", "more": 1}', { name: 'a' }],
  ['{"name": "a", "sizes": [1]}', { name: 'a', sizes: [1] }],
  ['{"name": "a", "sizes": null}', { name: 'a' }],
])('takes %s', (text, expected) => expect(parseForeignJson(answer, text, 'it')).toEqual(expected))

test.each([
  ['', 'it is empty'],
  ['name: a', 'it is no JSON'],
  ['{"name": "a"', 'it is no JSON'],
  ['[]', 'the whole of it must be an object'],
  ['null', 'the whole of it must be an object'],
  ['{}', '"name" must be text'],
  ['{"name": 1}', '"name" must be text'],
  ['{"name": null}', '"name" must be text'],
  ['{"name": "a", "sizes": [1, "2"]}', '"sizes.1" must be a number'],
  [`{"name": ${'['.repeat(1000)}${']'.repeat(1000)}}`, '"name" must be text'],
])('refuses %.40s', (text, why) => {
  expect(() => parseForeignJson(answer, text, 'the answer')).toThrow(
    `What is read from the answer cannot be used: ${why}.`,
  )
})

test.each([
  ['not json', 'it is no JSON'],
  ['{"auths": []}', '"auths" must be an object'],
  ['{"auths": {"registry.example": "me"}}', '"auths.registry.example" must be an object'],
  ['{"auths": {"registry.example": {"auth": 5}}}', '"auths.registry.example.auth" must be text'],
  ['{"credHelpers": {"registry.example": 1}}', '"credHelpers.registry.example" must be text'],
  ['{"proxies": {"default": {"httpProxy": true}}}', '"proxies.default.httpProxy" must be text'],
])('a config.json that is wrong is named: %s', async (text, why) => {
  await writeFile(join(folder, 'config.json'), text)
  expect(await failureOf(findCredentials('registry.example', { DOCKER_CONFIG: folder }))).toBe(
    `What is read from ~/config.json cannot be used: ${why}.`,
  )
})

test.each([
  '{"auths": null, "credsStore": null, "credHelpers": null, "proxies": null}',
  '{"auths": {"registry.example": null}, "proxies": {"default": {"httpProxy": null, "more": 5}}}',
])("what is null in config.json, or not read of it, is nobody's login: %s", async (text) => {
  await writeFile(join(folder, 'config.json'), text)
  expect(await findCredentials('registry.example', { DOCKER_CONFIG: folder })).toBeUndefined()
})

test.each([
  ['', 'it is empty'],
  ['{', 'it is no JSON'],
])('so is a seccomp profile: %j', (text, why) => {
  expect(() => toSecurityOptions(['seccomp=./own.json'], { './own.json': text })).toThrow(
    `What is read from ./own.json cannot be used: ${why}.`,
  )
})

test.each([
  ['', 'it is empty'],
  ['hello', 'it is no JSON'],
  ['{"Username": 5}', '"Username" must be text'],
])('so is an answer of a credential helper: %j', async (text, why) => {
  const helper = join(folder, 'docker-credential-odd')
  await writeFile(helper, `#!/bin/sh\ncat >/dev/null\nprintf %s '${text}'\n`)
  await chmod(helper, 0o755)
  await writeFile(join(folder, 'config.json'), '{"credsStore": "odd"}')
  const environment = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` }
  expect(await failureOf(findCredentials('registry.example', environment))).toBe(
    `What is read from the answer of docker-credential-odd cannot be used: ${why}.`,
  )
  if (text !== '{"Username": 5}')
    expect(await failureOf(listCredentials(environment))).toBe(
      `What is read from the list of docker-credential-odd cannot be used: ${why}.`,
    )
})

test('folders of plugins that are no list are none', async () => {
  await writeFile(join(folder, 'config.json'), '{"cliPluginsExtraDirs": 5}')
  expect(await findCliPlugin('stack-nobody-has-it', { DOCKER_CONFIG: folder })).toBeUndefined()
})
