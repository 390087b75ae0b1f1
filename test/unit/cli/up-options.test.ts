import { expect, test } from 'vitest'
import { parseInvocation } from '../../../src/cli/invocation.ts'
import { assertMakeFlags, parseScale, wantsWatch } from '../../../src/cli/up/up-options.ts'
import { parseTime } from '../../../src/cli/parse-time.ts'
import { parseDetachKeys } from '../../../src/cli/screen/join-terminal.ts'
import { parseKeyValues, toRunDefinition } from '../../../src/cli/run-definition.ts'
import { createMemorySources } from '../../support/memory-sources.ts'

const attempt = (run: () => unknown): unknown => {
  try {
    return run() ?? 'taken'
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}
const flagsOf = (line: string): never => {
  const invocation = parseInvocation(line.split(' '))
  if ('failure' in invocation) throw invocation.failure
  return invocation.parsed.flags as never
}

test.for<[string, string]>([
  ['up --build --force-recreate', 'taken'],
  ['up --build --no-build', '--build and --no-build cannot be used together.'],
  ['up --force-recreate --no-recreate', '--force-recreate and --no-recreate cannot be used together.'],
  ['up -V --no-recreate', '--renew-anon-volumes and --no-recreate cannot be used together.'],
  ['up --always-recreate-deps --no-recreate', '--always-recreate-deps and --no-recreate cannot be used together.'],
])('%s', ([line, result]) => expect(attempt(() => assertMakeFlags(flagsOf(line), 'up'))).toBe(result))

test('replicas', () => {
  expect(parseScale(['web=3', 'a.b=0'], 'scale')).toEqual({ web: 3, 'a.b': 0 })
  expect(attempt(() => parseScale(['web'], 'scale'))).toBe('A number of replicas is written SERVICE=N, not "web".')
  expect(attempt(() => parseScale(['web=-1'], 'scale'))).toBe(
    'A number of replicas is written SERVICE=N, not "web=-1".',
  )
})

const now = Date.parse('2026-11-21T12:00:00Z')
test.for<[string | undefined, unknown]>([
  [undefined, 'taken'],
  ['10m', now / 1000 - 600],
  ['1795224142', 1_795_224_142],
  ['1795224142.5', 1_795_224_142.5],
  ['2026-11-21T11:00:00Z', now / 1000 - 3600],
  ['2026-11-21T12:00:00.250+01:00', now / 1000 - 3600 + 0.25],
  ['yesterday', '"yesterday" is no time: write 2026-01-02T13:23:37Z, 42m, or seconds since 1970.'],
])('time %s', ([text, result]) => expect(attempt(() => parseTime(text, { now, command: 'logs' }))).toBe(result))

test.for<[string, readonly number[] | undefined]>([
  ['ctrl-p,ctrl-q', [16, 17]],
  ['ctrl-@', [0]],
  ['a,b', [97, 98]],
  ['ctrl-P', undefined],
  ['abc', undefined],
])('detach keys %s', ([text, keys]) => expect(parseDetachKeys(text)).toEqual(keys))

test('variables take their value from the shell when they have none', () => {
  expect(parseKeyValues(['A=1', 'B', 'C', 'D=x=y'], { B: '2' })).toEqual({ A: '1', B: '2', C: null, D: 'x=y' })
})

const service = {
  image: 'api',
  command: ['serve'],
  entrypoint: ['/bin/api'],
  environment: { A: 'file', B: 'file' },
  restart: 'always',
  container_name: 'api',
  scale: 3,
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
} as const
const define = (line: string, tty = false): unknown => {
  const invocation = parseInvocation(`run ${line}`.split(' '))
  if ('failure' in invocation) throw invocation.failure
  const context = { env: { HOME: '/home/me' }, workingDirectory: '/work' }
  return toRunDefinition(service, {
    flags: invocation.parsed.flags as never,
    command: invocation.parsed.words.slice(1),
    tty,
    context: context as never,
    sources: createMemorySources({}),
  })
}

test('a run has its own command, variables and mounts, and neither name, number nor restart policy of the service', () => {
  expect(define('-e A=flag -u 7 -w /tmp -v ./src:/data -v ~/x:/x:ro api npm test')).toMatchInlineSnapshot(`
    {
      "command": [
        "npm",
        "test",
      ],
      "entrypoint": [
        "/bin/api",
      ],
      "environment": {
        "A": "flag",
        "B": "file",
      },
      "image": "api",
      "stdin_open": true,
      "tty": false,
      "user": "7",
      "volumes": [
        {
          "bind": {
            "create_host_path": true,
          },
          "source": "/work/src",
          "target": "/data",
          "type": "bind",
        },
        {
          "bind": {
            "create_host_path": true,
          },
          "read_only": true,
          "source": "/home/me/x",
          "target": "/x",
          "type": "bind",
        },
      ],
      "working_dir": "/tmp",
    }
  `)
})

test('a new entrypoint takes the command of the service away', () => {
  expect(define('--entrypoint /bin/echo\u00A0hi api')).toMatchObject({ command: [] })
  expect(define('api')).toMatchObject({ entrypoint: ['/bin/api'], command: ['serve'] })
})

test('saved files are acted on where somebody is there or asks for it, unless --no-watch forbids it', () => {
  const wants = (line: string, isAttended: boolean): boolean => wantsWatch(flagsOf(line), { isAttended })
  expect(['up', 'up --watch', 'up --no-watch'].map((line) => wants(line, false))).toEqual([false, true, false])
  expect(['up', 'up --watch', 'up --no-watch'].map((line) => wants(line, true))).toEqual([true, true, false])
})
