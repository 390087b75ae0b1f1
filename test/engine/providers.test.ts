import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planDown } from '../../src/core/plan/plan-down.ts'
import { planStop } from '../../src/core/plan/plan-lifecycle.ts'
import { planUp } from '../../src/core/plan/plan-up.ts'
import { applyPlan } from '../../src/engine/apply.ts'
import { createProviders } from '../../src/system/providers.ts'
import { aProject, aService, aWorld, hashOptions, needs } from '../support/builders.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-provider-'))
})
afterEach(() => rm(folder, { recursive: true }))

const install = async (lines: readonly string[]): Promise<void> => {
  const path = join(folder, 'cloud')
  await writeFile(path, ['#!/bin/sh', ...lines].join('\n'))
  await chmod(path, 0o755)
}
type Provider = { readonly type: string; readonly options?: Readonly<Record<string, unknown>> }
type Options = {
  readonly environment?: Readonly<Record<string, string | null>>
  readonly command?: 'up' | 'stop' | 'down'
}
const up = (provider: Provider, { environment = {}, command = 'up' }: Options = {}) => {
  const world = aWorld()
  const project = aProject({
    'my-db': { ...aService({ networks: {}, provider }) },
    web: aService({ environment, depends_on: { 'my-db': needs('service_started') } }),
  })
  const deps = {
    ...world.deps,
    providers: createProviders({ environment: { PATH: `${folder}:${process.env['PATH']}`, DOCKER_CONFIG: folder } }),
  }
  const notes: string[] = []
  const warnings: string[] = []
  const emit: Parameters<typeof applyPlan>[1]['emit'] = (body) => {
    if (body.type === 'step/progressed') notes.push(body.note ?? '')
    else if (body.type === 'problem/raised') warnings.push(body.problem.message)
  }
  const target = { name: project.name, project }
  const plan: Parameters<typeof applyPlan>[1]['plan'] = (observed, round) =>
    command === 'stop'
      ? planStop(target, observed, {})
      : command === 'down'
        ? planDown(target, observed, {})
        : planUp(project, observed, { ...hashOptions, settled: round.settledImages })
  const work = applyPlan(deps, {
    project: { ...project, context: { ...project.context, directory: folder } },
    command: 'stack up',
    emit,
    plan,
  })
  // The program lives in real time, the engine in virtual time.
  const run = async () => {
    let isDone = false
    const end = (): void => void (isDone = true)
    work.then(end, end)
    while (!isDone) {
      await world.clock.advance(10)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return work
  }
  return { world, notes, warnings, run }
}

describe('a service that is provided', () => {
  test('is asked for by its options, and what it says goes to those who need it', async () => {
    await install([
      `echo '{"type":"info","message":"'"$*"'"}'`,
      `echo '{"type":"setenv","message":"URL=postgres://x=y"}'`,
      `echo '{"type":"rawsetenv","message":"REGION=eu"}'`,
    ])
    const { world, notes, run } = up({ type: 'cloud', options: { size: 'small', zone: ['a', 'b'] } })
    expect((await run()).failures).toEqual([])
    expect(notes).toEqual(['compose --project-name demo up --size=small --zone=a --zone=b my-db'])
    expect(world.runtime.byName('demo-web-1').spec.extraEnvironment).toEqual({
      MY_DB_URL: 'postgres://x=y',
      REGION: 'eu',
    })
  })

  test('overrides with a variable of its own name what the file says, and says so without the value', async () => {
    await install([
      `echo '{"type":"rawsetenv","message":"REGION=eu"}'`,
      `echo '{"type":"rawsetenv","message":"SAME=1"}'`,
      `echo '{"type":"rawsetenv","message":"BARE=s3cret"}'`,
      `echo '{"type":"setenv","message":"URL=a"}'`,
    ])
    const { world, warnings, run } = up(
      { type: 'cloud' },
      { environment: { REGION: 'us', SAME: '1', BARE: null, MY_DB_URL: 'b' } },
    )
    expect((await run()).failures).toEqual([])
    expect(warnings).toEqual(
      ['REGION', 'BARE'].map(
        (name) => `Provider "my-db" sets ${name} of service "web", which had another value: the provider's is used.`,
      ),
    )
    expect(world.runtime.byName('demo-web-1').spec.extraEnvironment).toEqual({
      MY_DB_URL: 'a',
      REGION: 'eu',
      SAME: '1',
      BARE: 's3cret',
    })
  })

  const describing = (metadata: object): string =>
    `[ "$2" = metadata ] && { echo '${JSON.stringify(metadata)}'; exit; }`
  const echoing = `echo '{"type":"info","message":"'"$*"'"}'`

  test('gets of its options those that it says the command takes', async () => {
    await install([
      describing({ description: 'A cloud', up: { parameters: [{ name: 'size', required: true, type: 'string' }] } }),
      echoing,
    ])
    const options = { size: 'small', zone: 'a' }
    const { notes, run } = up({ type: 'cloud', options })
    expect((await run()).failures).toEqual([])
    expect(notes).toEqual(['compose --project-name demo up --size=small my-db'])
    const down = up({ type: 'cloud', options }, { command: 'down' })
    await down.run()
    expect(down.notes).toEqual(['compose --project-name demo down my-db'])
  })

  test('without an option that it needs is not called', async () => {
    await install([describing({ up: { parameters: [{ name: 'size', required: true }] } }), echoing])
    const { notes, run } = up({ type: 'cloud' })
    expect((await run()).failures.map(({ problem }) => problem.message)).toEqual([
      'The provider "cloud" of service "my-db" failed: it needs the option "size"',
    ])
    expect(notes).toEqual([])
  })

  test('is told to stop when it says that it knows how', async () => {
    await install([describing({ stop: {} }), echoing])
    const { notes, run } = up({ type: 'cloud', options: { size: 'small' } }, { command: 'stop' })
    expect((await run()).failures).toEqual([])
    expect(notes).toEqual(['Stopping', 'compose --project-name demo stop --size=small my-db', 'Stopped'])
  })

  test.each([
    ['has no metadata', echoing],
    ['describes no stop', describing({ up: { parameters: [] } })],
  ])('is not told to stop when it %s', async (_, line) => {
    await install([line, '[ "$2" = metadata ] || exit 3', echoing])
    const { notes, run } = up({ type: 'cloud' }, { command: 'stop' })
    expect((await run()).failures).toEqual([])
    expect(notes).toEqual([])
  })

  test('that fails says why, and what needs it is not started', async () => {
    await install([`echo '{"type":"error","message":"no quota"}'`, 'exit 3'])
    const result = await up({ type: 'cloud' }).run()
    expect(result.failures.map(({ problem }) => problem.message)).toEqual([
      'The provider "cloud" of service "my-db" failed: no quota',
    ])
  })

  test('by nobody here is said with what to install', async () => {
    const result = await up({ type: 'nowhere' }).run()
    expect(result.failures.map(({ problem }) => problem.code)).toEqual(['provider/unavailable'])
  })
})
