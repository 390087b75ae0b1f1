import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Build } from '../../src/core/project/service.ts'
import type { BuildProgress, BuildSpec } from '../../src/engine/ports/image-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { makeKey, toOpensshFile, toPublicBlob } from '../support/ssh-keys.ts'
import { openRuntime, removeProject } from './engine.ts'

/** `RUN --mount=type=ssh`: a step of a real build lists the keys that it is lent, and has one sign. */
const project = `hb-ssh-${process.pid}`
let runtime: Runtime
let folder: string
const first = makeKey('ed25519')
const second = makeKey('nistp256')

beforeAll(async () => {
  runtime = openRuntime()
  folder = await mkdtemp(join(tmpdir(), 'stack-ssh-'))
  await writeFile(join(folder, 'client.cjs'), client)
  await writeFile(join(folder, 'first'), toOpensshFile(first, { comment: 'the-first' }))
  await writeFile(join(folder, 'second'), second.export({ type: 'sec1', format: 'pem' }) as string)
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
  await rm(folder, { recursive: true, force: true })
})

/** Speaks to the agent that BuildKit gives a step. */
const client = `
const socket = require('net').connect(process.env.SSH_AUTH_SOCK)
const field = (value) => { const bytes = Buffer.from(value); const head = Buffer.alloc(4); head.writeUInt32BE(bytes.length); return Buffer.concat([head, bytes]) }
let held = Buffer.alloc(0)
let at = 0
const next = () => { const length = held.readUInt32BE(at); at += 4 + length; return held.subarray(at - length, at) }
socket.on('data', (data) => {
  held = Buffer.concat([held, data])
  if (held.length < 4 || held.length < 4 + held.readUInt32BE()) return
  const kind = held[4]
  at = 5
  if (kind === 12) {
    const count = held.readUInt32BE(at); at += 4
    const keys = Array.from({ length: count }, () => ({ key: Buffer.from(next()), comment: String(next()) }))
    for (const { key, comment } of keys) console.log('KEY ' + key.toString('base64') + ' ' + comment)
    held = Buffer.alloc(0)
    return socket.write(field(Buffer.concat([Buffer.from([13]), field(keys[0].key), field('a challenge'), Buffer.alloc(4)])))
  }
  console.log(kind === 14 ? 'SIGNED ' + Buffer.from(next()).length : 'REFUSED')
  socket.end()
})
socket.write(field(Buffer.from([11])))
`

const build = async (ssh: Build['ssh'], { environment = {}, id = 'default' } = {}): Promise<readonly string[]> => {
  const seen: BuildProgress[] = []
  const spec: BuildSpec = {
    image: `${project}:latest`,
    build: { context: folder, dockerfile_inline: `FROM stack-base/node:24\nRUN --mount=type=ssh,id=${id} --mount=type=bind,target=/in node /in/client.cjs\n`, ...(ssh === undefined ? {} : { ssh }) },
    projectName: project, serviceName: 'web', secrets: {}, directory: folder, environment, labels: { 'com.docker.compose.project': project }, serviceImages: {}, noCache: true,
  } // prettier-ignore
  await runtime.buildImage(spec, { onProgress: (progress) => seen.push(progress) })
  return seen.flatMap((one) => (one.kind === 'log' && /^(?:KEY|SIGNED|REFUSED)/.test(one.text) ? [one.text] : []))
}

const line = (key: typeof first, comment: string): string => `KEY ${toPublicBlob(key).toString('base64')} ${comment}`
/** Of ed25519: two fields, the name and 64 bytes. */
const signed = 'SIGNED 83'

test('a key file is lent to a step as an agent', async () => {
  expect(await build([`default=${join(folder, 'first')}`])).toEqual([line(first, 'the-first'), signed])
})

test('several key files behind a name of their own', async () => {
  const paths = [join(folder, 'first'), join(folder, 'second')].join(',')
  expect(await build({ deploy: paths }, { id: 'deploy' })).toEqual([
    line(first, 'the-first'),
    line(second, join(folder, 'second')),
    signed,
  ])
})

test('SSH_AUTH_SOCK may name a key file as well, and nothing at all is said before the build begins', async () => {
  expect(await build(['default'], { environment: { SSH_AUTH_SOCK: join(folder, 'first') } })).toEqual([
    line(first, 'the-first'),
    signed,
  ])
  await expect(build(['default'])).rejects.toMatchObject({
    code: 'build/ssh-unusable',
    message:
      'build.ssh "default" of service "web" cannot be used: no path is given and SSH_AUTH_SOCK, which names the agent then, is not set.',
  })
})
