import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ContainerSummary, EventBody } from '../../src/core/events/event.ts'
import type { Service } from '../../src/core/project/service.ts'
import type { Frame, Refused } from '../../src/engine/sync/container-files.ts'
import { type BackSync, createBackSync } from '../../src/engine/sync/back/back-sync.ts'
import { createClock } from '../../src/system/clock.ts'
import { createHostWriter } from '../../src/system/host-writer.ts'
import { createSourceFiles } from '../../src/system/source-files.ts'
import { createWatcher } from '../../src/system/watch.ts'
import { aProject, aService } from '../support/builders.ts'
import { eventually } from '../support/eventually.ts'
import { describeWhere } from '../support/not-run.ts'
import { makeBareImage, whyNoMachineImage } from '../support/tool-images.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject } from './engine.ts'

const project = 'stack-test-back'
const runtime = openRuntime()
const { run } = createContainerFixture(() => runtime, project)
const base = await mkdtemp(join(tmpdir(), 'stack-back-engine-'))
beforeAll(() => removeProject(project))
afterAll(async () => {
  await removeProject(project)
  await rm(base, { recursive: true })
})

const inside = async (id: string, script: string): Promise<string> => {
  const session = await runtime.exec(id, { command: ['sh', '-c', script] })
  let text = ''
  for await (const { data } of session.output) text += new TextDecoder().decode(data)
  return text
}

/** As far as files and folders go. */
const apply = async (id: string, { root, put }: Frame): Promise<readonly Refused[]> => {
  for (const { path, entry } of put) if (entry.kind === 'directory') await inside(id, `mkdir -p ${join(root, path)}`)
  const files = put.flatMap(({ path, entry, content }) =>
    entry.kind === 'file' ? [{ path, content: content ?? new Uint8Array(), mode: entry.mode }] : [],
  )
  if (files.length > 0) await runtime.putFiles(id, root, files)
  return []
}

let sync: BackSync | undefined
let events: EventBody[] = []
afterEach(async () => {
  await sync?.close()
  sync = undefined
})

type Starting = { readonly direction: 'from' | 'both'; readonly target?: string; readonly more?: Partial<Service> }

const start = async (
  service: string,
  { direction, target = '/app/gen', more = {} }: Starting,
): Promise<{ id: string; host: string }> => {
  const id = await run(service, `mkdir -p ${target}; exec sleep 600`, more)
  const host = join(base, service)
  events = []
  const details = await runtime.inspectContainer(id)
  const summary: ContainerSummary = {
    id,
    name: `${project}-${service}-1`,
    service,
    number: 1,
    state: 'running',
    ports: [],
    ...(details?.startedAt === undefined ? {} : { startedAt: details.startedAt }),
  }
  sync = createBackSync(
    {
      runtime,
      clock: createClock(),
      source: createSourceFiles(),
      writer: createHostWriter(),
      watcher: createWatcher(),
      apply,
      emit: (event) => void events.push(event),
    },
    {
      project: aProject({
        [service]: aService({ 'x-stack': { watch: [{ path: host, target, direction }] } }),
      }),
      signal: new AbortController().signal,
      containersOf: () => [summary],
    },
  )
  return { id, host }
}

const reads = (path: string, text: string): Promise<void> =>
  eventually(async () => expect(await readFile(path, 'utf8')).toBe(text), 20_000)
const codes = (): readonly string[] =>
  events.flatMap((event) => (event.type === 'problem/raised' ? [event.problem.code] : []))
/** What the links are that are told of. */
const places = (): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'problem/raised' ? (/link (\S+) of/.exec(event.problem.message)?.slice(1) ?? []) : [],
  )

describe('files of a real container', () => {
  test('come here, change and go, and nothing behind a link comes', async () => {
    const { id, host } = await start('from', { direction: 'from' })
    await inside(
      id,
      `cd /app/gen; mkdir d .git; echo one >d/a; echo run >d/run; chmod +x d/run; echo x >.git/x; ln -s a d/in; ln -s /etc out; ln -s ../../etc/passwd d/out; printf odd >"$(printf 'line\\nend')"; printf bytes >"$(printf 'b\\377')"`,
    )
    await reads(join(host, 'd/a'), 'one\n')
    await reads(join(host, 'line\nend'), 'odd')
    expect((await readdir(join(host, 'd'))).toSorted()).toEqual(['a', 'in', 'run'])
    expect(
      (await readdir(Buffer.from(host), { encoding: 'buffer' })).map((name) => name.toString('latin1')).toSorted(),
    ).toEqual(['b\xff', 'd', 'line\nend'])
    await inside(id, 'cd /app/gen; echo two >d/a; rm d/run')
    await reads(join(host, 'd/a'), 'two\n')
    await eventually(async () => expect((await readdir(join(host, 'd'))).toSorted()).toEqual(['a', 'in']))
    expect(new Set(codes())).toEqual(new Set(['watch/link-outside']))
    await inside(id, 'cd /app/gen; rm -r d; ln -s /etc d')
    await eventually(() => expect(places()).toContain('/app/gen/d'))
    expect((await readdir(join(host, 'd'))).toSorted()).toEqual(['a', 'in'])
  })

  test('are kept the same both ways, and a conflict stays as it is', async () => {
    const { id, host } = await start('both', { direction: 'both' })
    await mkdir(join(host, 'h'), { recursive: true })
    await writeFile(join(host, 'h/a'), 'one')
    await inside(id, 'echo two >/app/gen/b')
    await reads(join(host, 'b'), 'two\n')
    await eventually(async () => expect(await inside(id, 'cat /app/gen/h/a')).toBe('one'))
    await writeFile(join(host, 'b'), 'three')
    await eventually(async () => expect(await inside(id, 'cat /app/gen/b')).toBe('three'))
    await inside(id, 'rm -r /app/gen/h')
    await eventually(async () => expect(await readdir(host)).toEqual(['b']))
    await rm(join(host, 'b'))
    await eventually(async () => expect((await inside(id, 'ls /app/gen')).trim()).toBe(''))
    await Promise.all([writeFile(join(host, 'c'), 'mine'), inside(id, 'printf theirs >/app/gen/c')])
    await eventually(() => expect(codes()).toEqual(['watch/conflict']))
    expect([await readFile(join(host, 'c'), 'utf8'), await inside(id, 'cat /app/gen/c')]).toEqual(['mine', 'theirs'])
    await inside(id, 'rm /app/gen/c')
    await eventually(async () => expect(await inside(id, 'cat /app/gen/c')).toBe('mine'))
    await eventually(() => expect(events.some(({ type }) => type === 'problem/cleared')).toBe(true))
  })

  test('of a user of its own are kept the same where root has no rights', async () => {
    const user = { user: '1234:2345', cap_drop: ['ALL'], security_opt: ['no-new-privileges'] }
    const { id, host } = await start('rights', { direction: 'both', target: '/tmp/gen', more: user })
    await inside(id, 'cd /tmp/gen; umask 077; echo one >a; head -c 5000000 /dev/zero >big')
    await reads(join(host, 'a'), 'one\n')
    await eventually(async () => expect((await stat(join(host, 'big'))).size).toBe(5_000_000), 20_000)
    await writeFile(join(host, 'b'), 'two')
    await eventually(async () => expect(await inside(id, 'cat /tmp/gen/b')).toBe('two'))
    await rm(join(host, 'a'))
    await eventually(async () => expect((await inside(id, 'cd /tmp/gen; echo *')).trim()).toBe('b big'))
    expect(codes()).toEqual([])
  })
})

describeWhere('files of an image without a shell', whyNoMachineImage(), () => {
  test('do not come, and it is said why', async () => {
    const more = { image: await makeBareImage(project), command: ['sleep', '600'] }
    await start('bare', { direction: 'from', more })
    await eventually(() => expect(codes()).toEqual(['watch/back-failed']))
    expect(JSON.stringify(events)).toContain('Nothing comes back from stack-test-back-bare-1: it has no shell.')
  })
})
