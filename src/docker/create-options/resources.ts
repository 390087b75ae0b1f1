import type {
  BlkioConfig,
  ByteCount,
  Device,
  DeviceRequest,
  Service,
  ThrottleDevice,
  Ulimit,
  WeightDevice,
} from '../../core/project/service.ts'
import { parseBytes } from '../../core/project/units.ts'
import { defined } from './defined.ts'

/** Limits and devices, with `deploy.resources` above the service's own keys, as Docker Compose maps them. */
export const toResources = (service: Service): Readonly<Record<string, unknown>> => {
  const limits = service.deploy?.resources?.limits
  const reservations = service.deploy?.resources?.reservations
  const cpus = positive(limits?.cpus) ?? service.cpus
  return defined({
    CgroupParent: service.cgroup_parent,
    Memory: toBytes(limits?.memory) ?? toBytes(service.mem_limit),
    MemorySwap: toBytes(service.memswap_limit),
    MemorySwappiness: positive(service.mem_swappiness),
    MemoryReservation: toBytes(reservations?.memory) ?? toBytes(service.mem_reservation),
    OomKillDisable: service.oom_kill_disable,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent === undefined ? undefined : Math.trunc(service.cpu_percent * 100),
    CpuPeriod: toMicroseconds(service.cpu_period),
    CpuQuota: toMicroseconds(service.cpu_quota),
    CpuRealtimePeriod: toMicroseconds(service.cpu_rt_period),
    CpuRealtimeRuntime: toMicroseconds(service.cpu_rt_runtime),
    CpuShares: service.cpu_shares,
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    CpusetCpus: service.cpuset,
    PidsLimit: positive(limits?.pids) ?? (service.pids_limit === 0 ? undefined : service.pids_limit),
    DeviceCgroupRules: service.device_cgroup_rules,
    Ulimits: toUlimits(service.ulimits),
    ...toBlkio(service.blkio_config),
    ...toDevices(service),
  })
}

const positive = (value: number | string | undefined): number | undefined =>
  value === undefined || Number(value) <= 0 ? undefined : Number(value)

/** Unlike a duration of zero, a size of zero means that nothing is said. */
const toBytes = (value: ByteCount | undefined): number | undefined => {
  if (value === undefined) return undefined
  const bytes = value === '-1' ? -1 : parseBytes(value)
  return bytes === 0 ? undefined : bytes
}

const toMicroseconds = (value: number | string | undefined): number | undefined =>
  value === undefined ? undefined : Number(value)

const toUlimits = (ulimits: Readonly<Record<string, Ulimit>> | undefined): readonly object[] | undefined => {
  if (ulimits === undefined) return undefined
  return Object.entries(ulimits).map(([name, limit]) =>
    typeof limit === 'number'
      ? { Name: name, Soft: limit, Hard: limit }
      : { Name: name, Soft: limit.soft, Hard: limit.hard },
  )
}

const toBlkio = (blkio: BlkioConfig | undefined): Record<string, unknown> => {
  if (blkio === undefined) return {}
  const throttle = (devices: readonly ThrottleDevice[] | undefined) =>
    devices?.map(({ path, rate }) => ({ Path: path, Rate: parseBytes(String(rate)) ?? 0 }))
  const weight = (devices: readonly WeightDevice[] | undefined) =>
    devices?.map(({ path, weight: value }) => ({ Path: path, Weight: value }))
  return {
    BlkioWeight: blkio.weight,
    BlkioWeightDevice: weight(blkio.weight_device),
    BlkioDeviceReadBps: throttle(blkio.device_read_bps),
    BlkioDeviceReadIOps: throttle(blkio.device_read_iops),
    BlkioDeviceWriteBps: throttle(blkio.device_write_bps),
    BlkioDeviceWriteIOps: throttle(blkio.device_write_iops),
  }
}

const toDevices = (service: Service): Record<string, unknown> => {
  const devices = service.devices ?? []
  const named = devices.filter(isCdiDevice)
  const paths = devices.filter((device) => !isCdiDevice(device))
  const requests = [
    ...(service.deploy?.resources?.reservations?.devices ?? []).map((request) =>
      toDeviceRequest(request, request.capabilities ?? []),
    ),
    ...(named.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: named.map(({ source }) => source) }]),
    ...(service.gpus ?? []).map((request) => toDeviceRequest(request, [...(request.capabilities ?? []), 'gpu'])),
  ]
  return {
    Devices:
      paths.length === 0
        ? undefined
        : paths.map(({ source, target, permissions }) => ({
            PathOnHost: source,
            PathInContainer: target ?? source,
            CgroupPermissions: permissions ?? 'rwm',
          })),
    DeviceRequests: requests.length === 0 ? undefined : requests,
  }
}

/** `vendor.com/class=name`: a device of the Container Device Interface. */
export const isCdiDevice = ({ source, target }: Device): boolean =>
  (target === undefined || target === source) && /^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*=[A-Za-z0-9][\w.:-]*$/.test(source)

const toDeviceRequest = (request: DeviceRequest, capabilities: readonly string[]): object => ({
  Driver: request.driver ?? '',
  Count: request.count ?? 0,
  DeviceIDs: request.device_ids ?? null,
  Capabilities: [capabilities],
  Options: request.options ?? null,
})
