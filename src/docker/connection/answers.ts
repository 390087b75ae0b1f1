import * as z from 'zod/mini'
import { parseForeignJson } from '../../wire/foreign-json.ts'

// What we read of the answers that do not come through dockerode's types: nothing here is loaded before such an answer is due.

const text = z.optional(z.string())
const count = z.optional(z.number())
const errorDetail = z.optional(z.object({ message: text }))

const engineMessage = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.optional(z.record(z.string(), z.string())) }),
  time: z.number(),
  timeNano: count,
})

const transferMessage = z.object({
  id: text,
  status: text,
  progressDetail: z.optional(z.object({ current: count, total: count })),
  error: text,
  errorDetail,
})

const buildMessage = z.object({
  id: text,
  aux: z.optional(z.union([z.string(), z.object({ ID: text })])),
  stream: text,
  error: text,
  errorDetail,
})

const cpuSample = z.object({
  cpu_usage: z.optional(z.object({ total_usage: count, percpu_usage: z.optional(z.array(z.number())) })),
  system_cpu_usage: count,
  online_cpus: count,
})
const statsSample = z.object({
  read: z.string(),
  cpu_stats: cpuSample,
  precpu_stats: z.optional(cpuSample),
  memory_stats: z.optional(
    z.object({ usage: count, limit: count, stats: z.optional(z.record(z.string(), z.number())) }),
  ),
  networks: z.optional(z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() }))),
  blkio_stats: z.optional(
    z.object({ io_service_bytes_recursive: z.optional(z.array(z.object({ op: z.string(), value: z.number() }))) }),
  ),
  pids_stats: z.optional(z.object({ current: count })),
  num_procs: count,
})

const created = z.object({ Id: z.string(), Warnings: z.optional(z.array(z.string())) })
const distribution = z.object({ Descriptor: z.object({ digest: z.string() }) })
const volumeUsage = z.object({
  Volumes: z.optional(
    z.nullable(
      z.array(z.object({ Name: z.string(), UsageData: z.optional(z.nullable(z.object({ Size: z.number() }))) })),
    ),
  ),
})

export type EngineMessage = z.infer<typeof engineMessage>
export type TransferMessage = z.infer<typeof transferMessage>
export type BuildMessage = z.infer<typeof buildMessage>
export type StatsSample = z.infer<typeof statsSample>
export type CreatedContainer = z.infer<typeof created>
export type Distribution = z.infer<typeof distribution>
export type VolumeUsage = z.infer<typeof volumeUsage>

const reader =
  <T>(schema: z.ZodMiniType<T>, what: string) =>
  (json: string): T =>
    parseForeignJson(schema, json, what)

/** Each takes the JSON of one answer or of one line of it. They throw `json/unfit`. */
export const readEngineMessage = reader(engineMessage, 'an event of the engine')
export const readTransferMessage = reader(transferMessage, "the engine's report of a transfer")
export const readBuildMessage = reader(buildMessage, "the engine's report of a build")
export const readStatsSample = reader(statsSample, "the engine's measurements")
export const readCreated = reader(created, "the engine's answer to creating a container")
export const readDistribution = reader(distribution, "the engine's answer about a digest")
export const readVolumeUsage = reader(volumeUsage, "the engine's sizes of volumes")
