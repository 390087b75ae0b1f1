import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runDoctor } from '../../../src/cli/commands/doctor.ts'
import type { EngineDescription } from '../../../src/system/doctor/check.ts'
import { noPaint } from '../../../src/report/paint.ts'
import { describeChecks } from '../../../src/system/doctor/describe-checks.ts'
import { checkEngine, checkUnreachable } from '../../../src/system/doctor/engine-checks.ts'
import { checkWatchLimits } from '../../../src/system/doctor/machine-checks.ts'
import { parseDistribution, suggestEngineFix, type Machine } from '../../../src/system/doctor/machine.ts'

const debian: Machine = { platform: 'linux', distribution: ['debian'], root: true, systemd: false, dockerd: undefined }
const engine: EngineDescription = {
  address: 'unix:///var/run/docker.sock',
  version: 'Docker 28.5.2',
  api: '1.51',
  platform: 'Debian',
  storage: 'overlay2',
  cgroup: 'v2 (systemd)',
  rootless: false,
  buildKit: true,
  dataFolder: '/var/lib/docker',
  memoryBytes: 8e9,
  warnings: [],
}

describe('each machine is told the one command that brings an engine', () => {
  test.each<[string, Partial<Machine>, string]>([
    ['Debian as root', {}, 'stack doctor --fix'],
    ['Debian as a user', { root: false }, 'sudo apt-get install -y docker.io'],
    ['installed, not running', { dockerd: '/usr/sbin/dockerd' }, 'stack doctor --fix'],
    [
      'installed, with systemd',
      { dockerd: '/usr/sbin/dockerd', systemd: true, root: false },
      'sudo systemctl start docker',
    ],
    [
      'Fedora',
      { distribution: ['fedora'], root: false },
      'sudo dnf install -y moby-engine && sudo systemctl start docker',
    ],
    ['macOS', { platform: 'darwin', distribution: [] }, 'brew install colima docker && colima start'],
  ])('%s', (_, change, expected) => expect(suggestEngineFix({ ...debian, ...change })).toBe(expected))

  test('os-release is read with and without quotes', () => {
    expect(parseDistribution('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID=22\n')).toEqual([
      'linuxmint',
      'ubuntu',
      'debian',
    ])
  })
})

describe('an engine that does not answer', () => {
  test('every place that was tried is listed', () => {
    const attempts = [
      { address: 'unix:///var/run/docker.sock', source: 'usual socket', failure: 'the socket does not exist' },
      { address: 'unix:///run/podman/podman.sock', source: 'usual socket', failure: 'nobody listens there' },
    ]
    expect(describeChecks([checkUnreachable(attempts, debian)], { paint: noPaint })).toBe(
      [
        '✗ Engine  no container engine answers. Tried:',
        '            unix:///var/run/docker.sock (usual socket): the socket does not exist',
        '            unix:///run/podman/podman.sock (usual socket): nobody listens there',
        '          stack doctor --fix',
        '',
      ].join('\n'),
    )
  })

  test.each([
    [
      'unix:///var/run/docker.sock',
      'usual socket',
      'this user may not open the socket',
      'sudo usermod -aG docker "$USER" && newgrp docker',
    ],
    ['tcp://far:2375', 'DOCKER_HOST', 'no answer within 15 s', 'unset DOCKER_HOST'],
    ['ssh://far', 'context "far"', 'Permission denied (publickey)', 'docker context use default'],
  ])('%s, %s: %s', (address, source, failure, fix) =>
    expect(checkUnreachable([{ address, source, failure }], debian).fix).toBe(fix),
  )

  test('the exit code is 4, as text and as JSON', async () => {
    const home = mkdtempSync(join(tmpdir(), 'stack-test-'))
    const [out, err]: [string[], string[]] = [[], []]
    const context = {
      env: { HOME: home, PATH: '/usr/bin', DOCKER_HOST: `unix://${home}/none.sock` },
      signal: AbortSignal.timeout(10_000),
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
      terminal: { paint: { stdout: noPaint } },
    }
    expect(await runDoctor({ flags: { fix: false, json: false }, context })).toBe(4)
    expect(await runDoctor({ flags: { fix: false, json: true }, context })).toBe(4)
    rmSync(home, { recursive: true })
    expect(out[0]).toContain('none.sock (DOCKER_HOST): the socket does not exist')
    const told = JSON.parse(out[1] ?? '') as {
      exitCode: number
      engine: null
      checks: { id: string; status: string }[]
    }
    expect(told).toMatchObject({ exitCode: 4, engine: null })
    expect(told.checks.find(({ id }) => id === 'engine')?.status).toBe('problem')
    expect(err).toEqual([])
  })
})

describe('an engine that answers', () => {
  const tell = (change: Partial<EngineDescription>): readonly string[] =>
    checkEngine({ ...engine, ...change }).map(({ id, status, detail }) => `${id} ${status}: ${detail}`)

  test('is described', () => {
    expect(tell({ rootless: true })).toEqual([
      'engine ok: Docker 28.5.2, API 1.51, rootless, at unix:///var/run/docker.sock',
      'storage ok: overlay2, cgroup v2 (systemd)',
      'builder ok: BuildKit',
    ])
  })

  test('too old', () =>
    expect(tell({ version: 'Docker 19.03', api: '1.40' })[0]).toBe(
      'engine problem: Docker 19.03, API 1.40 (Stack needs 1.41), at unix:///var/run/docker.sock',
    ))

  test('what it warns of is handed on', () =>
    expect(tell({ warnings: ['No swap limit support'] })).toContain('engine-warning-1 warning: No swap limit support'))
})

test('too few file watches are a warning with the setting that mends it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'))
  writeFileSync(join(folder, 'max_user_watches'), '8192\n')
  writeFileSync(join(folder, 'max_user_instances'), '128\n')
  const [check] = checkWatchLimits(folder)
  rmSync(folder, { recursive: true })
  expect(check).toMatchObject({ status: 'warning', fix: 'sudo sysctl fs.inotify.max_user_watches=524288' })
  expect(checkWatchLimits(folder)).toEqual([])
})
