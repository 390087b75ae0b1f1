import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
const up = (provider: { readonly type: string; readonly options?: Readonly<Record<string, unknown>> }) => {
  const world = aWorld()
  const project = aProject({
    'my-db': { ...aService({ networks: {}, provider }) },
    web: aService({ depends_on: { 'my-db': needs('service_started') } }),
  })
  const deps = {
    ...world.deps,
    providers: createProviders({ environment: { PATH: `${folder}:${process.env['PATH']}`, DOCKER_CONFIG: folder } }),
  }
  const notes: string[] = []
  const emit: Parameters<typeof applyPlan>[1]['emit'] = (body) =>
    body.type === 'step/progressed' && notes.push(body.note ?? '')
  const work = applyPlan(deps, {
    project: { ...project, context: { ...project.context, directory: folder } },
    command: 'stack up',
    emit,
    plan: (observed, round) => planUp(project, observed, { ...hashOptions, settled: round.settledImages }),
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
  return { world, notes, run }
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
