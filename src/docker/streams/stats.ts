import type { ContainerRuntime, ContainerStats } from '../../engine/ports/container-runtime.ts'
import type { ContainerUsage } from '../../engine/ports/container-usage.ts'
import { withSignal, type DockerClient } from '../connection/client.ts'
import { shorten } from '../containers.ts'
import { guard, guardStream } from '../connection/guard.ts'
import type { StatsSample } from '../connection/answers.ts'
import { readLines } from '../../wire/read-body.ts'

export const createStats =
  (client: DockerClient): ContainerRuntime['stats'] =>
  (id, { stream }, { signal } = {}) =>
    guardStream(
      client,
      { what: `measure container ${shorten(id)}`, subject: `container ${shorten(id)}`, signal },
      async function* () {
        const container = client.docker.getContainer(id)
        if (!stream)
          return yield toContainerStats(await container.stats(withSignal(signal, { stream: false as const })))
        const answer = await container.stats(withSignal(signal, { stream: true as const }))
        const { readStatsSample } = await import('../connection/answers.ts')
        for await (const sample of readLines(answer, readStatsSample, signal)) yield toContainerStats(sample)
      },
    )

/** An engine before 20.10 knows no single look, and takes a second for two. */
export const createUsageReader =
  (client: DockerClient): ContainerRuntime['readUsage'] =>
  (id, { signal } = {}) =>
    guard(
      client,
      { what: `measure container ${shorten(id)}`, subject: `container ${shorten(id)}`, signal },
      async () => {
        const once = { stream: false as const, 'one-shot': true }
        return toUsage(await client.docker.getContainer(id).stats(withSignal(signal, once)))
      },
    )

const toUsage = (sample: StatsSample): ContainerUsage => {
  const { at, memoryBytes, memoryLimitBytes, networkInBytes, networkOutBytes } = toContainerStats(sample)
  return {
    at,
    cpuMs: (sample.cpu_stats.cpu_usage?.total_usage ?? 0) / 1e6,
    memoryBytes,
    ...(memoryLimitBytes === 0 ? {} : { memoryLimitBytes }),
    networkInBytes,
    networkOutBytes,
  }
}

/** The arithmetic of Docker's command line, so that both show the same numbers. */
export const toContainerStats = (sample: StatsSample): ContainerStats => {
  const { cpu_stats: cpu, precpu_stats: before, memory_stats: memory = {}, blkio_stats: blkio } = sample
  const networks = Object.values(sample.networks ?? {})
  const sumOf = (op: string) =>
    (blkio?.io_service_bytes_recursive ?? []).reduce(
      (sum, entry) => (entry.op.toLowerCase() === op ? sum + entry.value : sum),
      0,
    )
  // The page cache that can be dropped at any time does not count: `inactive_file` on cgroup 2, `total_inactive_file` on 1.
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0
  const usage = memory.usage ?? 0
  return {
    at: sample.read.startsWith('0001-') ? 0 : Date.parse(sample.read),
    cpuPercent: toCpuPercent(cpu, before),
    memoryBytes: cache < usage ? usage - cache : usage,
    memoryLimitBytes: memory.limit ?? 0,
    networkInBytes: networks.reduce((sum, one) => sum + one.rx_bytes, 0),
    networkOutBytes: networks.reduce((sum, one) => sum + one.tx_bytes, 0),
    blockInBytes: sumOf('read'),
    blockOutBytes: sumOf('write'),
    pids: sample.pids_stats?.current ?? sample.num_procs ?? 0,
  }
}

const toCpuPercent = (now: StatsSample['cpu_stats'], before: StatsSample['precpu_stats']): number => {
  // The first sample of a stream has nothing to be compared with.
  if (before?.system_cpu_usage === undefined || before.system_cpu_usage === 0) return 0
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0)
  const system = (now.system_cpu_usage ?? 0) - before.system_cpu_usage
  const cores = now.online_cpus ?? now.cpu_usage?.percpu_usage?.length ?? 1
  return used > 0 && system > 0 ? (used / system) * cores * 100 : 0
}
