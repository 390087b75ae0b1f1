import { expect, test } from 'vitest'
import { createMachine } from '../../../src/system/this-machine.ts'
import { readKernelUsage, type KernelFiles } from '../../../src/system/kernel-usage.ts'

const network = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    9000      10    0    0    0     0          0         0     9000      10    0    0    0     0       0          0
  eth0: 1200 10    0    0    0     0          0         0      340       7    0    0    0     0       0          0
  eth1:      30       1    0    0    0     0          0         0       50       1    0    0    0     0       0          0
`
const groups = (version: 1 | 2) =>
  version === 2
    ? '0::/system.slice/docker-abc123.scope\n'
    : '11:memory:/docker/abc123\n5:cpu,cpuacct:/docker/abc123\n4:cpuacct,cpu:/other\n0::/\n'

const filesOf = (texts: Readonly<Record<string, string>>): KernelFiles => {
  const all: Readonly<Record<string, string>> = {
    '/proc/7/net/dev': network,
    '/proc/7/ns/net': 'net:[2]',
    '/proc/self/ns/net': 'net:[1]',
    ...texts,
  }
  return { read: (path) => all[path], link: (path) => all[path] }
}
const unified = {
  '/proc/7/cgroup': groups(2),
  '/sys/fs/cgroup/system.slice/docker-abc123.scope/cpu.stat': 'usage_usec 2500000\nuser_usec 1\n',
  '/sys/fs/cgroup/system.slice/docker-abc123.scope/memory.current': '5000\n',
  '/sys/fs/cgroup/system.slice/docker-abc123.scope/memory.stat': 'anon 1\ninactive_file 2000\n',
  '/sys/fs/cgroup/system.slice/docker-abc123.scope/memory.max': 'max\n',
}
const split = {
  '/proc/7/cgroup': groups(1),
  '/sys/fs/cgroup/cpuacct/docker/abc123/cpuacct.usage': '2500000000\n',
  '/sys/fs/cgroup/memory/docker/abc123/memory.usage_in_bytes': '5000\n',
  '/sys/fs/cgroup/memory/docker/abc123/memory.stat': 'cache 1\ntotal_inactive_file 2000\n',
  '/sys/fs/cgroup/memory/docker/abc123/memory.limit_in_bytes': '9223372036854771712\n',
}
const usage = { at: 5, cpuMs: 2500, memoryBytes: 3000, networkInBytes: 1230, networkOutBytes: 390 }
const readFrom = (texts: Readonly<Record<string, string>>, id = 'abc123') =>
  readKernelUsage({ id, pid: 7 }, { files: filesOf(texts), now: () => 5 })

test('control groups of both versions say the same', () => {
  expect(readFrom(unified)).toEqual(usage)
  expect(readFrom(split)).toEqual(usage)
})

test('a limit is told, and a network that is not its own does not count', () => {
  expect(
    readFrom({
      ...unified,
      '/sys/fs/cgroup/system.slice/docker-abc123.scope/memory.max': '8000\n',
      '/proc/7/ns/net': 'net:[1]',
    }),
  ).toEqual({ ...usage, memoryLimitBytes: 8000, networkInBytes: 0, networkOutBytes: 0 })
})

test('nothing of a process that is not the one of the container, or not there', () => {
  expect(readFrom(unified, 'def456')).toBeUndefined()
  expect(readFrom({})).toBeUndefined()
  expect(createMachine().usageOf({ id: 'none of this machine', pid: process.pid })).toBeUndefined()
})
