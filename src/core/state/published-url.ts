import type { PublishedPort } from '../plan/container-state.ts'
import type { ServiceState } from './state.ts'

/** Container ports of common servers that do not speak HTTP. */
const notHttp = new Set([
  21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5671, 5672, 6379,
  6380, 7687, 8883, 9042, 9092, 11211, 26257, 27017, 33060, 50051,
])
const anywhere = new Set(['', '0.0.0.0', '::', '[::]'])

export type Published = {
  /** `localhost:8080`, or with another host address where it is published on that alone. */
  readonly host: string
  readonly containerPort: number
  readonly protocol: string
  /** For a port that, by its number, most likely speaks HTTP. */
  readonly url?: string
}

/** The published ports of a service, each once, however many addresses it is bound to; lowest container port first. */
export const toPublished = (service: ServiceState): readonly Published[] => {
  const found = new Map<string, Published>()
  for (const port of service.containers.flatMap((container) => container.ports)) {
    const published = toOne(port)
    if (published !== undefined) found.set(`${published.host}/${published.protocol}`, published)
  }
  return [...found.values()].toSorted((a, b) => a.containerPort - b.containerPort || (a.host < b.host ? -1 : 1))
}

const toOne = (port: PublishedPort): Published | undefined => {
  if (port.hostPort === undefined) return undefined
  const name =
    anywhere.has(port.hostIp) || port.hostIp === '127.0.0.1' || port.hostIp === '::1'
      ? 'localhost'
      : port.hostIp.includes(':')
        ? `[${port.hostIp}]`
        : port.hostIp
  const host = `${name}:${port.hostPort}`
  const base = { host, containerPort: port.containerPort, protocol: port.protocol }
  if (port.protocol !== 'tcp' || notHttp.has(port.containerPort)) return base
  return {
    ...base,
    url: port.containerPort === 443 || port.containerPort === 8443 ? `https://${host}` : `http://${host}`,
  }
}
