import { readFileSync, readlinkSync } from 'node:fs'
import type { ContainerUsage } from '../engine/ports/container-usage.ts'

/** Files and links of the kernel; nothing for what is not there. Read at once: they are no files of a disk. */
export type KernelFiles = {
  read(path: string): string | undefined
  link(path: string): string | undefined
}

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch {
    return undefined // the process has ended, or is none of ours to look at
  }
}

export const kernelFiles: KernelFiles = {
  read: (path) => attempt(() => readFileSync(path, 'latin1')),
  link: (path) => attempt(() => readlinkSync(path)),
}

type Container = { readonly id: string; readonly pid: number }

/**
 * What Linux has counted for the control group of a container, in either version of control groups. Nothing where the process of
 * that number is not the container's, as seen from within another container.
 */
export const readKernelUsage = (
  { id, pid }: Container,
  { files, now }: { readonly files: KernelFiles; readonly now: () => number },
): ContainerUsage | undefined => {
  const groups = files.read(`/proc/${pid}/cgroup`)
  if (groups === undefined || !groups.includes(id)) return undefined
  const counted = readUnified(groups, files) ?? readSplit(groups, files)
  return counted === undefined ? undefined : { at: now(), ...counted, ...readNetwork(pid, files) }
}

type Counted = Pick<ContainerUsage, 'cpuMs' | 'memoryBytes' | 'memoryLimitBytes'>

/** Version 2: one tree for all. */
const readUnified = (groups: string, files: KernelFiles): Counted | undefined => {
  const path = /^0::(\/.+)$/m.exec(groups)?.[1]
  const cpu = path === undefined ? undefined : files.read(`/sys/fs/cgroup${path}/cpu.stat`)
  const used = path === undefined ? undefined : files.read(`/sys/fs/cgroup${path}/memory.current`)
  if (cpu === undefined || used === undefined) return undefined
  return {
    cpuMs: fieldOf(cpu, 'usage_usec') / 1000,
    ...toMemory(used, {
      cache: fieldOf(files.read(`/sys/fs/cgroup${path}/memory.stat`) ?? '', 'inactive_file'),
      limit: files.read(`/sys/fs/cgroup${path}/memory.max`),
    }),
  }
}

/** Version 1: a tree for each controller. */
const readSplit = (groups: string, files: KernelFiles): Counted | undefined => {
  const pathOf = (controller: string): string | undefined => {
    const path = groups
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, controllers = '']) => controllers.split(',').includes(controller))?.[2]
    return path === undefined ? undefined : `/sys/fs/cgroup/${controller}${path}`
  }
  const [cpuPath, memoryPath] = [pathOf('cpuacct'), pathOf('memory')]
  const cpu = cpuPath === undefined ? undefined : files.read(`${cpuPath}/cpuacct.usage`)
  const used = memoryPath === undefined ? undefined : files.read(`${memoryPath}/memory.usage_in_bytes`)
  if (cpu === undefined || used === undefined) return undefined
  return {
    cpuMs: Number(cpu) / 1e6,
    ...toMemory(used, {
      cache: fieldOf(files.read(`${memoryPath}/memory.stat`) ?? '', 'total_inactive_file'),
      limit: files.read(`${memoryPath}/memory.limit_in_bytes`),
    }),
  }
}

// What stands for no limit in version 1 is near the largest number there is.
const mostMemory = 2 ** 60

const toMemory = (
  used: string,
  { cache, limit }: { readonly cache: number; readonly limit: string | undefined },
): Pick<Counted, 'memoryBytes' | 'memoryLimitBytes'> => {
  const bytes = Number(used)
  const most = Number(limit)
  return {
    memoryBytes: cache < bytes ? bytes - cache : bytes,
    ...(most > 0 && most < mostMemory ? { memoryLimitBytes: most } : {}),
  }
}

const fieldOf = (text: string, name: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  )

/** All interfaces but the loopback; one that shares the machine's network has none of its own. */
const readNetwork = (pid: number, files: KernelFiles): Pick<ContainerUsage, 'networkInBytes' | 'networkOutBytes'> => {
  const isShared = files.link(`/proc/${pid}/ns/net`) === files.link('/proc/self/ns/net')
  const lines = isShared ? [] : (files.read(`/proc/${pid}/net/dev`) ?? '').split('\n').slice(2)
  const counts = lines.flatMap((line) => {
    const [name = '', rest = ''] = line.trim().split(/:\s*/)
    return name === '' || name === 'lo' ? [] : [rest.split(/\s+/).map(Number)]
  })
  return {
    networkInBytes: counts.reduce((sum, [received = 0]) => sum + received, 0),
    networkOutBytes: counts.reduce((sum, fields) => sum + (fields[8] ?? 0), 0),
  }
}
