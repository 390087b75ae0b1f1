import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InteractiveStream, LogChunk } from '../../src/engine/ports/container-runtime.ts'
import type { Runtime } from '../../src/engine/ports/runtime.ts'
import { createContainerFixture } from './container-fixture.ts'
import { openRuntime, removeProject } from './engine.ts'

const project = `hb-streams-${process.pid}`
let runtime: Runtime
const { run, create } = createContainerFixture(() => runtime, project)

beforeAll(() => {
  runtime = openRuntime()
})
afterAll(async () => {
  await removeProject(project)
  runtime.close()
})

const outputOf = async (stream: InteractiveStream): Promise<{ stdout: string; stderr: string }> => {
  const texts = { stdout: '', stderr: '' }
  for await (const { stream: name, data } of stream.output) texts[name] += Buffer.from(data).toString()
  return texts
}

const linesOf = async (chunks: AsyncIterable<LogChunk>): Promise<string[]> => {
  const lines: string[] = []
  for await (const chunk of chunks) lines.push(...chunk.lines.map(({ text }) => text))
  return lines
}

describe('exec', () => {
  let id: string
  beforeAll(async () => {
    id = await run('exec', 'sleep 1000')
  })

  test('both streams and the exit code come back', async () => {
    const session = await runtime.exec(id, { command: ['sh', '-c', 'echo out; echo err >&2; exit 5'] })
    expect(await outputOf(session)).toEqual({ stdout: 'out\n', stderr: 'err\n' })
    expect(await session.exitCode()).toBe(5)
  })

  test('the end of the input reaches the process while its output still comes', async () => {
    const session = await runtime.exec(id, { command: ['sh', '-c', 'wc -c; sleep 0.2; echo after'], stdin: true })
    session.write(Buffer.alloc(300_000, 'x'))
    session.endInput()
    expect((await outputOf(session)).stdout).toBe('300000\nafter\n')
    expect(await session.exitCode()).toBe(0)
  })

  test('a process that does not read makes the writer wait, and one that ends lets it go on', async () => {
    const session = await runtime.exec(id, { command: ['sh', '-c', 'echo $$; exec sleep 1000'], stdin: true })
    const part = Buffer.alloc(65_536, 'x')
    let written = 0
    // Sockets and pipes on the way hold a few hundred kilobytes; whoever gathers without end never says no.
    while (session.write(part) && written < 64 * 1024 * 1024) written += part.length
    expect(written).toBeLessThan(64 * 1024 * 1024)
    const output = session.output[Symbol.asyncIterator]()
    const { value } = await output.next()
    const pid = Buffer.from(value.data).toString().trim()
    let isDrained = false
    const drained = session.drained().then(() => (isDrained = true))
    expect(isDrained).toBe(false)
    await (await runtime.exec(id, { command: ['kill', '-9', pid] })).exitCode()
    while (!(await output.next()).done);
    session.close()
    await drained
    expect(session.write(part)).toBe(true)
  })

  test('a terminal has one stream and the size that it was given', async () => {
    const session = await runtime.exec(id, {
      command: ['sh', '-c', 'sleep 0.3; stty size; echo err >&2'],
      tty: true,
      size: { columns: 91, rows: 37 },
    })
    await runtime.resizeTty({ exec: session.id }, { columns: 91, rows: 37 })
    const { stdout, stderr } = await outputOf(session)
    expect(stderr).toBe('')
    expect(stdout).toContain('37 91')
  })

  test('user, folder and variables are those that were asked for', async () => {
    const session = await runtime.exec(id, {
      command: ['sh', '-c', 'id -u; pwd; echo $A'],
      user: '1234',
      workingDir: '/tmp',
      environment: ['A=b c'],
    })
    expect((await outputOf(session)).stdout).toBe('1234\n/tmp\nb c\n')
  })

  test('a large output is whole, and comes only as fast as it is read', async () => {
    const session = await runtime.exec(id, { command: ['sh', '-c', 'yes 0123456789abcdef | head -c 20000000'] })
    let size = 0
    for await (const { data } of session.output) size += data.length
    expect(size).toBe(20_000_000)
  })

  test('a command that is not there says so by its exit code', async () => {
    const session = await runtime
      .exec(id, { command: ['no-such-command'] })
      .then(async (one) => ({ text: await outputOf(one), code: await one.exitCode() }))
    expect(session.code).toBeGreaterThan(125)
  })
})

describe('attach', () => {
  test('opened before the start it misses nothing, and the input reaches the process', async () => {
    const id = await create('attach', 'echo hello; read line; echo "got $line"', { stdin_open: true })
    const session = await runtime.attach(id, { stdin: true, tty: false })
    await runtime.startContainer(id)
    session.write(Buffer.from('typed\n'))
    expect((await outputOf(session)).stdout).toBe('hello\ngot typed\n')
  })
})

describe('logs', () => {
  test('a line that the engine has cut is one line, and a last line without an end is one too', async () => {
    const id = await run('cut', `head -c 50000 /dev/zero | tr '\\0' x; echo; printf last`)
    await runtime.waitContainer(id)
    const lines = await linesOf(runtime.logs(id, { follow: false }))
    expect(lines.map((line) => line.length)).toEqual([50_000, 4])
  })

  test('characters of several bytes survive the cuts between messages', async () => {
    // The engine itself breaks a character that lies across one of its own cuts, every 16384 bytes; these do not.
    const id = await run('bytes', `i=0; while [ $i -lt 9000 ]; do printf '😀'; i=$((i+1)); done; echo`)
    await runtime.waitContainer(id)
    const [line = ''] = await linesOf(runtime.logs(id, { follow: false }))
    expect(line === '😀'.repeat(9000)).toBe(true)
  })

  test('with a terminal lines have no carriage return', async () => {
    const id = await run('tty', 'echo one; echo two >&2', { tty: true })
    await runtime.waitContainer(id)
    expect(await linesOf(runtime.logs(id, { follow: false }))).toEqual(['one', 'two'])
  })

  test('since takes up where a time left off', async () => {
    const id = await run('since', 'echo one; sleep 0.3; echo two')
    await runtime.waitContainer(id)
    const chunks: LogChunk[] = []
    for await (const chunk of runtime.logs(id, { follow: false })) chunks.push(chunk)
    // The engine's own times: a busy one reads a line later than it was written.
    const [one = 0, two = 0] = chunks.flatMap(({ lines }) => lines).map(({ at }) => at)
    expect(await linesOf(runtime.logs(id, { follow: false, since: (one + two) / 2000 }))).toEqual(['two'])
  })
})

describe('files', () => {
  test('files are put with mode and owner, and come back as an archive', async () => {
    const id = await create('files', 'sleep 1000')
    const long = `${'d'.repeat(90)}/${'f'.repeat(120)}.txt`
    await runtime.putFiles(id, '/', [
      { path: 'opt/secret', content: Buffer.from('s3cret'), mode: 0o440, uid: 12, gid: 34 },
      { path: `opt/${long}`, content: Buffer.from('ä'), mode: 0o644 },
    ])
    await runtime.startContainer(id)
    const session = await runtime.exec(id, {
      command: ['sh', '-c', `stat -c '%a %u %g' /opt/secret; cat /opt/secret; wc -c < /opt/${long}`],
    })
    expect((await outputOf(session)).stdout).toBe('440 12 34\ns3cret2\n')
    const archive = await runtime.getArchive(id, '/opt/secret')
    expect(archive.stat).toMatchObject({ name: 'secret', size: 6 })
    const parts: Buffer[] = []
    for await (const part of archive.tar) parts.push(Buffer.from(part))
    expect(Buffer.concat(parts).subarray(512, 518).toString()).toBe('s3cret')
  })

  test('a folder that is not there is an error that names it', async () => {
    const id = await create('nofolder', 'true')
    await expect(
      runtime.putFiles(id, '/no/such/folder', [{ path: 'a', content: Buffer.from('a'), mode: 0o644 }]),
    ).rejects.toThrow('/no/such/folder')
    await expect(runtime.getArchive(id, '/no/such/file')).rejects.toMatchObject({ code: 'engine/not-found' })
  })
})

describe('measurements', () => {
  test('a busy container uses a processor, and a stream of measurements ends by its signal', async () => {
    const id = await run('busy', 'while :; do :; done')
    let measured = 0
    for await (const once of runtime.stats(id, { stream: false })) {
      measured += 1
      expect(once.cpuPercent).toBeGreaterThan(5)
      expect(once.memoryBytes).toBeGreaterThan(0)
    }
    expect(measured).toBe(1)
    const controller = new AbortController()
    let count = 0
    const following = (async () => {
      for await (const sample of runtime.stats(id, { stream: true }, { signal: controller.signal })) {
        count += sample.pids
        controller.abort()
      }
    })()
    await expect(following).rejects.toMatchObject({ name: 'AbortError' })
    expect(count).toBeGreaterThan(0)
    await runtime.removeContainer(id, { force: true })
  })
})
